package acquirer

import (
	"context"

	"github.com/anyscan/anyscan/order"
)

// Notify implements [order.Notifier]. It believes its caller: the transport has
// checked that it is the gateway.
func (s *Server) Notify(ctx context.Context, st order.Status) error {
	_, err := s.learn(ctx, "acquirer.Notify", "notified", st)
	return err
}

// learn records what the gateway says of an order, in a notification or when
// it was asked.
func (s *Server) learn(ctx context.Context, op, how string, st order.Status) (record, error) {
	if err := st.Validate(); err != nil {
		return record{}, err
	}
	r, err := s.change(ctx, op, st.Order.ID, origin{actorGateway, how}, func(r *record) error { return r.learn(op, st) })
	if order.CodeOf(err) == order.CodeConflict {
		s.logger.ErrorContext(ctx, "the gateway contradicts what is known of an order: a person has to look",
			"order", st.Order.ID, "state", st.State, "version", st.Version, "refunds", len(st.Refunds), "err", err)
	}
	return r, err
}

// learnOf is learn for an answer about the order that the gateway was asked about.
func (s *Server) learnOf(ctx context.Context, op string, id order.ID, how string, st order.Status) (record, error) {
	if st.Order.ID != id {
		return record{}, order.Errorf(order.CodeConflict, op, "the gateway was asked about order %s and tells of %.40q", id, st.Order.ID)
	}
	return s.learn(ctx, op, how, st)
}

// learn takes the gateway's newer version of the order and of its refunds. The
// gateway decides, but only about this order, and never again once it has decided.
func (r *record) learn(op string, st order.Status) error {
	was, is := r.order, st.Order
	switch {
	case is.Merchant != was.Merchant || is.Total != was.Total:
		return order.Errorf(order.CodeConflict, op, "order %s is %s for %s, not %s for %s", was.ID, was.Total, was.Merchant, is.Total, is.Merchant)
	case st.Payment != nil && st.Payment.Amount != was.Total:
		return order.Errorf(order.CodeConflict, op, "order %s is %s, %s were paid", was.ID, was.Total, st.Payment.Amount)
	case st.Version < r.version:
		return nil
	case st.Version == r.version && st.State != r.state:
		return order.Errorf(order.CodeConflict, op, "order %s is %s in version %d, and now %s in the same", was.ID, r.state, r.version, st.State)
	case !r.state.CanBecome(st.State):
		return order.Errorf(order.CodeConflict, op, "order %s is %s and cannot become %s", was.ID, r.state, st.State)
	case r.payment != nil && !samePayment(*r.payment, *st.Payment):
		return order.Errorf(order.CodeConflict, op, "order %s was paid with %s %s, not with %s %s",
			was.ID, r.payment.Component, r.payment.Reference, st.Payment.Component, st.Payment.Reference)
	}
	if err := r.learnRefunds(op, st); err != nil || st.Version == r.version {
		return err
	}
	r.state, r.version, r.changed, r.payment = st.State, st.Version, st.Changed.UTC(), st.Payment
	return nil
}

func samePayment(a, b order.Payment) bool {
	return a.Component == b.Component && a.Attempt == b.Attempt && a.Reference == b.Reference
}
