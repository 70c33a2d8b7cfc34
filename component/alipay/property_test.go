package alipay_test

import (
	"context"
	"errors"
	"flag"
	"net/http"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// history is one attempt as the gateway sees it, beside Alipay's ledger.
type history struct {
	*lab
	a         component.Attempt
	addresses []string
	paid      bool // somebody said so
	failed    bool // somebody said so
}

// prove takes evidence as the gateway does: what is said is never taken back.
func (h *history) prove(t *rapid.T, who string, e component.Evidence) {
	trade := h.fake.trades[h.a.ID]
	charged := trade != nil && trade.charges > 0
	if err := e.Check(h.a); err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	switch e.Outcome {
	case component.OutcomeSucceeded:
		h.paid = true
		if !charged {
			t.Fatalf("%s says succeeded, and nobody paid", who)
		}
	case component.OutcomeFailed:
		h.failed = true
		if charged {
			t.Fatalf("%s says failed (%s), and the payer has paid", who, e.Reason)
		}
	}
}

// Whatever a payer does and the network loses, repeats, delays and reorders, what
// is said of an attempt is what Alipay's ledger says, success and failure are never
// both said, and no refund is made twice.
func TestEvidenceFollowsTheLedger(t *testing.T) {
	checks := 60
	if testing.Short() { // signing is slow under the race detector
		checks = 5
	}
	fewerChecks(t, checks)
	world := newLab(t)
	rapid.Check(t, func(t *rapid.T) {
		h := &history{lab: world.again()}
		h.a = h.attempt()
		h.fake.fault = func(_ string, answer func() *http.Response) (*http.Response, error) {
			switch rapid.IntRange(0, 5).Draw(t, "network") {
			case 0:
				return nil, errors.New("not sent")
			case 1:
				answer()
				return nil, errors.New("the answer was lost")
			}
			return answer(), nil
		}
		t.Repeat(map[string]func(*rapid.T){
			"begin": func(t *rapid.T) {
				if p, err := h.Begin(t.Context(), h.a); err == nil && p.Action != nil {
					h.addresses = append(h.addresses, p.Action.Address())
				} else if err == nil {
					h.prove(t, "Begin", *p.Evidence)
				}
			},
			"open": func(t *rapid.T) {
				h.payer(t, func(address string) error { _, err := h.fake.open(address); return err })
			},
			"pay":    func(t *rapid.T) { h.payer(t, h.fake.pay) },
			"notify": h.notify,
			"query":  func(t *rapid.T) { h.ask(t, "Query", h.Query) },
			"cancel": func(t *rapid.T) { h.ask(t, "Cancel", h.Cancel) },
			"refund": h.giveBack,
			"wait": func(t *rapid.T) {
				h.now = h.now.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second)
			},
			"": func(t *rapid.T) {
				if h.paid && h.failed {
					t.Fatal("succeeded and failed")
				}
			},
		})
		h.settle(t)
	})
}

// again is a lab with an empty ledger.
func (l *lab) again() *lab {
	other := &lab{TB: l.TB, now: l.now}
	other.fake = newFake(other.clock)
	other.Component = other.make(settings(), nil)
	return other
}

// fewerChecks keeps the usual run short, which signs much; -rapid.checks asks for
// more.
func fewerChecks(t *testing.T, n int) {
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if asked {
		return
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}

func (h *history) payer(t *rapid.T, act func(address string) error) {
	if len(h.addresses) == 0 {
		t.Skip("nowhere to go")
	}
	_ = act(rapid.SampledFrom(h.addresses).Draw(t, "address"))
	if h.failed && h.fake.trades[h.a.ID] != nil && h.fake.trades[h.a.ID].charges > 0 {
		t.Fatal("an attempt that had failed was paid")
	}
}

// notify brings any notification that was ever sent, so late, again, or before an
// older one.
func (h *history) notify(t *rapid.T) {
	all := h.fake.arrived()
	if len(all) == 0 {
		t.Skip("nothing was sent")
	}
	r, err := h.Receive(t.Context(), rapid.SampledFrom(all).Draw(t, "notification"))
	if err != nil {
		t.Fatal(err)
	}
	h.prove(t, "Receive", *r.Evidence)
}

func (h *history) ask(t *rapid.T, who string, f func(ctx context.Context, a component.Attempt) (component.Evidence, error)) {
	switch e, err := f(t.Context(), h.a); {
	case err == nil:
		h.prove(t, who, e)
	case !isUnknown(err):
		t.Fatalf("%s: %v", who, err)
	}
}

// giveBack asks for some of three refunds, which come to all that was paid.
func (h *history) giveBack(t *rapid.T) {
	if !h.paid {
		t.Skip("the gateway gives back what it knows to be paid")
	}
	for _, amount := range rapid.SampledFrom([][]int64{{500}, {501}, {229}, {229, 500, 501}}).Draw(t, "refunds") {
		h.giveBackOnce(t, component.Refund{ID: "r" + strconv.FormatInt(amount, 10), Amount: order.Money{Amount: amount, Currency: "CNY"}})
	}
}

func (h *history) giveBackOnce(t *rapid.T, r component.Refund) {
	e, err := h.Refund(t.Context(), h.a, r)
	trade, sum := h.fake.trades[h.a.ID], int64(0)
	for _, one := range trade.refunds {
		sum += one.amount
	}
	_, given := trade.refunds[r.ID]
	switch {
	case err != nil && !isUnknown(err):
		t.Fatal(err)
	case err == nil && (e.Check(r) != nil || given != (e.Outcome != component.OutcomeFailed)):
		t.Fatalf("%+v, of %v", e, trade.refunds)
	case trade.refunded != sum || sum > trade.total:
		t.Fatalf("%d were given back in %v", trade.refunded, trade.refunds)
	}
}

// settle lets time pass without faults: then everything is known.
func (h *history) settle(t *rapid.T) {
	h.now, h.fake.fault = h.now.Add(time.Hour), nil
	e, err := h.Query(t.Context(), h.a)
	if err != nil || e.Outcome == component.OutcomePending {
		t.Fatalf("still not known: %+v, %v", e, err)
	}
	h.prove(t, "Query", e)
	for _, n := range h.fake.arrived()[max(0, len(h.fake.owed)-2):] {
		if r, err := h.Receive(t.Context(), n); err == nil {
			h.prove(t, "the last of Receive", *r.Evidence)
		}
	}
}
