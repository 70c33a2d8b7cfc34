package acquirer

import (
	"context"

	"github.com/anyscan/anyscan/order"
)

// Refund implements [order.Refunder], for the acquirer's own programs: its backend,
// or the tools of its staff. The answer is the order as the acquirer holds it, with
// Refunds, in which the state of this one has to be looked at.
//
// The refund and the duty to have it done are stored in one transaction before the
// gateway hears of it, so that neither a crash nor a lost answer loses or doubles
// it. After [order.CodeUnavailable] it is either not stored, or kept as
// [order.RefundPlacing]; the same request under the same ID goes on with it, and
// [Server.Run] does so by itself.
//
// A request that does not fit what is known here is refused before the gateway is
// asked, and nothing is stored. [order.CodeConflict] is one of an order that is not
// paid as far as is known here: the gateway may have decided that a moment ago, so
// ask again when it has told. A refund that the gateway does not take is kept as
// [order.RefundRefused], and answered with its code and detail, as is the same
// request from then on. Without [Options.Refunder] every refund is refused.
func (s *Server) Refund(ctx context.Context, q order.RefundRequest) (order.Status, error) {
	const op = "acquirer.Refund"
	if err := q.Validate(); err != nil {
		return order.Status{}, err
	}
	if s.options.Refunder == nil {
		return order.Status{}, order.Errorf(order.CodeRefused, op, "this server refunds nothing: Options.Refunder says where refunds are asked for")
	}
	r, err := s.change(ctx, op, q.Order, origin{actorAcquirer, "asked for " + q.Amount.String()}, func(r *record) error {
		return s.admit(r, q, op)
	})
	if err == nil {
		r, err = s.placeRefund(ctx, op, r, q)
	}
	if err != nil {
		return order.Status{}, s.fail(ctx, op, err)
	}
	return r.status(), nil
}

// admit adds a new refund to the order, if that can have it. One that is there
// already stays as it is.
func (s *Server) admit(r *record, q order.RefundRequest, op string) error {
	was, at := r.refund(q.ID)
	left := order.Left(r.order.Total, r.refunds)
	switch {
	case at >= 0 && (was.Amount != q.Amount || was.Reason != q.Reason):
		return order.Errorf(order.CodeIdempotencyKeyReused, op, "the ID stands for another refund, of %s: use a new one", was.Amount)
	case at >= 0:
		return nil
	case r.state != order.StatePaid:
		return order.Errorf(order.CodeConflict, op, "the order is %s as far as is known here: what is paid can be refunded", r.state)
	case q.Amount.Currency != r.order.Total.Currency:
		return &order.Error{Code: order.CodeInvalid, Op: op, Detail: "the refund does not fit the order",
			Problems: []order.Problem{{Path: "/amount", Detail: "is in " + q.Amount.Currency + ": the order was paid in " + r.order.Total.Currency}}}
	case q.Amount.Amount > left:
		return order.Errorf(order.CodeRefused, op, "%s are more than is left of the payment: %s of %s",
			q.Amount, order.Money{Amount: max(0, left), Currency: r.order.Total.Currency}, r.order.Total)
	case len(r.refunds) >= order.MaxRefunds:
		return order.Errorf(order.CodeRefused, op, "the order has %d refunds, whatever became of them: it can have no more", len(r.refunds))
	}
	now := s.now()
	r.setRefund(at, order.Refund{ID: q.ID, Amount: q.Amount, Reason: q.Reason, State: order.RefundPlacing, Created: now, Changed: now})
	return nil
}
