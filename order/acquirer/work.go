package acquirer

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// queue holds one job for each order that is not final, by its ID.
const queue = "acquirer.orders"

func (s *Server) newOutbox() *outbox.Outbox {
	return outbox.New(s.store, map[string]outbox.Handler{queue: s.lookAfter, codeQueue: s.retell, refundQueue: s.lookAfterRefund}, &outbox.Options{
		Timeout: 2 * s.options.Timeout, Now: s.options.Now, Logger: s.options.Logger,
	})
}

// Run looks after the orders until ctx ends: it places those that a crash or an
// unreachable gateway left behind, under the same ID, and asks the gateway
// about those whose end it did not tell. It does the same with refunds: it asks for
// those that are not known to have reached the gateway, under the same ID, and about
// those whose end was not told. It also tells the gateway which codes
// were revoked, where that has not reached it. It then lets what is under way
// finish and returns nil; earlier only, with store.ErrClosed, if the store is
// closed. Each process runs it once.
func (s *Server) Run(ctx context.Context) error { return s.outbox.Run(ctx) }

// skew is how far the gateway's clock may be behind ours, and how long a message
// may lie somewhere on its way: by then it takes an order that has expired no more.
const skew = 5 * time.Minute

// plan says when Run looks at an order that has just changed.
func (s *Server) plan(ctx context.Context, tx *sql.Tx, r record) error {
	id, from := string(r.order.ID), s.now()
	if r.state.Final() {
		return s.outbox.Drop(ctx, tx, queue, id)
	}
	if r.state == order.StateOpen && r.order.Expires.After(from) {
		from = r.order.Expires
	}
	return s.outbox.Put(ctx, tx, outbox.Job{Queue: queue, Key: id, Due: from.Add(s.pause(1))})
}

// pause is how long to wait before an order is looked at for the nth time.
func (s *Server) pause(n int) time.Duration {
	return s.options.Retry[min(n, len(s.options.Retry))-1]
}

// lookAfter brings one order on and says when to look again.
func (s *Server) lookAfter(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	r, err := s.find(ctx, "acquirer.Run", order.ID(task.Key))
	switch {
	case err != nil:
	case r.state == order.StatePlacing && s.now().Before(r.order.Expires):
		r, err = s.place(ctx, r)
	case !r.state.Final():
		r, err = s.ask(ctx, r)
	}
	if r.state.Final() {
		return time.Time{}, nil
	}
	again = s.now().Add(s.pause(task.Try + 1))
	if end := s.unplaceable(r.order); r.state == order.StatePlacing && s.now().Before(end) && end.Before(again) {
		again = end
	}
	return again, err
}

// unplaceable is from when on the gateway cannot take the order any more: nothing
// that was sent before the order's time can be on its way, whatever its clock says.
func (s *Server) unplaceable(o order.Order) time.Time { return o.Expires.Add(s.options.Timeout + skew) }

// ask asks the gateway what became of an order. One that could not be placed in
// time, and that the gateway does not know although nothing can be on its way to
// it any more, has expired.
func (s *Server) ask(ctx context.Context, r record) (record, error) {
	const op = "acquirer.Run"
	call, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	st, err := s.clearing.Query(call, r.order.ID)
	switch {
	case errors.Is(err, order.CodeNotFound) && r.state == order.StatePlacing && s.now().Before(s.unplaceable(r.order)):
		return r, nil // what was sent may still arrive
	case errors.Is(err, order.CodeNotFound) && r.state == order.StatePlacing:
		return s.change(ctx, op, r.order.ID, origin{actorAcquirer, "never placed"}, func(r *record) error {
			if r.state == order.StatePlacing {
				r.state, r.changed = order.StateExpired, s.now()
			}
			return nil
		})
	case err != nil:
		return r, err
	}
	return s.learnOf(ctx, op, r.order.ID, "asked", st)
}
