package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/internal/plantest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// No statement may read a whole table, however many endpoints and deliveries there
// are.
func TestNoStatementReadsAWholeTable(t *testing.T) {
	plantest.Run(t, nil, func(t *testing.T, open func(testing.TB) *store.Store) *store.Store {
		s := open(t)
		useAll(t, s)
		return s
	})
}

// useAll does everything that may be asked of a dispatcher.
func useAll(t *testing.T, s *store.Store) {
	now := time.Now()
	clock := func() time.Time { return now }
	m := &merchant{answer: func(n int) (int, http.Header) { return []int{500, 200}[n%2], nil }}
	k, o := webhook.Keys{1: newSecret()}, webhook.Options{Transport: m, Now: clock}
	work := func() {
		t.Helper()
		run := func(ctx context.Context) error { return newIdle(t, s, k, o).Run(ctx) }
		if err := gatewaytest.Drain(s, clock, run)(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	l := newIdle(t, s, k, o)
	desk := l.For("north", nil)
	id := l.endpoint("north", "https://tea.example/").Endpoint.ID
	l.owe("north")
	work()
	first := l.deliveries("north")[0].ID
	asks := []func() error{
		func() error { _, err := desk.Endpoints(t.Context(), ""); return err },
		func() error { _, err := desk.Endpoint(t.Context(), id); return err },
		func() error {
			_, err := desk.RotateSecret(t.Context(), order.SecretRotation{Endpoint: id, Key: "r"})
			return err
		},
		func() error { _, err := desk.Deliveries(t.Context(), order.DeliveryQuery{Endpoint: id}); return err },
		func() error {
			_, err := desk.Replay(t.Context(), order.DeliveryReplay{Delivery: first, Key: "p"})
			return err
		},
		func() error { work(); return nil },
		func() error {
			return desk.DeleteEndpoint(t.Context(), order.EndpointDeletion{Endpoint: id, Key: "d"})
		},
		func() error { _, err := desk.Deliveries(t.Context(), order.DeliveryQuery{Endpoint: id}); return err },
		func() error { now = now.AddDate(2, 0, 0); l.owe("north"); return nil },
	}
	for i, ask := range asks {
		if err := ask(); err != nil {
			t.Error(fmt.Errorf("step %d: %w", i, err))
		}
	}
}
