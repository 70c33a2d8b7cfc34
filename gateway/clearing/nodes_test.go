package clearing_test

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

// nodes are two servers on one PostgreSQL database, each with what only it
// remembers.
type nodes struct {
	*testing.T
	store *store.Store
	desks [2]order.Desk
	now   time.Time
}

func newNodes(t *testing.T) *nodes {
	t.Helper()
	dsn := pgtest.Start(t).Database(t)
	n := &nodes{T: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := newWorld(t, nil)
	w.setup.Codes = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	w.setup.Acquirers[0].Merchants = []gatewaytest.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{"tea.example"}}}
	for i := range n.desks {
		s, err := postgres.Open(t.Context(), dsn, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		n.store = s
		if n.desks[i], err = newServer(t, s, keys(1), w.setup, clearing.Options{}).For("north"); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// together calls do so often, on the nodes in turn, at the same moment.
func (n *nodes) together(times int, do func(i int, d order.Desk) error) {
	n.Helper()
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range times {
		all.Go(func() {
			<-start
			if err := do(i, n.desks[i%len(n.desks)]); err != nil {
				n.Error(err)
			}
		})
	}
	close(start)
	all.Wait()
}

func (n *nodes) count(query string, want int) {
	n.Helper()
	var got int
	err := n.store.View(n.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, query).Scan(&got)
	})
	if err != nil || got != want {
		n.Errorf("%s = %d, %v; want %d", query, got, err, want)
	}
}

func (n *nodes) request(key, address string) order.IssueRequest {
	return order.IssueRequest{Kind: order.IssuedStatic, Merchant: "tea", Address: address, Expires: n.now.AddDate(1, 0, 0), Key: key}
}

// What two nodes are asked at the same moment is as if one had been asked twice.
func TestNodesAtTheSameMoment(t *testing.T) {
	n := newNodes(t)
	code, err := n.desks[0].Issue(t.Context(), n.request("k", "https://tea.example/m/tea"))
	if err != nil {
		t.Fatal(err)
	}
	n.together(32, func(_ int, d order.Desk) error { // makes the connections
		_, err := d.Issued(t.Context(), code.ID)
		return err
	})
	n.together(16, func(_ int, d order.Desk) error {
		_, err := d.Revoke(t.Context(), code.ID)
		return err
	})
	n.count(`SELECT COUNT(*) FROM clearing_code_log WHERE what = 'revoked'`, 1)

	n.together(16, func(_ int, d order.Desk) error {
		_, err := d.CreateEndpoint(t.Context(), order.EndpointRequest{Address: "https://merchant.example/hooks", Key: "k"})
		return err
	})
	n.count(`SELECT COUNT(*) FROM webhook_endpoints`, 1)
}

// The limits that keep an acquirer from filling the disk hold for all nodes
// together.
func TestNodesShareTheLimits(t *testing.T) {
	n := newNodes(t)
	n.together(160, func(_ int, d order.Desk) error {
		if _, err := d.Query(t.Context(), order.NewID(n.now)); order.CodeOf(err) != order.CodeNotFound {
			return fmt.Errorf("an order that never was: %w", err)
		}
		return nil
	})
	n.count(`SELECT COUNT(*) FROM clearing_denials`, 100)

	n.together(160, func(i int, d order.Desk) error {
		if _, err := d.Issue(t.Context(), n.request(fmt.Sprint(i), "https://evil.example/m/tea")); order.CodeOf(err) != order.CodeRefused {
			return fmt.Errorf("a code of another's host: %w", err)
		}
		return nil
	})
	n.count(`SELECT COUNT(*) FROM clearing_code_log WHERE what = 'refused'`, 100)
}
