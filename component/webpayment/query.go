package webpayment

import (
	"context"
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Query implements component.Querier: it asks the operator, whose signed statement
// decides. A payment of which the terminal never came back ends this way: it is
// pending until the operator says how it ended, and it has failed only when the
// operator signed that nobody can pay it any more.
func (c *Component) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	e, err := c.payment(ctx, doQuery, a)
	return e, named("webpayment.Query", err)
}

// Cancel implements component.Canceler: the operator closes the payment, unless the
// payer was faster. An open payment sheet can then no longer be paid.
func (c *Component) Cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	e, err := c.payment(ctx, doCancel, a)
	return e, named("webpayment.Cancel", err)
}

// payment asks the operator for something about the attempt's payment.
func (c *Component) payment(ctx context.Context, do string, a component.Attempt) (component.Evidence, error) {
	if err := checkNumber(a.ID); err != nil {
		return component.Evidence{}, order.Errorf(order.CodeInvalid, "", "the attempt %w", err)
	}
	token, err := c.token(c.newRequest(do, a))
	if err != nil {
		return component.Evidence{}, err
	}
	return c.told(ctx, token, a)
}

// told is the operator's answer to a request about the attempt's payment.
func (c *Component) told(ctx context.Context, token string, a component.Attempt) (component.Evidence, error) {
	s, err := c.exchange(ctx, token, kindPayment)
	if err != nil {
		return component.Evidence{}, err
	}
	if s.Payment != a.ID {
		return component.Evidence{}, unreadable(fmt.Errorf("it is about payment %.40q, not %q", s.Payment, a.ID))
	}
	e, err := s.evidence()
	if err != nil {
		return component.Evidence{}, unreadable(err)
	}
	return e, nil
}

// token signs a request.
func (c *Component) token(r request) (string, error) {
	token, err := c.sign(kindRequest, r)
	if err != nil {
		return "", &order.Error{Code: order.CodeInternal, Detail: "the request could not be signed", Err: err}
	}
	return token, nil
}
