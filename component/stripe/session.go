package stripe

import (
	"context"
	"errors"
	"net/http"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	maxSearched = 2000            // sessions that are looked through for one attempt
	grace       = 5 * time.Minute // after the expiry, for clocks that differ
)

// find is the attempt's session as it is now, or nil when Stripe has none.
//
// A reference that was lost in a crash is found again by creating the session once
// more under its idempotency key: Stripe answers with the session that there is, or
// makes it, to which no payer was sent yet. Stripe keeps a key for 24 hours at least,
// and no attempt begins more than 24 hours before it expires: until then there is no
// second session. Afterwards, and where the key stands for a request that differs,
// say in the merchant's name, the sessions of the time are looked through.
func (c *Component) find(ctx context.Context, a component.Attempt) (*sdk.CheckoutSession, error) {
	if err := checkNumber(a.ID); err != nil {
		return nil, order.Errorf(order.CodeInvalid, "", "the attempt %w", err)
	}
	now := c.options.Now()
	switch {
	case a.Reference != "":
		return c.retrieve(ctx, a, a.Reference)
	case now.Before(a.Expires) && c.beginnable(a, now) == nil:
		return c.create(ctx, a, now)
	}
	return c.search(ctx, a)
}

// create makes the session, or finds the one that the idempotency key stands for.
func (c *Component) create(ctx context.Context, a component.Attempt, now time.Time) (*sdk.CheckoutSession, error) {
	variants, err := c.variants(a, now)
	if err != nil {
		return nil, err
	}
	for i, p := range variants {
		s, err := c.client().V1CheckoutSessions.Create(ctx, p)
		switch {
		case err == nil && s.LastResponse.Header.Get("Idempotent-Replayed") == "true":
			return c.retrieve(ctx, a, s.ID) // the answer is as old as the session
		case err == nil:
			return s, belongs(s, a)
		case !differs(err, i):
			return nil, failed(err)
		}
	}
	s, err := c.search(ctx, a)
	if s == nil && err == nil {
		err = order.Errorf(order.CodeIdempotencyKeyReused, "", "the attempt's number stands for another request at Stripe, and no session has it")
	}
	return s, err
}

// differs reports that the idempotency key stands for another request than the i-th
// variant: Stripe says so, or, of the variant for which it is too late or too early,
// that it has a wrong expiry.
func differs(err error, i int) bool {
	e, ok := errors.AsType[*sdk.Error](err)
	return ok && (e.Type == sdk.ErrorTypeIdempotency || i > 0 && e.HTTPStatusCode == http.StatusBadRequest && e.Type == sdk.ErrorTypeInvalidRequest)
}

// expanded are the parts of a session that Stripe sends only when asked to.
func expanded() []*string { return []*string{new("payment_intent.latest_charge")} }

func (c *Component) retrieve(ctx context.Context, a component.Attempt, id string) (*sdk.CheckoutSession, error) {
	s, err := c.client().V1CheckoutSessions.Retrieve(ctx, id, &sdk.CheckoutSessionRetrieveParams{Expand: expanded()})
	switch {
	case err != nil:
		return nil, failed(err)
	case s.ID != id:
		return nil, unreadable("it is about session %.80q, not %q", s.ID, id)
	}
	return s, belongs(s, a)
}

// search looks through the sessions of the time in which the attempt's may have been
// created, the newest first.
func (c *Component) search(ctx context.Context, a component.Attempt) (*sdk.CheckoutSession, error) {
	next := func(after *string) *sdk.V1List[*sdk.CheckoutSession] {
		p := &sdk.CheckoutSessionListParams{CreatedRange: &sdk.RangeQueryParams{
			GreaterThanOrEqual: a.Expires.Add(-longest - grace).Unix(), LesserThanOrEqual: a.Expires.Add(grace).Unix()}}
		p.Limit, p.StartingAfter = new(int64(100)), after
		return c.client().V1CheckoutSessions.List(ctx, p)
	}
	s, err := look(next, func(s *sdk.CheckoutSession) string { return s.ID }, func(s *sdk.CheckoutSession) bool { return s.Metadata[metaID] == a.ID },
		maxSearched, "the attempt's session is not among the newest 2000 of its time at Stripe: look for its ID in the Dashboard")
	if s == nil {
		return nil, err
	}
	return c.retrieve(ctx, a, s.ID)
}

// belongs refuses a session that is not the attempt's.
func belongs(s *sdk.CheckoutSession, a component.Attempt) error {
	if s.Metadata[metaID] != a.ID || s.ClientReferenceID != a.ID {
		return unreadable("session %.80q is about attempt %.40q, not %q", s.ID, s.Metadata[metaID], a.ID)
	}
	return nil
}
