package stripe

import (
	"context"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/anyscan/anyscan/component"
)

// Query implements component.Querier: it retrieves the attempt's session. An attempt
// that has none is pending until five minutes after it expires, and has failed from
// then on: Begin makes no session any more.
func (c *Component) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	e, err := c.query(ctx, a)
	return e, named("stripe.Query", err)
}

func (c *Component) query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	s, err := c.find(ctx, a)
	switch {
	case err != nil:
		return component.Evidence{}, err
	case s == nil:
		return c.absent(a), nil
	}
	return answered(s)
}

// absent is what it means that Stripe has no session for the attempt.
func (c *Component) absent(a component.Attempt) component.Evidence {
	if c.options.Now().Before(a.Expires.Add(grace)) {
		return component.Evidence{Outcome: component.OutcomePending, Attempt: a.ID}
	}
	return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: reasonExpired}
}

// Cancel implements component.Canceler: it expires the session, after which nobody
// can pay it. An attempt without a session gets one first, so that its idempotency key
// stands for a session that is expired and no later Begin makes another.
//
// Stripe expires no session that is complete: Cancel says then whether it was paid,
// and stays pending while a payment method that pays later has not decided.
func (c *Component) Cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	e, err := c.cancel(ctx, a)
	return e, named("stripe.Cancel", err)
}

func (c *Component) cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	s, err := c.find(ctx, a)
	switch {
	case err != nil:
		return component.Evidence{}, err
	case s == nil:
		return c.absent(a), nil
	case s.Status != sdk.CheckoutSessionStatusOpen:
		return answered(s)
	}
	closed, err := c.client().V1CheckoutSessions.Expire(ctx, s.ID, &sdk.CheckoutSessionExpireParams{Expand: expanded()})
	if err != nil { // not open any more, perhaps: what is true now counts
		return c.afterRefusal(ctx, a, s.ID, err)
	}
	if err := belongs(closed, a); err != nil {
		return component.Evidence{}, err
	}
	e, err := answered(closed)
	if e.Reason == reasonExpired {
		e.Reason = reasonCanceled
	}
	return e, err
}

// afterRefusal says how a session stands that Stripe did not expire. One that is
// still open can neither be closed nor is it known.
func (c *Component) afterRefusal(ctx context.Context, a component.Attempt, id string, refusal error) (component.Evidence, error) {
	if !refused(refusal) {
		return component.Evidence{}, failed(refusal)
	}
	s, err := c.retrieve(ctx, a, id)
	switch {
	case err != nil:
		return component.Evidence{}, err
	case s.Status == sdk.CheckoutSessionStatusOpen:
		return component.Evidence{}, failed(refusal)
	}
	return answered(s)
}
