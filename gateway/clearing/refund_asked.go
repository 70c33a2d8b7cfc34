package clearing

import (
	"context"
	"database/sql"
	"log/slog"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// Refund takes a refund of an order that was paid. It is stored, and Run asks the
// component for it; the acquirer is notified of how it ends.
func (d *desk) Refund(ctx context.Context, r order.RefundRequest) (status order.Status, err error) {
	const op = "clearing.Refund"
	if _, err := order.ParseID(string(r.Order)); err != nil {
		return status, errNoOrder(op)
	}
	if err := r.Validate(); err != nil {
		return status, d.fail(ctx, op, err)
	}
	_, a, err := d.entry(op)
	if err != nil {
		return status, err
	}
	err = d.change(ctx, op, keyOf(d.acquirer, r.Order), actorAcquirer+d.acquirer, func(ctx context.Context, c *change) (err error) {
		if c.order.acquirer != d.acquirer {
			return errNoOrder(op)
		}
		if err := c.askedFor(ctx, a, r); err != nil {
			return err
		}
		status, err = c.order.status(ctx, c.tx)
		return err
	})
	if order.CodeOf(err) == order.CodeNotFound {
		d.deny(ctx, op, "order "+string(r.Order))
	}
	if err != nil {
		return order.Status{}, err
	}
	return status, nil
}

// askedFor finds the refund, or else takes it if the rules allow. The rules are for
// new ones, as those of Place are.
func (c *change) askedFor(ctx context.Context, a Acquirer, r order.RefundRequest) error {
	const op = "clearing.Refund"
	refunds, err := c.order.refunds(ctx, c.tx)
	if err != nil {
		return err
	}
	for _, have := range refunds {
		switch {
		case have.ID != r.ID:
		case have.Amount != r.Amount || have.Reason != r.Reason:
			return order.Errorf(order.CodeIdempotencyKeyReused, op, "the refund %s is %s, and has its own reason: another refund needs another ID", r.ID, have.Amount)
		default:
			return nil
		}
	}
	paid, err := c.refundable(ctx, a, r, refunds)
	if err != nil {
		return err
	}
	return c.take(ctx, paid, r)
}

// refundable is the attempt whose money it is, if so much of it can go back.
func (c *change) refundable(ctx context.Context, a Acquirer, r order.RefundRequest, refunds []order.Refund) (paid attemptRow, err error) {
	const op = "clearing.Refund"
	total := c.order.order.Total
	if err := a.enabled(op); err != nil {
		return paid, err
	}
	switch left := order.Left(total, refunds); {
	case c.order.state != order.StatePaid:
		return paid, order.Errorf(order.CodeConflict, op, "the order is %s: only what was paid can go back", c.order.state)
	case r.Amount.Currency != total.Currency:
		var p problems
		p.add("/amount/currency", "is %s: the order was paid in %s", r.Amount.Currency, total.Currency)
		return paid, p.err(op, "the refund is not valid")
	case r.Amount.Amount > left:
		return paid, order.Errorf(order.CodeRefused, op, "%s are more than what is left of the payment: %s of %s", r.Amount,
			order.Money{Amount: left, Currency: total.Currency}, total)
	case len(refunds) >= order.MaxRefunds:
		return paid, order.Errorf(order.CodeRefused, op, "the order has %d refunds: it can have no more", len(refunds))
	}
	if paid, err = existingAttempt(ctx, c.tx, c.order.key, c.order.paidBy); err != nil {
		return paid, err
	}
	wallet, _, found := c.s.components.Find(paid.component)
	if _, ok := component.As[component.Refunder](wallet); !found || !ok {
		return paid, order.Errorf(order.CodeRefused, op, "the component %q cannot give money back", paid.component)
	}
	return paid, nil
}

// take stores a new refund and makes it due.
func (c *change) take(ctx context.Context, paid attemptRow, r order.RefundRequest) error {
	row := refundRow{key: paid.key, attempt: paid.number, component: paid.component, amount: r.Amount.Amount, asked: r.ID,
		reason: r.Reason, state: order.RefundPending, created: c.now, changed: c.now}
	if err := c.addRefund(ctx, &row, "the acquirer asks for "+r.Amount.String()+", as "+string(r.ID)); err != nil {
		return err
	}
	c.tell(ctx, slog.LevelInfo, "a refund was asked for", "refund", row.id(), "amount", r.Amount.String())
	return c.order.renumber(ctx, c.tx, c.now)
}

// addRefund stores a refund, with the job that brings it about.
func (c *change) addRefund(ctx context.Context, r *refundRow, why string) error {
	if err := r.insert(ctx, c.tx); err != nil {
		return err
	}
	if err := c.audit(ctx, r.id(), "", string(r.state), why); err != nil {
		return err
	}
	return c.s.outbox.Put(ctx, c.tx, outbox.Job{Queue: queueRefund, Key: r.id(), Owner: r.component, Due: c.now})
}

// refundDecided is what belongs to the end of a refund that an acquirer asked for:
// the booking of one that was given, a version of the order, and whom it is told.
func (c *change) refundDecided(ctx context.Context, r *refundRow) error {
	if r.state == order.RefundSucceeded {
		if err := c.bookRefund(ctx, r); err != nil {
			return err
		}
	}
	if err := c.order.renumber(ctx, c.tx, c.now); err != nil {
		return err
	}
	event, _ := order.EventOfRefund(r.state)
	told := r.told(c.order.order.Total.Currency)
	return c.owe(ctx, order.Event{Type: event, Refund: &told})
}

// refunds are those of the order that its acquirer asked for, the first one first.
// Only a paid order has any.
func (o *orderRow) refunds(ctx context.Context, tx *sql.Tx) (all []order.Refund, err error) {
	if o.paidBy == 0 {
		return nil, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+refundColumns+` FROM clearing_refunds WHERE order_key = $1 AND asked <> '' ORDER BY number`, string(o.key))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanRefund(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, r.told(o.order.Total.Currency))
	}
	return all, rows.Err()
}

// told is the refund for its acquirer.
func (r *refundRow) told(currency string) order.Refund {
	return order.Refund{ID: r.asked, Number: r.id(), Amount: order.Money{Amount: r.amount, Currency: currency}, Reason: r.reason, State: r.state,
		Failure: r.failure, Reference: r.reference, Created: r.created, Changed: r.changed, Moved: r.moved}
}
