package clearing

import (
	"context"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// Cancel ends an order that was not paid, as soon as nothing of it can be paid
// any more. What cannot be closed while the caller waits is closed by Run, and
// the acquirer is notified of the end, whichever it is.
func (d *desk) Cancel(ctx context.Context, id order.ID) (order.Status, error) {
	const op = "clearing.Cancel"
	if _, err := order.ParseID(string(id)); err != nil {
		return order.Status{}, errNoOrder(op)
	}
	if _, _, err := d.entry(op); err != nil {
		return order.Status{}, err
	}
	key, open := keyOf(d.acquirer, id), false
	err := d.change(ctx, op, key, actorAcquirer+d.acquirer, func(ctx context.Context, c *change) error {
		if c.order.acquirer != d.acquirer {
			return errNoOrder(op)
		}
		open = c.order.state == order.StateOpen
		return c.cancel(ctx)
	})
	if err != nil {
		if order.CodeOf(err) == order.CodeNotFound {
			d.deny(ctx, op, "order "+string(id))
		}
		return order.Status{}, err
	}
	if open {
		if _, err := d.expire(ctx, outbox.Task{Queue: queueExpire, Key: string(key), Try: 1}); err != nil {
			d.logger.WarnContext(ctx, "a canceled order is not closed yet", "order", string(key), "err", err)
		}
	}
	return d.Query(ctx, id)
}

// cancel records that the acquirer wants an end, once, with the job that brings
// it about if nobody else does.
func (c *change) cancel(ctx context.Context) error {
	if c.order.state != order.StateOpen || !c.order.cancelAt.IsZero() {
		return nil
	}
	if err := c.order.close(ctx, c.tx, c.now); err != nil {
		return err
	}
	if err := c.audit(ctx, "order", string(c.order.state), string(c.order.state), "the acquirer cancels"); err != nil {
		return err
	}
	return c.s.expireAt(ctx, c.tx, c.order, c.now.Add(c.s.options.Follow[0]))
}
