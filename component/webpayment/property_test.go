package webpayment_test

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

// history is one attempt as the gateway sees it, beside the operator's ledger.
type history struct {
	*lab
	a       component.Attempt
	actions []component.Action
	tokens  []string // that the operator ever signed about the payment
	paid    bool     // somebody said so
	failed  bool     // somebody said so
}

// prove takes evidence as the gateway does: what is said is never taken back.
func (h *history) prove(t *rapid.T, who string, e component.Evidence) {
	charged := h.fake.charges(h.a.ID) > 0
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

// Whatever a payer does and the network loses, repeats, delays and reorders, what is
// said of an attempt is what the operator's ledger says, success and failure are never
// both said, and no refund is made twice.
func TestEvidenceFollowsTheLedger(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := &history{lab: newLab(t)}
		h.a = h.attempt()
		h.fake.fault = func(answer func() *http.Response) (*http.Response, error) {
			switch rapid.IntRange(0, 5).Draw(r, "network") {
			case 0:
				return nil, errors.New("not sent")
			case 1:
				answer()
				return nil, errors.New("the answer was lost")
			}
			return answer(), nil
		}
		r.Repeat(map[string]func(*rapid.T){
			"begin":  h.beginning,
			"decide": h.deciding,
			"notify": func(t *rapid.T) {
				got, err := h.Receive(t.Context(), letter(h.token(t)))
				if err != nil {
					t.Fatal(err)
				}
				h.prove(t, "Receive", *got.Evidence)
			},
			"come back": func(t *rapid.T) {
				back := component.Return{}
				if len(h.tokens) > 0 && rapid.Bool().Draw(t, "brings a token") {
					back = response(h.token(t))
				}
				h.ask(t, "Resume", func(ctx context.Context, a component.Attempt) (component.Evidence, error) {
					p, err := h.Resume(ctx, a, back)
					if err != nil {
						return component.Evidence{}, err
					}
					return *p.Evidence, nil
				})
			},
			"query":  func(t *rapid.T) { h.ask(t, "Query", h.Query) },
			"cancel": func(t *rapid.T) { h.ask(t, "Cancel", h.Cancel) },
			"refund": h.giveBack,
			"wait": func(t *rapid.T) {
				h.now = h.now.Add(time.Duration(rapid.IntRange(1, 600).Draw(t, "seconds")) * time.Second)
			},
			"": func(t *rapid.T) {
				if h.paid && h.failed || h.fake.charges(h.a.ID) > 1 {
					t.Fatal("succeeded and failed, or charged twice")
				}
			},
		})
		h.settle(r)
	})
}

func (h *history) beginning(t *rapid.T) {
	p, err := h.Begin(t.Context(), h.a)
	switch {
	case err == nil && p.Action != nil:
		h.actions = append(h.actions, *p.Action)
	case err == nil:
		h.prove(t, "Begin", *p.Evidence)
	case !isUnknown(err):
		t.Fatal(err)
	}
}

// deciding is a payer at any payment sheet that was ever shown.
func (h *history) deciding(t *rapid.T) {
	if len(h.actions) == 0 {
		t.Skip("no sheet")
	}
	token, err := h.fake.decide(rapid.SampledFrom(h.actions).Draw(t, "sheet"), rapid.Bool().Draw(t, "approves"))
	if err == nil {
		h.tokens = append(h.tokens, token)
	}
	if h.failed && h.fake.charges(h.a.ID) > 0 {
		t.Fatal("an attempt that had failed was paid")
	}
}

// token is any that was ever signed, so late, again, or of before.
func (h *history) token(t *rapid.T) string {
	if p := h.fake.payments[h.a.ID]; p != nil {
		h.tokens = append(h.tokens, h.fake.statement(p))
	}
	if len(h.tokens) == 0 {
		t.Skip("nothing was signed")
	}
	return rapid.SampledFrom(h.tokens).Draw(t, "token")
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
	amount := rapid.SampledFrom([]int64{500, 501, 229}).Draw(t, "amount")
	r := component.Refund{ID: "r" + strconv.FormatInt(amount, 10), Amount: order.Money{Amount: amount, Currency: "EUR"}}
	e, err := h.Refund(t.Context(), h.a, r)
	p, sum := h.fake.payments[h.a.ID], int64(0)
	for _, one := range p.refunds {
		sum += one.amount
	}
	_, given := p.refunds[r.ID]
	switch {
	case err != nil && !isUnknown(err):
		t.Fatal(err)
	case err == nil && (e.Check(r) != nil || given != (e.Outcome != component.OutcomeFailed)):
		t.Fatalf("%+v, of %v", e, p.refunds)
	case p.refunded != sum || sum > p.amount:
		t.Fatalf("%d were given back in %v", p.refunded, p.refunds)
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
	for _, token := range h.tokens {
		if r, err := h.Receive(t.Context(), letter(token)); err == nil {
			h.prove(t, "the last of Receive", *r.Evidence)
		}
	}
}
