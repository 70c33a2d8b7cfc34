package skeleton

import (
	"context"
	"net/http"
	"slices"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Begin implements component.Component: it makes the payment at the provider, or finds
// it again, and sends the payer to its page.
func (c *Component) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	const op = "skeleton.Begin"
	if !slices.Contains(a.Actions, component.ActionRedirect) {
		return component.Progress{}, order.Errorf(order.CodeRefused, op, "the terminal cannot follow a redirect, and the provider has no other way")
	}
	if !c.options.Now().Before(a.Expires) {
		return component.Progress{}, order.Errorf(order.CodeExpired, op, "the attempt was to be paid before %s", a.Expires.UTC())
	}
	p, err := c.exchange(ctx, op, http.MethodPut, a.ID, terms{Amount: a.Amount.Amount, Currency: a.Amount.Currency,
		Expires: a.Expires.Unix(), Return: a.ReturnAddress, Notify: a.NotifyAddress})
	if err != nil {
		return component.Progress{}, err
	}
	return component.Progress{Reference: p.Receipt, Action: &component.Action{Redirect: &component.Redirect{Address: p.Page}}}, nil
}

// Resume implements component.Component: whatever the browser brought back, it asks.
func (c *Component) Resume(ctx context.Context, a component.Attempt, _ component.Return) (component.Progress, error) {
	e, err := c.Query(ctx, a)
	if err != nil {
		return component.Progress{}, err
	}
	return component.Progress{Evidence: &e, Reference: e.Reference}, nil
}
