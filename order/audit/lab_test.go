package audit_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// A lab is a server that keeps a log, and its notary.
type lab struct {
	testing.TB
	log   audit.Log
	store *store.Store
	act   func(n int) // does one of the things that are logged, by number
	now   time.Time
	key   ed25519.PrivateKey
}

// A server that is tried: a name and what makes its lab on an empty store.
type kind struct {
	name string
	make func(t testing.TB, s *store.Store) *lab
}

func kinds() []kind { return []kind{{"acquirer", newAcquirerLab}, {"clearing", newClearingLab}} }

func newKey(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(append(make([]byte, ed25519.SeedSize-1), n))
}

func newLab(t testing.TB, s *store.Store, l audit.Log) *lab {
	return &lab{TB: t, log: l, store: s, key: newKey(1), now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
}

func openStore(t testing.TB) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// clock moves a second with each look at it.
func (l *lab) clock() time.Time {
	l.now = l.now.Add(time.Second)
	return l.now
}

// peer is a clearing institution that takes every order but each third.
type peer struct{ placed []order.Order }

func (p *peer) Place(_ context.Context, o order.Order) (order.Placement, error) {
	p.placed = append(p.placed, o)
	if len(p.placed)%3 == 0 {
		return order.Placement{}, order.Errorf(order.CodeRefused, "peer", "no")
	}
	return order.Placement{Address: "https://pay.example/pay/" + string(o.ID), Expires: o.Expires}, nil
}

func (p *peer) Query(context.Context, order.ID) (order.Status, error) {
	return order.Status{}, order.CodeUnavailable
}

func newAcquirerLab(t testing.TB, s *store.Store) *lab {
	t.Helper()
	l, p := newLab(t, s, acquirer.AuditLog()), &peer{}
	price := order.Money{Amount: 2500, Currency: "CNY"}
	server, err := acquirer.New(t.Context(), s, p, acquirer.Merchants{{ID: "cafe", Name: "Café", Currency: "CNY", Direct: &acquirer.Direct{Amount: price}}},
		"https://acquirer.example", &acquirer.Options{Now: l.clock})
	if err != nil {
		t.Fatal(err)
	}
	address := server.CodeAddress("cafe")
	page, err := server.Page(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	l.act = func(n int) {
		if n%2 == 0 || len(p.placed) == 0 {
			c := order.Confirmation{Merchant: "cafe", Revision: page.Revision, Total: page.Total, Key: fmt.Sprint("k", len(p.placed))}
			_, err := server.Confirm(t.Context(), address, c)
			if err != nil && order.CodeOf(err) != order.CodeRefused {
				t.Fatal(err)
			}
			return
		}
		o := p.placed[n/2%len(p.placed)]
		at := l.clock()
		err := server.Notify(t.Context(), order.Status{Order: o, State: order.StatePaid, Version: 2, Changed: at,
			Payment: &order.Payment{Component: "blue", Attempt: "a", Reference: "r", Amount: o.Total, At: at}})
		if err != nil && order.CodeOf(err) != order.CodeConflict {
			t.Fatal(err)
		}
	}
	return l
}

func newClearingLab(t testing.TB, s *store.Store) *lab {
	t.Helper()
	l, blue := newLab(t, s, clearing.AuditLog()), gatewaytest.NewWallet("blue")
	registry, err := component.NewRegistry(blue, gatewaytest.NewWallet("red"))
	if err != nil {
		t.Fatal(err)
	}
	directory, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{{Public: newKey(9).Public()}},
		Merchants: []clearing.Merchant{{ID: "tea", Name: "Tea House"}}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	server, err := clearing.New(t.Context(), s, directory, registry, clearing.Keys{Tokens: map[int]clearing.Secret{1: {1}}},
		func(clearing.Acquirer) order.Notifier { return deaf{} }, "https://pay.example", &clearing.Options{Now: l.clock})
	if err != nil {
		t.Fatal(err)
	}
	north, err := server.For("north")
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	var attempts []gateway.Attempt
	l.act = func(n int) {
		switch {
		case n%3 == 0 || len(addresses) == 0:
			now := l.clock()
			p, err := north.Place(t.Context(), order.Order{ID: order.NewID(now), Merchant: "tea", Total: order.Money{Amount: 500, Currency: "CNY"},
				Created: now, Expires: now.Add(time.Hour)})
			if err != nil {
				t.Fatal(err)
			}
			addresses = append(addresses, p.Address)
		case n%3 == 1 || len(attempts) == 0:
			can := []component.ActionKind{component.ActionRedirect, component.ActionForm}[n/3%2]
			a, err := server.Begin(t.Context(), addresses[n/6%len(addresses)], gateway.Beginning{Component: "blue", Key: fmt.Sprint("k", len(attempts)),
				Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}, Actions: []component.ActionKind{can}})
			if err == nil {
				attempts = append(attempts, a)
			}
		default:
			a := attempts[n/6%len(attempts)]
			blue.Decide(a.ID, []component.Outcome{component.OutcomeSucceeded, component.OutcomeFailed}[n/3%2])
			if _, err := server.Receive(t.Context(), "blue", blue.Notice(blue.Evidence(a.ID))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return l
}

// deaf is an acquirer that is told nothing here.
type deaf struct{}

func (deaf) Notify(context.Context, order.Status) error { return order.CodeUnavailable }

// notary makes one with the key of the lab.
func (l *lab) notary() *audit.Notary {
	l.Helper()
	n, err := audit.NewNotary(l.Context(), l.store, l.log, l.key, &audit.Options{Now: l.clock})
	if err != nil {
		l.Fatal(err)
	}
	return n
}

// nextDay lets a day pass, and has it signed.
func (l *lab) nextDay() {
	l.Helper()
	l.now = l.now.Add(24 * time.Hour)
	if _, err := l.notary().Work(l.Context()); err != nil {
		l.Fatal(err)
	}
}

// history does things and has them signed, day by day, and the last not yet.
func (l *lab) history(rt *rapid.T) {
	for day := range rapid.IntRange(1, 3).Draw(rt, "days") {
		if day > 0 {
			l.nextDay()
		}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 100), 1, 8).Draw(rt, "acts") {
			l.act(n)
		}
	}
}

// verify is what is found, trusting the key of the lab.
func (l *lab) verify(statements ...string) audit.Report {
	l.Helper()
	r, err := audit.Verify(l.Context(), l.store, l.log, audit.Trust{Keys: []crypto.PublicKey{l.key.Public()}, Statements: statements})
	if err != nil {
		l.Fatal(err)
	}
	return r
}

// roots are all statements.
func (l *lab) roots() []string {
	l.Helper()
	all, err := audit.Roots(l.Context(), l.store, l.log, 0)
	if err != nil {
		l.Fatal(err)
	}
	return all
}

// exec runs a statement as somebody does who has the database.
func (l *lab) exec(statement string, args ...any) (changed int64, err error) {
	err = l.store.Do(l.Context(), func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, statement, args...)
		if err == nil {
			changed, err = res.RowsAffected()
		}
		return err
	})
	return changed, err
}

// must is exec that changes something.
func (l *lab) must(statement string, args ...any) {
	l.Helper()
	if n, err := l.exec(statement, args...); err != nil || n == 0 {
		l.Fatalf("%s: %d rows, %v", statement, n, err)
	}
}

// rows reads all rows of a query.
func (l *lab) rows(query string, args ...any) (all [][]any) {
	l.Helper()
	err := l.store.View(l.Context(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				return err
			}
			all = append(all, values)
		}
		return rows.Err()
	})
	if err != nil {
		l.Fatalf("%s: %v", query, err)
	}
	return all
}
