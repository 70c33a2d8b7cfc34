package acquirer_test

import (
	"testing"

	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/internal/plantest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
)

// No statement may read a whole table, however many orders there are.
func TestNoStatementReadsAWholeTable(t *testing.T) {
	plantest.Run(t, nil, func(t *testing.T, open func(testing.TB) *store.Store) *store.Store {
		keepsTheContract(t, func(t *testing.T) *store.Store { return open(t) })
		keepsRecords(t, open(t))
		st, m := open(t), minttest.New(nil)
		s := newServerOn(t, st, &peer{}, &acquirer.Options{Verify: m.Policy(t), Issuer: m})
		m.Play(func(func() (order.IssuedCode, error)) (order.IssuedCode, error) {
			return order.IssuedCode{}, &order.Error{Code: order.CodeRefused}
		})
		_, err := s.DynamicCode(t.Context(), "busker", yuan(700), "k")
		wantCode(t, "a code that is refused", err, order.CodeRefused)
		return st
	})
}
