package wechatpay_test

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
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// history is one attempt as the gateway sees it, beside WeChat Pay's ledger.
type history struct {
	*lab
	a       component.Attempt
	actions []component.Action
	paid    bool // somebody said so
	failed  bool // somebody said so
}

func (h *history) charged() bool {
	p := h.fake.payments[h.a.ID]
	return p != nil && p.charges > 0
}

// prove takes evidence as the gateway does: what is said is never taken back.
func (h *history) prove(t *rapid.T, who string, e component.Evidence) {
	if err := e.Check(h.a); err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	switch e.Outcome {
	case component.OutcomeSucceeded:
		h.paid = true
		if !h.charged() {
			t.Fatalf("%s says succeeded, and nobody paid", who)
		}
	case component.OutcomeFailed:
		h.failed = true
		if h.charged() {
			t.Fatalf("%s says failed (%s), and the payer has paid", who, e.Reason)
		}
	}
}

// went takes progress, and keeps where the payer may go.
func (h *history) went(t *rapid.T, who string, p component.Progress, err error) {
	switch {
	case errors.Is(err, order.CodeConflict) || err != nil && !isUnknown(err):
		t.Fatalf("%s: %v", who, err)
	case err == nil && p.Action != nil:
		h.actions = append(h.actions, *p.Action)
	case err == nil:
		h.prove(t, who, *p.Evidence)
	}
}

// Whatever a payer does and the network loses, repeats, delays and reorders, what is
// said of an attempt is what WeChat Pay's ledger says, success and failure are never
// both said, and no refund is made twice.
func TestEvidenceFollowsTheLedger(t *testing.T) {
	checks := 10
	if testing.Short() { // signing is slow under the race detector
		checks = 2
	}
	fewerChecks(t, checks)
	everyProduct(t, func(t *testing.T, world *lab) {
		rapid.Check(t, func(t *rapid.T) {
			h := &history{lab: world.again()}
			h.a = h.attempt()
			h.fake.fault = func(_ string, answer func() *http.Response) (*http.Response, error) {
				switch rapid.IntRange(0, 6).Draw(t, "network") {
				case 0:
					return nil, errors.New("not sent")
				case 1:
					answer()
					return nil, errors.New("the answer was lost")
				case 2:
					return h.fake.said(500, `{"code":"SYSTEM_ERROR"}`), nil
				}
				return answer(), nil
			}
			t.Repeat(h.steps())
			h.settle(t)
		})
	})
}

func (h *history) steps() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"begin": func(t *rapid.T) {
			p, err := h.Begin(t.Context(), h.a)
			h.went(t, "Begin", p, err)
		},
		"pay":    h.pay,
		"notify": h.notify,
		"query":  func(t *rapid.T) { h.ask(t, "Query", h.Query) },
		"cancel": func(t *rapid.T) { h.ask(t, "Cancel", h.Cancel) },
		"refund": h.giveBack,
		"wait": func(t *rapid.T) {
			h.now = h.now.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second)
		},
		"": func(t *rapid.T) {
			if h.paid && h.failed || h.failed && h.charged() {
				t.Fatal("it failed, and was paid")
			}
		},
	}
}

// again is a lab with an empty ledger.
func (l *lab) again() *lab {
	other := &lab{TB: l.TB, now: l.now, product: l.product}
	other.fake = newFake(other.clock)
	other.Component = other.make(settings(l.product), nil)
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

// pay is a payer who goes where some action leads: to say who they are, or to pay.
func (h *history) pay(t *rapid.T) {
	if len(h.actions) == 0 {
		t.Skip("nowhere to go")
	}
	action := rapid.SampledFrom(h.actions).Draw(t, "action")
	if h.product == wechatpay.ProductJSAPI && action.Redirect != nil {
		query, err := h.fake.identify(action.Address(), "o-payer")
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 2).Draw(t, "loads") {
			p, err := h.Resume(t.Context(), h.a, component.Return{Query: query})
			h.went(t, "Resume", p, err)
		}
		return
	}
	_ = h.fake.pay(action)
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
	if r.Evidence != nil { // else it is about a refund
		h.prove(t, "Receive", *r.Evidence)
	}
}

func (h *history) ask(t *rapid.T, who string, f func(ctx context.Context, a component.Attempt) (component.Evidence, error)) {
	switch e, err := f(t.Context(), h.a); {
	case err == nil:
		h.prove(t, who, e)
	case !isUnknown(err):
		t.Fatalf("%s: %v", who, err)
	}
}

// giveBack asks for one of three refunds, which come to all that was paid.
func (h *history) giveBack(t *rapid.T) {
	if !h.paid {
		t.Skip("the gateway gives back what it knows to be paid")
	}
	fen := rapid.SampledFrom([]int64{500, 501, 229}).Draw(t, "refund")
	r := component.Refund{ID: "r" + strconv.FormatInt(fen, 10), Amount: order.Money{Amount: fen, Currency: "CNY"}}
	e, err := h.Refund(t.Context(), h.a, r)
	sum := int64(0)
	for _, one := range h.fake.refunds {
		sum += one.amount
	}
	p := h.fake.payments[h.a.ID]
	_, given := h.fake.refunds[r.ID]
	switch {
	case err != nil && !isUnknown(err):
		t.Fatal(err)
	case err == nil && (e.Check(r) != nil || given != (e.Outcome != component.OutcomeFailed)):
		t.Fatalf("%+v, of %v", e, h.fake.refunds)
	case p.refunded != sum || sum > p.total:
		t.Fatalf("%d were given back in %v", p.refunded, h.fake.refunds)
	}
}

// settle lets time pass without faults: then everything is known, and nobody can pay.
func (h *history) settle(t *rapid.T) {
	h.now, h.fake.fault = h.now.Add(time.Hour), nil
	e, err := h.Query(t.Context(), h.a)
	if err != nil || e.Outcome == component.OutcomePending {
		t.Fatalf("still not known: %+v, %v", e, err)
	}
	h.prove(t, "Query", e)
	for _, action := range h.actions {
		_ = h.fake.pay(action)
	}
	if e.Outcome == component.OutcomeFailed && h.charged() {
		t.Fatal("it failed, and was paid")
	}
}
