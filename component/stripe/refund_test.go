package stripe_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// A refund says to Stripe what the gateway says, and is made once for its number: at
// once, when the answer was lost, and when Stripe has forgotten the idempotency key.
func TestRefundOnce(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	l.now = l.now.Add(time.Hour)
	want := component.RefundEvidence{Outcome: component.OutcomeSucceeded, Refund: "r1", Amount: order.Money{Amount: 200, Currency: "EUR"}, At: l.now}
	for range 3 {
		e, err := l.giveBack(a, "r1", 200)
		want.Reference = l.fake.refunds[0].id
		if diff := cmp.Diff(want, e); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		l.now = l.now.Add(23 * time.Hour)
	}
	if got := l.fake.of(a.ID)[0].refunded; got != 200 || len(l.fake.refunds) != 1 {
		t.Errorf("%d were given back in %d refunds", got, len(l.fake.refunds))
	}
	for _, r := range l.fake.requests {
		if r.method == "POST" && r.path == "/v1/refunds" {
			want := url.Values{"payment_intent": {l.fake.of(a.ID)[0].intent}, "amount": {"200"}, "metadata[attempt]": {a.ID}, "metadata[refund]": {"r1"}, "metadata[reason]": {"returned"}}
			if diff := cmp.Diff(want, r.form); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
	}
	if _, err := l.giveBack(a, "r1", 300); !errors.Is(err, order.CodeConflict) {
		t.Errorf("another amount under the number: %v", err)
	}
}

// What each status of a refund means.
func TestRefundStates(t *testing.T) {
	for _, c := range []struct {
		status, why string
		want        component.Outcome
		reason      string
	}{
		{"pending", "", component.OutcomePending, ""}, {"requires_action", "", component.OutcomePending, ""}, {"succeeded", "", component.OutcomeSucceeded, ""},
		{"failed", "expired_or_canceled_card", component.OutcomeFailed, "expired_or_canceled_card"}, {"failed", "", component.OutcomeFailed, "failed"},
		{"failed", "Not a word!", component.OutcomeFailed, "failed"}, {"canceled", "", component.OutcomeFailed, "canceled"},
	} {
		l := newLab(t)
		a := l.paid()
		if _, err := l.giveBack(a, "r1", 200); err != nil {
			t.Fatal(err)
		}
		l.fake.refunds[0].status, l.fake.refunds[0].why = c.status, c.why
		e, err := l.giveBack(a, "r1", 200)
		if err != nil || e.Outcome != c.want || e.Reason != c.reason || e.Check(component.Refund{ID: "r1", Amount: order.Money{Amount: 200, Currency: "EUR"}}) != nil {
			t.Errorf("%+v: %+v, %v", c, e, err)
		}
	}
	l := newLab(t)
	a := l.paid()
	if _, err := l.giveBack(a, "r1", 200); err != nil {
		t.Fatal(err)
	}
	l.fake.refunds[0].status = "of_tomorrow"
	if e, err := l.giveBack(a, "r1", 200); !errors.Is(err, order.CodeInternal) {
		t.Errorf("a status of tomorrow: %+v, %v", e, err)
	}
}

// Why a refund fails, and what does not mean that it did.
func TestRefundRefused(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	if e, err := l.giveBack(a, "r1", 1231); err != nil || e.Reason != "exceeds_payment" {
		t.Errorf("too much: %+v, %v", e, err)
	}
	if e, err := l.giveBack(a, "r2", 1230); err != nil || e.Outcome != component.OutcomeSucceeded {
		t.Errorf("all: %+v, %v", e, err)
	}
	if e, err := l.giveBack(a, "r3", 1); err != nil || e.Reason != "exceeds_payment" {
		t.Errorf("more: %+v, %v", e, err)
	}
	disputed := l.paid()
	l.fake.of(disputed.ID)[0].disputed = true
	if e, err := l.giveBack(disputed, "r4", 1); err != nil || e.Reason != "disputed" {
		t.Errorf("disputed: %+v, %v", e, err)
	}
	gone, address := l.begin(l.attempt())
	if e, err := l.giveBack(gone, "r5", 1); !isUnknown(err) {
		t.Errorf("not decided: %+v, %v", e, err)
	}
	l.must(l.fake.leave(address))
	if e, err := l.giveBack(gone, "r6", 1); err != nil || e.Reason != "not_paid" {
		t.Errorf("not paid: %+v, %v", e, err)
	}
	l.fake.fault = instead("POST /v1/refunds", 400, string(no(400, "invalid_request_error", "balance_insufficient", "", "Insufficient funds in your Stripe balance.").body()))
	if e, err := l.giveBack(l.paid(), "r7", 1); !isUnknown(err) || !strings.Contains(err.Error(), "balance_insufficient") {
		t.Errorf("no balance: %+v, %v", e, err)
	}
	l.fake.fault = instead("POST /v1/refunds", 400, string(no(400, "invalid_request_error", "charge_not_refundable", "", "").body()))
	if e, err := l.giveBack(l.paid(), "r8", 1); err != nil || e.Reason != "not_allowed" {
		t.Errorf("not refundable: %+v, %v", e, err)
	}
}

func TestRefundChecksItsArguments(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	for says, r := range map[string]component.Refund{
		`the refund's number "r 1"`:    {ID: "r 1", Amount: order.Money{Amount: 1, Currency: "EUR"}},
		"amount is 0.00 EUR":           {ID: "r1", Amount: order.Money{Currency: "EUR"}},
		"amount is 0.01 CHF: want EUR": {ID: "r1", Amount: order.Money{Amount: 1, Currency: "CHF"}},
	} {
		if e, err := l.Refund(t.Context(), a, r); !errors.Is(err, order.CodeInvalid) || !strings.Contains(err.Error(), says) || !strings.HasPrefix(err.Error(), "stripe.Refund: ") {
			t.Errorf("%+v, %v; want %q", e, err, says)
		}
	}
}
