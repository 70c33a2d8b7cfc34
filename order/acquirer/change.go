package acquirer

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/anyscan/anyscan/order"
)

// change is the one way in which a stored order changes: fn decides on what is
// stored, and the order, its refunds, their audit entries, the work they need next
// and the acquirer's own books commit together. An fn that changes nothing leaves
// everything as it is. After an error, an *order.Error, the record is empty:
// how the order stands is not known.
func (s *Server) change(ctx context.Context, op string, id order.ID, by origin, fn func(*record) error) (r record, err error) {
	return s.changeSince(ctx, op, record{order: order.Order{ID: id}}, by, fn)
}

// changeSince is change for an order that was read or stored a moment ago: it is
// read again, and fn called again, only if it has changed since.
func (s *Server) changeSince(ctx context.Context, op string, known record, by origin, fn func(*record) error) (r record, err error) {
	err = s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.store.Lock(ctx, tx, "acquirer_orders "+string(known.order.ID)); err != nil {
			return err
		}
		if known.seq > 0 {
			var done bool
			if r, done, err = s.decide(ctx, tx, known, by, fn); done {
				return err
			}
		}
		stored, err := load(ctx, tx, op, known.order.ID)
		if err != nil {
			return err
		}
		var done bool
		if r, done, err = s.decide(ctx, tx, stored, by, fn); err == nil && !done && !r.same(stored) {
			err = fmt.Errorf("acquirer: order %s was changed at the same time", known.order.ID)
		}
		return err
	})
	if err != nil {
		return record{}, s.fail(ctx, op, err)
	}
	return r, nil
}

// decide calls fn on an order and writes what it decided. It is not done when
// that is nothing, or when the stored order is another by now.
func (s *Server) decide(ctx context.Context, tx *sql.Tx, was record, by origin, fn func(*record) error) (r record, done bool, err error) {
	r = was
	if err := fn(&r); err != nil || r.same(was) {
		return r, false, err
	}
	done, err = r.enter(ctx, tx, was, s.now(), by)
	if err == nil && done {
		err = s.note(ctx, tx, was, r)
	}
	return r, done || err != nil, err
}

// make stores a new order; message is what it is as JSON.
func (s *Server) make(ctx context.Context, tx *sql.Tx, o order.Order, message []byte) (record, error) {
	r := record{order: o, standing: standing{state: order.StatePlacing, changed: o.Created}}
	e := r.link(auditEntry{at: s.now(), origin: origin{actorTerminal, "confirmed"}, what: about, to: string(r.state)})
	if err := r.insert(ctx, tx, message); err != nil {
		return r, err
	}
	if err := e.insert(ctx, tx, o.ID); err != nil {
		return r, err
	}
	return r, s.note(ctx, tx, record{}, r)
}

// note does what belongs to the changes of an order and its refunds besides the
// changes themselves.
func (s *Server) note(ctx context.Context, tx *sql.Tx, was, r record) error {
	if err := s.noteState(ctx, tx, was.state, r); err != nil {
		return err
	}
	for _, step := range r.steps(was) {
		if err := s.planRefund(ctx, tx, r.order.ID, step.refund); err != nil {
			return err
		}
		c := Change{From: r.state, Status: r.status(), Refund: &step.refund, RefundFrom: step.from}
		if err := s.book(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) noteState(ctx context.Context, tx *sql.Tx, from order.State, r record) error {
	if from == r.state {
		return nil
	}
	if r.state == order.StatePaid {
		if err := noteBooked(ctx, tx, r); err != nil {
			return err
		}
	}
	if err := s.plan(ctx, tx, r); err != nil {
		return err
	}
	return s.book(ctx, tx, Change{From: from, Status: r.status()})
}

// book lets the acquirer's own books follow. Whatever is wrong with them, the
// peer is told that nothing was decided.
func (s *Server) book(ctx context.Context, tx *sql.Tx, c Change) error {
	err := s.options.OnChange(ctx, tx, c)
	if err == nil {
		return nil
	}
	const op = "acquirer.OnChange"
	args := []any{"order", c.Order.ID, "from", c.From, "to", c.State, "err", err}
	if c.Refund != nil {
		args = append(args, "refund", c.Refund.ID, "refund_from", c.RefundFrom, "refund_to", c.Refund.State)
	}
	s.logger.ErrorContext(ctx, "the books refuse a change", args...)
	return &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "nothing was changed: ask again", Err: err}
}
