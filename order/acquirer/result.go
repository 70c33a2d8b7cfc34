package acquirer

import (
	"context"
	"database/sql"

	"github.com/anyscan/anyscan/order"
)

// Result implements [order.Storefront].
func (s *Server) Result(ctx context.Context, address string) (order.Status, error) {
	const op = "acquirer.Result"
	id, ok := s.below(returnPath, address)
	if !ok {
		return order.Status{}, noOrder(op)
	}
	r, err := s.find(ctx, op, order.ID(id))
	return r.status(), err
}

// Order is an order as the acquirer holds it, for the acquirer's own programs.
// One that was never made is an *order.Error with [order.CodeNotFound].
func (s *Server) Order(ctx context.Context, id order.ID) (order.Status, error) {
	r, err := s.find(ctx, "acquirer.Order", id)
	return r.status(), err
}

func (s *Server) find(ctx context.Context, op string, id order.ID) (r record, err error) {
	err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		r, err = load(ctx, tx, op, id)
		return err
	})
	return r, s.fail(ctx, op, err)
}
