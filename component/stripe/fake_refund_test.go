package stripe_test

import (
	"net/url"
	"slices"
	"strconv"
	"time"
)

// fakeRefund is a refund of the fake.
type fakeRefund struct {
	id, intent, currency, status, why string
	attempt, number, note             string // of its metadata
	amount                            int64
	created                           time.Time
}

// refund is POST /v1/refunds.
func (f *fake) refund(form url.Values) (any, *problem) {
	amount, err := strconv.ParseInt(form.Get("amount"), 10, 64)
	i := slices.IndexFunc(f.sessions, func(s *fakeSession) bool { return s.intent != "" && s.intent == form.Get("payment_intent") })
	switch {
	case i < 0:
		return nil, no(404, "invalid_request_error", "resource_missing", "payment_intent", "No such payment_intent.")
	case err != nil || amount < 1:
		return nil, no(400, "invalid_request_error", "parameter_invalid_integer", "amount", "Invalid positive integer")
	}
	s := f.sessions[i]
	if p := s.refuses(amount); p != nil {
		p.kept = true
		return nil, p
	}
	s.refunded += amount
	made := &fakeRefund{id: f.id("re"), intent: s.intent, currency: s.currency, status: "succeeded", amount: amount, created: f.now(),
		attempt: form.Get("metadata[attempt]"), number: form.Get("metadata[refund]"), note: form.Get("metadata[reason]")}
	f.refunds = append(f.refunds, made)
	return made.render(), nil
}

// refuses is why the charge gives nothing back.
func (s *fakeSession) refuses(amount int64) *problem {
	switch {
	case s.payment != "paid":
		return no(400, "invalid_request_error", "payment_intent_unexpected_state", "", "This PaymentIntent does not have a successful charge to refund.")
	case s.disputed:
		return no(400, "invalid_request_error", "charge_disputed", "", "Charge has been charged back; cannot issue a refund.")
	case s.refunded == s.amount:
		return no(400, "invalid_request_error", "charge_already_refunded", "", "Charge has already been refunded.")
	case amount > s.amount-s.refunded:
		return no(400, "invalid_request_error", "", "amount", "Refund amount is greater than unrefunded amount on charge.")
	}
	return nil
}

func (r *fakeRefund) render() any {
	v := map[string]any{"id": r.id, "object": "refund", "amount": r.amount, "currency": r.currency, "payment_intent": r.intent, "status": r.status,
		"created": r.created.Unix(), "metadata": map[string]string{"attempt": r.attempt, "refund": r.number}}
	if r.why != "" {
		v["failure_reason"] = r.why
	}
	return v
}

func (f *fake) listRefunds(form url.Values) (any, *problem) {
	return page(f.refunds, form, func(r *fakeRefund) string { return r.id },
		func(r *fakeRefund) bool { return r.intent == form.Get("payment_intent") }, func(r *fakeRefund) any { return r.render() })
}
