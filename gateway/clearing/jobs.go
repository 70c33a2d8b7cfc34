package clearing

import (
	"context"
	"database/sql"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// The queues of jobs that a change owes. A job's key is an order's, or the ID of
// an attempt or refund, and its owner whose fault it is if it takes long: peers do not hold
// up each other's jobs.
const (
	queueNotify = "clearing.notify" // tell the acquirer where the order stands
	queueFollow = "clearing.follow" // ask what became of the attempt
	queueExpire = "clearing.expire" // end the order if nobody pays it in time
	queueRefund = "clearing.refund" // give money back
)

// expireAt makes the end of an open order due.
func (s *Server) expireAt(ctx context.Context, tx *sql.Tx, o orderRow, at time.Time) error {
	return s.outbox.Put(ctx, tx, outbox.Job{Queue: queueExpire, Key: string(o.key), Owner: o.acquirer, Due: at})
}

// follow makes a question about the attempt due.
func (c *change) follow(ctx context.Context, a *attemptRow) error {
	due := c.now.Add(c.s.options.Follow[0])
	return c.s.outbox.Put(ctx, c.tx, outbox.Job{Queue: queueFollow, Key: a.id(), Owner: a.component, Due: due})
}

// followed ends the questions, and lets an order that waited for this attempt
// expire.
func (c *change) followed(ctx context.Context, a *attemptRow) error {
	if err := c.s.outbox.Drop(ctx, c.tx, queueFollow, a.id()); err != nil {
		return err
	}
	if c.order.state != order.StateOpen || c.order.payable(c.now) {
		return nil
	}
	return c.s.expireAt(ctx, c.tx, c.order, c.now)
}

// owe makes the acquirer's notification due, in place of an older one, and the
// webhooks of the event.
func (c *change) owe(ctx context.Context, e order.Event) (err error) {
	if e.Data, err = c.order.status(ctx, c.tx); err != nil {
		return err
	}
	e.Timestamp = e.Data.Changed
	if err := c.s.webhooks.Owe(ctx, c.tx, c.order.acquirer, e); err != nil {
		return err
	}
	return c.s.outbox.Put(ctx, c.tx, outbox.Job{Queue: queueNotify, Key: string(c.order.key), Owner: c.order.acquirer, Due: c.now})
}
