package acquirer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/order"
)

// place hands an order over to the gateway, unless that was done, and gives it
// its gateway address. It may run several times at once and after crashes: the
// order's ID makes it one order at the gateway.
func (s *Server) place(ctx context.Context, r record) (record, error) {
	const op = "acquirer.place"
	switch {
	case r.state == order.StateRefused:
		return r, refused(op)
	case r.address != "":
		return r, nil
	case !s.now().Before(r.order.Expires):
		return r, order.Errorf(order.CodeExpired, op, "order %s was to be paid until %s and is %s: see %s",
			r.order.ID, r.order.Expires.Format(time.RFC3339), r.state, r.order.ReturnAddress)
	}
	address, err := s.hand(ctx, r.order)
	switch {
	case err == nil:
		return s.changeSince(ctx, op, r, origin{actorAcquirer, "placed"}, func(r *record) error {
			r.placed(address, s.now())
			return nil
		})
	case refuses(err):
		s.logger.WarnContext(ctx, "the gateway refuses an order", "order", r.order.ID, "merchant", r.order.Merchant, "err", err)
		return s.refuse(ctx, r.order.ID, err)
	}
	if ctx.Err() == nil {
		s.logger.ErrorContext(ctx, "placing an order failed", "order", r.order.ID, "err", err)
	}
	return r, unplaced(op, err)
}

// hand asks the gateway once.
func (s *Server) hand(ctx context.Context, o order.Order) (address string, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	p, err := s.clearing.Place(ctx, o)
	if err != nil {
		return "", err
	}
	if _, ok := parseAddress(p.Address); !ok {
		return "", fmt.Errorf("the gateway's address begins with %.20q: want https and a host", p.Address)
	}
	return p.Address, nil
}

// placed notes the gateway's answer. A notification may have overtaken it; what
// that said stays.
func (r *record) placed(address string, now time.Time) {
	r.address = address
	if r.state == order.StatePlacing {
		r.state, r.changed = order.StateOpen, now
	}
}

// refuse ends an order that the gateway does not take, unless it was found out
// meanwhile that it did.
func (s *Server) refuse(ctx context.Context, id order.ID, cause error) (record, error) {
	const op = "acquirer.place"
	r, err := s.change(ctx, op, id, origin{actorGateway, "refused: " + string(order.CodeOf(cause))}, func(r *record) error {
		if r.state == order.StatePlacing {
			r.state, r.changed = order.StateRefused, s.now()
		}
		return nil
	})
	switch {
	case err != nil || r.address != "":
		return r, err
	case r.state == order.StateRefused:
		return r, refused(op)
	}
	return r, unplaced(op, cause)
}

func refused(op string) error {
	return order.Errorf(order.CodeRefused, op, "the clearing institution does not take this order")
}

func unplaced(op string, cause error) error {
	e := &order.Error{Code: order.CodeUnavailable, Op: op, Err: cause,
		Detail: "the order is kept but not at the gateway yet: ask again with the same key"}
	if c, ok := errors.AsType[*order.Error](cause); ok {
		e.RetryAfter = c.RetryAfter // before that the gateway would not take it either
	}
	return e
}

// refuses reports whether the gateway's answer decided that it does not take
// the order. Everything else leaves that open: faults that pass, answers that
// were lost, and a caller that could not be identified, which is a fault of
// the configuration and not of the order.
func refuses(err error) bool {
	if _, ok := errors.AsType[*order.Error](err); !ok {
		return false
	}
	switch order.CodeOf(err) {
	case order.CodeInvalid, order.CodeForbidden, order.CodeNotFound, order.CodeIdempotencyKeyReused, order.CodeConflict,
		order.CodeExpired, order.CodeRefused, order.CodeTooLarge:
		return true
	}
	return false
}
