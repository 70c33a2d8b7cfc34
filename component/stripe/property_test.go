package stripe_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// history is what has been said of one attempt so far, and what a gateway would know.
type history struct {
	*lab
	a            component.Attempt
	begun        bool
	paid, failed bool
	addresses    []string
}

// prove checks one saying against the fake's ledger and against what was said before.
func (h *history) prove(t *rapid.T, who string, e component.Evidence) {
	charged := h.charges() > 0
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

func (h *history) charges() (n int) {
	for _, s := range h.fake.of(h.a.ID) {
		n += s.charges
	}
	return n
}

// Whatever a payer does and the network loses, repeats, delays and reorders, and
// however often the gateway forgets the reference, what is said of an attempt is what
// Stripe's ledger says, success and failure are never both said, there is one session
// that a payer can reach, and no refund is made twice.
func TestEvidenceFollowsTheLedger(t *testing.T) {
	tb := t
	rapid.Check(t, func(t *rapid.T) {
		h := &history{lab: newLab(tb)}
		h.a = h.attempt()
		h.a.Expires = h.now.Add(time.Duration(rapid.SampledFrom([]int{15, 31, 40, 1400}).Draw(t, "minutes")) * time.Minute)
		h.fake.fault = func(_ string, answer func() *http.Response) (*http.Response, error) {
			switch rapid.IntRange(0, 7).Draw(t, "network") {
			case 0:
				return nil, errors.New("not sent")
			case 1:
				answer()
				return nil, errors.New("the answer was lost")
			case 2:
				return said(503, ""), nil
			}
			return answer(), nil
		}
		t.Repeat(map[string]func(*rapid.T){
			"begin":  h.begins,
			"forget": func(*rapid.T) { h.a.Reference = "" },
			"rename": func(t *rapid.T) {
				h.a.MerchantName, h.a.Description = rapid.SampledFrom([]string{"a", "b"}).Draw(t, "name"), ""
			},
			"pay":      func(t *rapid.T) { h.payer(t, h.fake.pay) },
			"decline":  func(t *rapid.T) { h.payer(t, h.fake.decline) },
			"payLater": func(t *rapid.T) { h.payer(t, h.fake.payLater) },
			"settle":   func(t *rapid.T) { h.fake.settle(h.a.ID, rapid.Bool().Draw(t, "paid")) },
			"notify":   h.notify,
			"query":    func(t *rapid.T) { h.ask(t, "Query", h.Query) },
			"cancel":   func(t *rapid.T) { h.ask(t, "Cancel", h.Cancel) },
			"refund":   h.refunds,
			"wait": func(t *rapid.T) {
				h.now = h.now.Add(time.Duration(rapid.SampledFrom([]int{1, 60, 600, 3600, 90000}).Draw(t, "seconds")) * time.Second)
			},
			"": func(t *rapid.T) {
				if h.paid && h.failed {
					t.Fatal("succeeded and failed")
				}
				if n := h.charges(); n > 1 {
					t.Fatalf("charged %d times", n)
				}
			},
		})
		h.settles(t)
	})
}

func (h *history) begins(t *rapid.T) {
	p, err := h.Begin(t.Context(), h.a)
	switch {
	case err != nil && !isUnknown(err) && !errors.Is(err, order.CodeIdempotencyKeyReused):
		t.Fatal(err)
	case err != nil:
		return
	case p.Action != nil && h.failed:
		t.Fatal("an attempt that had failed was begun")
	case p.Action != nil:
		h.addresses = append(h.addresses, p.Action.Address())
		if p.Action.Address() != h.addresses[0] {
			t.Fatalf("the payer was sent to %q", h.addresses)
		}
	default:
		h.prove(t, "Begin", *p.Evidence)
	}
	h.begun, h.a.Reference = true, p.Reference
}

func (h *history) payer(t *rapid.T, act func(address string) error) {
	if len(h.addresses) == 0 {
		t.Skip("nowhere to go")
	}
	_ = act(h.addresses[0])
	if h.failed && h.charges() > 0 {
		t.Fatal("an attempt that had failed was paid")
	}
}

// notify brings any event that was ever sent, so late, again, or before an older one.
func (h *history) notify(t *rapid.T) {
	all := h.fake.letters()
	if len(all) == 0 {
		t.Skip("nothing was sent")
	}
	r, err := h.Receive(t.Context(), all[rapid.IntRange(0, len(all)-1).Draw(t, "event")])
	if err != nil {
		t.Fatal(err)
	}
	h.prove(t, "Receive", *r.Evidence)
}

func (h *history) ask(t *rapid.T, who string, f func(ctx context.Context, a component.Attempt) (component.Evidence, error)) {
	switch e, err := f(t.Context(), h.a); {
	case err == nil:
		h.prove(t, who, e)
	case !isUnknown(err) && !errors.Is(err, order.CodeIdempotencyKeyReused):
		t.Fatalf("%s: %v", who, err)
	}
}

// refunds asks for some of three refunds, which come to all that was paid.
func (h *history) refunds(t *rapid.T) {
	if !h.paid {
		t.Skip("the gateway gives back what it knows to be paid")
	}
	for _, amount := range rapid.SampledFrom([][]int64{{500}, {501}, {229}, {229, 500, 501}}).Draw(t, "refunds") {
		id := "r" + strconv.FormatInt(amount, 10)
		e, err := h.giveBack(h.a, id, amount)
		made, sum := 0, int64(0)
		for _, r := range h.fake.refunds {
			sum += r.amount
			if r.number == id {
				made++
			}
		}
		switch {
		case err != nil && !isUnknown(err):
			t.Fatal(err)
		case made > 1 || sum > 1230:
			t.Fatalf("%s was made %d times; %d were given back", id, made, sum)
		case err == nil && (made == 1) != (e.Outcome != component.OutcomeFailed):
			t.Fatalf("%+v, and it was made %d times", e, made)
		}
	}
}

// settles lets time pass without faults: then everything is known.
func (h *history) settles(t *rapid.T) {
	h.fake.fault = nil
	h.fake.settle(h.a.ID, true)
	h.now = h.now.Add(50 * time.Hour)
	e, err := h.Query(t.Context(), h.a)
	if err != nil || e.Outcome == component.OutcomePending {
		t.Fatalf("still not known: %+v, %v", e, err)
	}
	h.prove(t, "Query", e)
}
