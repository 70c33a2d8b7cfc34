package componenttest

import (
	"context"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/component"
)

// closed cancels a payment before the payer decides, after, before the payer comes
// to the provider, and one that the provider never heard of.
func closed(ctx context.Context, h Harness) error {
	c, ok := component.As[component.Canceler](h.Component)
	if !ok {
		return skipped("the component cannot cancel at its provider")
	}
	return errors.Join(closedBefore(ctx, h, c), closedAfter(ctx, h, c), closedUnvisited(ctx, h, c), closedUnheard(ctx, h, c))
}

func closedBefore(ctx context.Context, h Harness, c component.Canceler) error {
	a, action, err := h.begin(ctx, h.attempt())
	if err == nil && h.Visit != nil {
		err = h.Visit(ctx, a, action)
	}
	if err != nil {
		return err
	}
	for range 2 {
		e, err := c.Cancel(ctx, a)
		switch {
		case err != nil:
			return fmt.Errorf("canceling: %w", err)
		case e.Outcome != component.OutcomeFailed || e.Reason == "":
			return fmt.Errorf("nobody has paid, but Cancel says %q for the reason %q", e.Outcome, e.Reason)
		}
		if err := e.Check(a); err != nil {
			return err
		}
	}
	if err := h.Decide(ctx, a, action, true); err == nil && h.Charges == nil {
		return errors.New("the provider took the payer's approval of a payment that was canceled")
	}
	if err := h.charged(a, 0); err != nil {
		return fmt.Errorf("after it was canceled %w", err)
	}
	e, err := h.ask(ctx, a)
	if err == nil && e.Outcome != component.OutcomeFailed {
		err = fmt.Errorf("canceled, and yet the outcome is %q", e.Outcome)
	}
	return err
}

func closedAfter(ctx context.Context, h Harness, c component.Canceler) error {
	a, err := h.decided(ctx, true)
	if err != nil {
		return err
	}
	e, err := c.Cancel(ctx, a)
	if err == nil && e.Outcome != component.OutcomePending {
		err = succeeded(e, a)
	}
	return errors.Join(err, h.charged(a, 1))
}

func closedUnvisited(ctx context.Context, h Harness, c component.Canceler) error {
	if h.Visit == nil {
		return nil
	}
	a, action, err := h.begin(ctx, h.attempt())
	if err != nil {
		return err
	}
	if e, err := c.Cancel(ctx, a); err != nil || e.Outcome != component.OutcomeFailed {
		return nil // it does not claim that it is closed
	}
	if err := h.Decide(ctx, a, action, true); err == nil && h.Charges == nil {
		return errors.New("cancel said that the attempt failed, but then a payer came and paid it")
	}
	if err := h.charged(a, 0); err != nil {
		return fmt.Errorf("cancel said that the attempt failed, but then a payer came: %w", err)
	}
	return nil
}

func closedUnheard(ctx context.Context, h Harness, c component.Canceler) error {
	a := h.attempt()
	if e, err := c.Cancel(ctx, a); err != nil || e.Outcome != component.OutcomeFailed {
		return nil // it does not claim that it is closed
	}
	if p, err := h.Component.Begin(ctx, a); err == nil && p.Action != nil {
		return errors.New("cancel said that the attempt failed, but then Begin made a payment of it")
	}
	return nil
}
