package acquirer

import (
	"context"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/order"
)

// placeRefund hands a refund over to the gateway, unless that was done. It may run
// several times at once and after crashes: the refund's ID makes it one at the
// gateway.
func (s *Server) placeRefund(ctx context.Context, op string, r record, q order.RefundRequest) (record, error) {
	switch f, _ := r.refund(q.ID); f.State {
	case order.RefundPlacing:
	case order.RefundRefused:
		return r, refundRefused(op, &order.Error{Code: order.Code(f.Failure)})
	default:
		return r, nil
	}
	st, err := s.handRefund(ctx, q)
	if err == nil {
		return s.refundAnswered(ctx, op, q, st)
	}
	if refuses(err) {
		s.logger.WarnContext(ctx, "the gateway refuses a refund", "order", q.Order, "refund", q.ID, "err", err)
		return s.refuseRefund(ctx, op, q, err)
	}
	if ctx.Err() == nil {
		s.logger.ErrorContext(ctx, "asking for a refund failed", "order", q.Order, "refund", q.ID, "err", err)
	}
	return r, refundUnplaced(op, err)
}

// handRefund asks the gateway once.
func (s *Server) handRefund(ctx context.Context, q order.RefundRequest) (order.Status, error) {
	ctx, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	return s.options.Refunder.Refund(ctx, q)
}

// refundAnswered learns the gateway's answer. One that cannot be believed, or does
// not tell of the refund, has decided nothing.
func (s *Server) refundAnswered(ctx context.Context, op string, q order.RefundRequest, st order.Status) (record, error) {
	r, err := s.learnOf(ctx, op, q.Order, "answered", st)
	if err != nil {
		return r, refundUnplaced(op, err)
	}
	if f, _ := r.refund(q.ID); f.State == order.RefundPlacing {
		err = fmt.Errorf("the gateway answered with version %d of the order, which does not tell of the refund", st.Version)
		s.logger.ErrorContext(ctx, "asking for a refund failed", "order", q.Order, "refund", q.ID, "err", err)
		return r, refundUnplaced(op, err)
	}
	return r, nil
}

// refuseRefund ends a refund that the gateway does not take, unless it was found out
// meanwhile that it did.
func (s *Server) refuseRefund(ctx context.Context, op string, q order.RefundRequest, cause error) (record, error) {
	word := string(order.CodeOf(cause))
	r, err := s.change(ctx, op, q.Order, origin{actorGateway, "refused: " + word}, func(r *record) error {
		if f, at := r.refund(q.ID); f.State == order.RefundPlacing {
			f.State, f.Failure, f.Changed = order.RefundRefused, word, s.now()
			r.setRefund(at, f)
		}
		return nil
	})
	if err != nil {
		return r, refundUnplaced(op, err)
	}
	if f, _ := r.refund(q.ID); f.State == order.RefundRefused {
		return r, refundRefused(op, cause)
	}
	return r, nil
}

// refundRefused hands the gateway's decision on: its detail is for its caller, who
// asked for the same.
func refundRefused(op string, cause error) error {
	e := &order.Error{Code: order.CodeOf(cause), Op: op, Detail: "the clearing institution does not take this refund", Err: cause}
	if c, ok := errors.AsType[*order.Error](cause); ok {
		e.Problems = c.Problems
		if c.Detail != "" {
			e.Detail += ": " + c.Detail
		}
	}
	return e
}

func refundUnplaced(op string, cause error) error {
	e := &order.Error{Code: order.CodeUnavailable, Op: op, Err: cause,
		Detail: "the refund is kept but the gateway has not answered: ask again with the same ID"}
	if c, ok := errors.AsType[*order.Error](cause); ok {
		e.RetryAfter = c.RetryAfter
	}
	return e
}
