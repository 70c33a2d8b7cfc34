package scantest

import (
	"context"
	"errors"
	"image"
	"slices"
	"testing"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
	"github.com/anyscan/anyscan/scan/barcode"
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

func readChecks() []check {
	symbol := func(text ...string) func(context.Context, image.Image) (s []barcode.Symbol, err error) {
		return func(context.Context, image.Image) (s []barcode.Symbol, err error) {
			for _, x := range text {
				s = append(s, barcode.Symbol{Format: barcode.QR, Text: x})
			}
			return s, nil
		}
	}
	scanned := func(t *testing.T, b *bench, terminal func() scan.Terminal, text ...string) (scan.Code, error) {
		b.Options.Scanner = symbol(text...)
		return terminal().Scan(t.Context(), image.NewGray(image.Rect(0, 0, 1, 1)))
	}
	return []check{
		{"illegal address", "An address that the policy refuses is never opened.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := terminal().Read(t.Context(), "http://evil.localhost/m/teahouse")
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"unverified code", "Pay takes only a code that was verified.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := terminal().Pay(t.Context(), scan.Code{})
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"other codes in view", "A code that is not legal does not hide one that is.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				code, err := scanned(t, b, terminal, "WIFI:S:tea;;", codeAddress, codeAddress)
				if err != nil || code.Address() != codeAddress || code.Format() != barcode.QR {
					t.Errorf("code = %q, %v; want %s", code.Address(), err, codeAddress)
				}
			}},
		{"two codes in view", "Between two legal codes the terminal does not guess.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := scanned(t, b, terminal, codeAddress, Acquirer+"/m/other")
				b.wantStop(t, err, scan.StepVerify, "page")
			}},
		{"no code", "A picture without a code stops at the scan.",
			func(t *testing.T, b *bench, terminal func() scan.Terminal) {
				_, err := scanned(t, b, terminal)
				b.wantStop(t, err, scan.StepScan)
			}},
	}
}
