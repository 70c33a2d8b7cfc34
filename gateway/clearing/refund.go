package clearing

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// giveBack owes the payer an amount of the attempt's money, and makes the refund
// due in the transaction that found it owed.
func (c *change) giveBack(ctx context.Context, a *attemptRow, reason string) error {
	r := refundRow{key: a.key, attempt: a.number, component: a.component, amount: c.order.order.Total.Amount, excess: true,
		reason: reason, state: order.RefundPending, created: c.now, changed: c.now}
	return c.addRefund(ctx, &r, "of attempt "+a.id()+": "+reason)
}

// refund asks the component to give the money back, and again later, under the
// same number, while the provider has not decided.
func (s *Server) refund(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	const op = "clearing.refund"
	key, number, _ := parseRefundID(task.Key)
	var o orderRow
	var r refundRow
	var a attemptRow
	err = s.look(ctx, op, key, func(ctx context.Context, tx *sql.Tx, row orderRow) (err error) {
		o = row
		if r, err = existingRefund(ctx, tx, key, number); err == nil {
			a, err = existingAttempt(ctx, tx, key, r.attempt)
		}
		return err
	})
	if err != nil || r.state.Final() {
		return again, err
	}
	again = s.now().Add(s.options.Follow[min(task.Try, len(s.options.Follow)-1)])
	e, at, err := s.askRefund(ctx, o, a, r)
	switch {
	case !at.IsZero():
		return at, err
	case err != nil:
		return again, err
	}
	return s.refunded(ctx, op, r, e, again)
}

// askRefund calls the component. One that cannot refund has failed to: no money
// moved, and a person has to see to it.
func (s *Server) askRefund(ctx context.Context, o orderRow, a attemptRow, r refundRow) (e component.RefundEvidence, at time.Time, err error) {
	c, _, ok := s.components.Find(r.component)
	if !ok {
		return e, at, fmt.Errorf("clearing.refund: the component %q is not configured any more", r.component)
	}
	refunder, ok := component.As[component.Refunder](c)
	if !ok {
		return component.RefundEvidence{Outcome: component.OutcomeFailed, Refund: r.id(), Reason: "unsupported"}, at, nil
	}
	at, err = s.through(ctx, actorComponent+r.component, func(ctx context.Context) (err error) {
		e, err = refunder.Refund(ctx, s.brief(o, a), r.brief(o.order.Total.Currency))
		return err
	})
	return e, at, err
}

// refunded settles the answer to askRefund.
func (s *Server) refunded(ctx context.Context, op string, r refundRow, e component.RefundEvidence, later time.Time) (again time.Time, err error) {
	err = s.change(ctx, op, r.key, actorComponent+r.component, func(ctx context.Context, c *change) error {
		r, err := existingRefund(ctx, c.tx, r.key, r.number)
		if err != nil || r.state.Final() {
			return err
		}
		err = c.settleRefund(ctx, &r, e)
		if !r.state.Final() {
			again = later
		}
		return err
	})
	if err != nil {
		again = later
	}
	return again, err
}

// settleRefund is the one place where evidence changes a refund.
func (c *change) settleRefund(ctx context.Context, r *refundRow, e component.RefundEvidence) error {
	if err := e.Check(r.brief(c.order.order.Total.Currency)); err != nil {
		c.answer = err
		return c.review(ctx, r.id(), ReviewEvidence, err.Error())
	}
	switch e.Outcome {
	case component.OutcomeSucceeded:
		r.state, r.reference, r.moved = order.RefundSucceeded, e.Reference, c.plausible(e.At, r.created)
		return c.saveRefund(ctx, r, "the provider gave it back")
	case component.OutcomeFailed:
		r.state, r.failure = order.RefundFailed, word(e.Reason)
		if err := c.saveRefund(ctx, r, "the provider says: "+r.failure); err != nil || !r.excess {
			return err // its acquirer is told, and decides what then
		}
		return c.review(ctx, r.id(), ReviewRefund, fmt.Sprintf("%s of attempt %s is owed to the payer, and the refund failed: %s",
			r.brief(c.order.order.Total.Currency).Amount, attemptID(r.key, r.attempt), r.failure))
	}
	return nil
}

func (c *change) saveRefund(ctx context.Context, r *refundRow, why string) error {
	if !order.RefundPending.CanBecome(r.state) {
		return c.illegal(ctx, r.id(), string(order.RefundPending), string(r.state))
	}
	r.changed = c.now
	if err := r.update(ctx, c.tx); err != nil {
		return err
	}
	c.tell(ctx, slog.LevelInfo, "a refund was decided", "refund", r.id(), "state", string(r.state), "reason", r.failure)
	if err := c.audit(ctx, r.id(), string(order.RefundPending), string(r.state), why); err != nil || r.excess {
		return err
	}
	return c.refundDecided(ctx, r)
}
