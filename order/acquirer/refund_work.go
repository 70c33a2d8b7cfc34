package acquirer

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// refundQueue holds one job for each refund that is not final. The orders' own queue
// cannot: an order that is paid has no job there.
const refundQueue = "acquirer.refunds"

func refundKey(id, refund order.ID) string { return string(id) + "/" + string(refund) }

// planRefund says when Run looks at a refund that has just changed.
func (s *Server) planRefund(ctx context.Context, tx *sql.Tx, id order.ID, f order.Refund) error {
	key := refundKey(id, f.ID)
	if f.State.Final() {
		return s.outbox.Drop(ctx, tx, refundQueue, key)
	}
	return s.outbox.Put(ctx, tx, outbox.Job{Queue: refundQueue, Key: key, Due: s.now().Add(s.pause(1))})
}

// lookAfterRefund brings one refund on and says when to look again.
func (s *Server) lookAfterRefund(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	const op = "acquirer.Run"
	id, refund, _ := strings.Cut(task.Key, "/")
	r, err := s.find(ctx, op, order.ID(id))
	if err != nil {
		return s.now().Add(s.pause(task.Try + 1)), err
	}
	f, at := r.refund(order.ID(refund))
	switch {
	case at < 0:
	case f.State == order.RefundPlacing && s.options.Refunder != nil:
		r, err = s.placeRefund(ctx, op, r, order.RefundRequest{ID: f.ID, Order: r.order.ID, Amount: f.Amount, Reason: f.Reason})
	case !f.State.Final():
		r, err = s.ask(ctx, r)
	}
	if now, _ := r.refund(f.ID); at < 0 || now.State.Final() {
		return time.Time{}, nil
	}
	return s.now().Add(s.pause(task.Try + 1)), err
}
