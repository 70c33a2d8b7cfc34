package skeleton

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Query implements component.Querier.
func (c *Component) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	const op = "skeleton.Query"
	p, err := c.exchange(ctx, op, http.MethodGet, a.ID, nil)
	if errors.Is(err, order.CodeNotFound) {
		return c.unheard(a), nil
	}
	if err != nil {
		return component.Evidence{}, err
	}
	return p.evidence(op)
}

// unheard is an attempt that the provider does not know. Begin may still be on its way
// there: it has failed once Begin refuses it, and clocks that differ agree on that.
func (c *Component) unheard(a component.Attempt) component.Evidence {
	e := component.Evidence{Outcome: component.OutcomePending, Attempt: a.ID}
	if c.options.Now().After(a.Expires.Add(5 * time.Minute)) {
		e.Outcome, e.Reason = component.OutcomeFailed, "expired"
	}
	return e
}
