package acquirer

import (
	"context"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order"
)

// Cancel implements [order.Canceler], for the acquirer's own programs. The answer is
// the order as the acquirer holds it, whose state has to be looked at: while
// something of it may still be paid it is [order.StateOpen], and the end is
// notified. An order that has ended is answered as it stands, without asking the
// gateway.
//
// It is [order.CodeUnavailable] when the gateway has not answered, and when it does
// not know the order: what places it may be on its way. Then ask again, or let
// the order's time pass: it expires by itself. Without [Options.Canceler] it is
// [order.CodeRefused].
func (s *Server) Cancel(ctx context.Context, id order.ID) (order.Status, error) {
	const op = "acquirer.Cancel"
	r, err := s.find(ctx, op, id)
	if err != nil || r.state.Final() {
		return r.status(), err
	}
	if s.options.Canceler == nil {
		return order.Status{}, order.Errorf(order.CodeRefused, op, "this server cancels nothing: Options.Canceler says where that is asked for")
	}
	st, err := s.askToCancel(ctx, id)
	if err != nil {
		return order.Status{}, uncanceled(op, r.order, err)
	}
	if r, err = s.learnOf(ctx, op, id, "asked to cancel", st); err != nil {
		return order.Status{}, &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "what the gateway answered could not be kept: ask again", Err: err}
	}
	return r.status(), nil
}

// askToCancel asks the gateway once.
func (s *Server) askToCancel(ctx context.Context, id order.ID) (order.Status, error) {
	call, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	st, err := s.options.Canceler.Cancel(call, id)
	if err != nil && ctx.Err() == nil {
		s.logger.WarnContext(ctx, "canceling an order failed", "order", id, "err", err)
	}
	return st, err
}

// uncanceled is why an order is not canceled. Only what the gateway decided is
// decided.
func uncanceled(op string, o order.Order, cause error) error {
	e := &order.Error{Code: order.CodeUnavailable, Op: op, Err: cause, Detail: "the order is as it was and the gateway has not answered: ask again"}
	c, known := errors.AsType[*order.Error](cause)
	switch {
	case errors.Is(cause, order.CodeNotFound):
		e.Detail = "the gateway does not know the order, and may still be reached by what places it: ask again, or wait: it expires by itself at " +
			o.Expires.Format(time.RFC3339)
	case refuses(cause):
		e.Code, e.Detail = c.Code, "the clearing institution does not cancel this order"
		if c.Detail != "" {
			e.Detail += ": " + c.Detail
		}
	case known:
		e.RetryAfter = c.RetryAfter
	}
	return e
}
