package gatewaytest

import (
	"context"
	"errors"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

var _ component.Refunder = (*Wallet)(nil)

// refund is money that the provider gave back, or will not.
type refund struct {
	attempt string
	amount  int64
	outcome component.Outcome
	reason  string // why it failed
}

// Refund gives money back at once, under each number one time, and never more than
// there is.
func (w *Wallet) Refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return component.RefundEvidence{}, err
	}
	given, found := w.refunds[r.ID]
	if !found {
		given = refund{a.ID, r.Amount.Amount, component.OutcomeSucceeded, ""}
		switch {
		case w.rule != "":
			given.outcome, given.reason = component.OutcomeFailed, w.rule
		case r.Amount.Amount > w.held(a.ID):
			given.outcome, given.reason = component.OutcomeFailed, "too_much"
		}
		w.refunds[r.ID] = given
	}
	if w.deaf {
		return component.RefundEvidence{}, errors.New("gatewaytest: the provider's answer was lost")
	}
	e := component.RefundEvidence{Outcome: given.outcome, Refund: r.ID}
	if given.outcome == component.OutcomeFailed {
		e.Reason = given.reason
		return e, nil
	}
	e.Reference, e.Amount, e.At = w.reference(r.ID), order.Money{Amount: given.amount, Currency: r.Amount.Currency}, decidedAt
	return e, nil
}

// Rule lets the provider give nothing back for the reason, until it is called with "".
func (w *Wallet) Rule(reason string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rule = reason
}

// Held is what the provider has of the attempt's money, in minor units: what was
// paid less what was given back.
func (w *Wallet) Held(attempt string) int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held(attempt)
}

func (w *Wallet) held(attempt string) int64 {
	p := w.payments[attempt]
	if p.outcome != component.OutcomeSucceeded {
		return 0
	}
	left := p.amount.Amount
	for _, r := range w.refunds {
		if r.attempt == attempt && r.outcome == component.OutcomeSucceeded {
			left -= r.amount
		}
	}
	return left
}
