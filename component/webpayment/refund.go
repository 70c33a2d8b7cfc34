package webpayment

import (
	"context"
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Refund implements component.Refunder. The operator gives back once for the
// refund's ID, however often it is asked, and answers how that refund stands.
func (c *Component) Refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	e, err := c.refund(ctx, a, r)
	return e, named("webpayment.Refund", err)
}

func (c *Component) refund(ctx context.Context, a component.Attempt, r component.Refund) (e component.RefundEvidence, err error) {
	if err := refundable(a, r); err != nil {
		return e, err
	}
	request := c.newRequest(doRefund, a)
	request.Refund = &giving{r.ID, r.Amount.Amount, r.Amount.Currency, short(r.Reason)}
	token, err := c.token(request)
	if err != nil {
		return e, err
	}
	s, err := c.exchange(ctx, token, kindRefund)
	switch {
	case err != nil:
		return e, err
	case s.Payment != a.ID || s.Refund != r.ID:
		return e, unreadable(fmt.Errorf("it is about refund %.40q of %.40q, not %q of %q", s.Refund, s.Payment, r.ID, a.ID))
	}
	e, err = s.refunded()
	switch {
	case err != nil:
		return component.RefundEvidence{}, unreadable(err)
	case e.Outcome == component.OutcomeSucceeded && e.Amount != r.Amount:
		return component.RefundEvidence{}, order.Errorf(order.CodeConflict, "", "the number %s stands for a refund of %s", r.ID, e.Amount)
	}
	return e, nil
}

func refundable(a component.Attempt, r component.Refund) error {
	if err := checkNumber(a.ID); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the attempt %w", err)
	}
	if err := checkNumber(r.ID); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the refund's number %w", err)
	}
	if err := r.Amount.Validate(); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the refund's amount: %w", err)
	}
	if r.Amount.Currency != a.Amount.Currency {
		return order.Errorf(order.CodeInvalid, "", "the refund is of %s, and the payment of %s", r.Amount, a.Amount)
	}
	return nil
}
