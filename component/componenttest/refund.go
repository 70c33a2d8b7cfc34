package componenttest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// refunded gives a payment back in two parts, each asked for twice, and asks for
// more than is left; then for money that was never paid.
func refunded(ctx context.Context, h Harness) error {
	r, ok := component.As[component.Refunder](h.Component)
	if !ok {
		return skipped("the component cannot refund at its provider")
	}
	if h.Attempt.Amount.Amount < 2 {
		return skipped("the amount cannot be given back in parts")
	}
	return errors.Join(refundedParts(ctx, h, r), refundedUnpaid(ctx, h, r))
}

func refundedParts(ctx context.Context, h Harness, r component.Refunder) error {
	a, err := h.decided(ctx, true)
	if err != nil {
		return err
	}
	part := newRefund(a, 1)
	if err := give(ctx, r, a, part, h.given(a, 1)); err != nil {
		return err
	}
	over := newRefund(a, a.Amount.Amount)
	if e, err := r.Refund(ctx, a, over); err == nil && e.Outcome != component.OutcomeFailed {
		return fmt.Errorf("%s of %s were given back, and a refund of %s more is %q", part.Amount, a.Amount, over.Amount, e.Outcome)
	}
	return give(ctx, r, a, newRefund(a, a.Amount.Amount-1), h.given(a, a.Amount.Amount))
}

// give asks for one refund twice.
func give(ctx context.Context, r component.Refunder, a component.Attempt, asked component.Refund, given func() error) error {
	for range 2 {
		e, err := r.Refund(ctx, a, asked)
		if err != nil {
			return fmt.Errorf("refunding: %w", err)
		}
		if e.Outcome == component.OutcomeFailed {
			return fmt.Errorf("a refund of %s out of %s failed: %q", asked.Amount, a.Amount, e.Reason)
		}
		if err := errors.Join(e.Check(asked), given()); err != nil {
			return err
		}
		other := asked
		other.ID = "another"
		if err := e.Check(other); !errors.Is(err, order.CodeRefused) {
			return fmt.Errorf("evidence for refund %s passes for another one", asked.ID)
		}
	}
	return nil
}

func (h Harness) given(a component.Attempt, want int64) func() error {
	return func() error {
		if h.Refunds == nil {
			return nil
		}
		if got := h.Refunds(a); got != want {
			return fmt.Errorf("the provider gave back %d, not %d", got, want)
		}
		return nil
	}
}

func refundedUnpaid(ctx context.Context, h Harness, r component.Refunder) error {
	a, err := h.decided(ctx, false)
	if err != nil {
		return err
	}
	if e, err := r.Refund(ctx, a, newRefund(a, 1)); err == nil && e.Outcome == component.OutcomeSucceeded {
		return errors.New("money was given back that nobody had paid")
	}
	return h.given(a, 0)()
}

func newRefund(a component.Attempt, amount int64) component.Refund {
	return component.Refund{ID: string(order.NewID(time.Now())), Amount: order.Money{Amount: amount, Currency: a.Amount.Currency}, Reason: "returned"}
}
