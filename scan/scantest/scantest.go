package scantest

import (
	"errors"
	"slices"
	"testing"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// check is one sentence of the contract and how to find out.
type check struct {
	name, contract string
	run            func(t *testing.T, b *bench, terminal func() scan.Terminal)
}

// Run holds a terminal to its contract. newTerminal builds the terminal of one
// check, reaching the servers of the setup by the transport under test.
func Run(t *testing.T, newTerminal func(t *testing.T, s Setup) scan.Terminal) {
	for _, c := range slices.Concat(readChecks(), merchantChecks(), payChecks(), abilityChecks(), returnChecks()) {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			c.run(t, b, func() scan.Terminal { return newTerminal(t, b.Setup) })
			if t.Failed() {
				t.Logf("the contract: %s\nwhat reached the instruments: %q", c.contract, b.log.all())
			}
		})
	}
}

// pay reads the merchant's code and pays.
func (b *bench) pay(t *testing.T, terminal scan.Terminal) (scan.Result, error) {
	t.Helper()
	code, err := terminal.Read(t.Context(), codeAddress)
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return terminal.Pay(t.Context(), code)
}

// mustPay pays and wants the order paid.
func (b *bench) mustPay(t *testing.T, terminal scan.Terminal) scan.Result {
	t.Helper()
	r, err := b.pay(t, terminal)
	if err != nil || r.State != order.StatePaid {
		t.Fatalf("result = %q, %v; want paid", r.State, err)
	}
	return r
}

// wantStop wants the error to name the step, and that the named calls never
// reached an instrument.
func (b *bench) wantStop(t *testing.T, err error, at scan.Step, never ...string) {
	t.Helper()
	if stop, ok := errors.AsType[*scan.StepError](err); !ok || stop.Step != at {
		t.Errorf("err = %v, want a *scan.StepError at %s", err, at)
	}
	for _, call := range never {
		if b.log.count(call) > 0 {
			t.Errorf("%q was reached", call)
		}
	}
}
