package acquirer_test

import (
	"context"
	"database/sql"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

// What two nodes on one PostgreSQL database are asked at the same moment is as if
// one had been asked twice: nobody gets an error, and it happens once.
func TestNodesAtTheSameMoment(t *testing.T) {
	dsn := pgtest.Start(t).Database(t)
	mint := minttest.New(nil)
	gateway := &peer{}
	var st *store.Store
	var nodes []*acquirer.Server
	for range 2 {
		s, err := postgres.Open(t.Context(), dsn, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		st = s
		nodes = append(nodes, newServerOn(t, s, gateway, &acquirer.Options{Verify: mint.Policy(t), Issuer: mint}))
	}
	expires := time.Now().AddDate(1, 0, 0)
	ids := make([]order.ID, 16)
	together(t, nodes, len(ids), func(i int, s *acquirer.Server) error {
		c, err := s.StaticCode(t.Context(), "cafe", expires, "k")
		ids[i] = c.ID
		return err
	})
	for _, id := range ids {
		if id != ids[0] {
			t.Errorf("one key gave the codes %s and %s", ids[0], id)
		}
	}
	together(t, nodes, 16, func(_ int, s *acquirer.Server) error {
		_, err := s.RevokeCode(t.Context(), ids[0])
		return err
	})
	count(t, st, `SELECT COUNT(*) FROM acquirer_code_audit WHERE what = 'revoked'`, 1)

	at := printed(t, nodes[0], "cafe", "another").Address
	page, err := nodes[0].Page(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	c := order.Confirmation{Merchant: page.Merchant, Revision: page.Revision, Total: page.Total, Key: "k"}
	together(t, nodes, 16, func(_ int, s *acquirer.Server) error {
		_, err := s.Confirm(t.Context(), at, c)
		return err
	})
	count(t, st, `SELECT COUNT(*) FROM acquirer_orders`, 1)

	o := gateway.placed[0]
	paid := order.Status{Order: o, State: order.StatePaid, Version: 2, Changed: o.Created,
		Payment: &order.Payment{Component: "blue", Attempt: "a-1", Reference: "r-1", Amount: o.Total, At: o.Created}}
	together(t, nodes, 16, func(_ int, s *acquirer.Server) error { return s.Notify(t.Context(), paid) })
	count(t, st, `SELECT COUNT(*) FROM acquirer_audit WHERE to_state = 'paid'`, 1)
}

// together calls do so often, on the nodes in turn, at the same moment.
func together(t *testing.T, nodes []*acquirer.Server, times int, do func(i int, s *acquirer.Server) error) {
	t.Helper()
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range times {
		all.Go(func() {
			<-start
			if err := do(i, nodes[i%len(nodes)]); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	all.Wait()
}

func count(t *testing.T, st *store.Store, query string, want int) {
	t.Helper()
	var got int
	err := st.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, query).Scan(&got)
	})
	if err != nil || got != want {
		t.Errorf("%s = %d, %v; want %d", query, got, err, want)
	}
}
