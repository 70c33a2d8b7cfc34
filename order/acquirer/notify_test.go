package acquirer_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
)

// books are an acquirer's own, in the same database.
type books struct {
	store *store.Store
	fail  func(acquirer.Change) error
}

func withBooks(t *testing.T, c order.Clearing) (*acquirer.Server, *books) {
	t.Helper()
	b := &books{store: open(t, filepath.Join(t.TempDir(), "acquirer.db")), fail: func(acquirer.Change) error { return nil }}
	b.exec(t, `CREATE TABLE books (id TEXT, entry TEXT)`)
	s, err := acquirer.New(t.Context(), b.store, c, merchants(), base, &acquirer.Options{OnChange: b.keep})
	if err != nil {
		t.Fatal(err)
	}
	return s, b
}

func (b *books) keep(ctx context.Context, tx *sql.Tx, c acquirer.Change) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO books (id, entry) VALUES ($1, $2)`, string(c.Order.ID), string(c.From+">"+c.State))
	return errors.Join(err, b.fail(c))
}

func (b *books) exec(t testing.TB, query string) {
	t.Helper()
	err := b.store.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// list is the first column of a query, as text.
func list(t testing.TB, s *store.Store, query string, args ...any) (all []string) {
	t.Helper()
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var one string
			if err := rows.Scan(&one); err != nil {
				return err
			}
			all = append(all, one)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (b *books) entries(t testing.TB) []string {
	t.Helper()
	return list(t, b.store, `SELECT entry FROM books ORDER BY rowid`)
}

// audit is what is noted about all orders.
func (b *books) audit(t testing.TB) []string {
	t.Helper()
	return list(t, b.store, `SELECT seq || ' ' || from_state || '>' || to_state || ' v' || version || ' ' || why
		FROM acquirer_audit ORDER BY order_id, seq`)
}

func TestBooksFollowEveryChangeOfState(t *testing.T) {
	s, b := withBooks(t, &peer{})
	o := status(t, s, confirm(t, s, coffee(t, s, "key-1")).Order).Order
	for _, st := range []order.Status{told(o, order.StateOpen, 1), told(o, order.StatePaid, 2), told(o, order.StatePaid, 2), told(o, order.StatePaid, 3)} {
		if err := s.Notify(t.Context(), st); err != nil {
			t.Fatal(err)
		}
	}
	wantSame(t, "the books", b.entries(t), []string{">placing", "placing>open", "open>paid"})
	wantSame(t, "the audit", b.audit(t), []string{"1 >placing v0 confirmed", "2 placing>open v0 placed",
		"3 open>open v1 notified", "4 open>paid v2 notified", "5 paid>paid v3 notified"})
}

func TestBooksThatFailLeaveTheNotificationUnacknowledged(t *testing.T) {
	for what, failure := range map[string]func() error{
		"an error":         func() error { return errors.New("the ledger is closed") },
		"an error of ours": func() error { return order.Errorf(order.CodeNotFound, "books", "no such account") },
		"a panic":          func() error { panic("nil ledger") },
	} {
		s, b := withBooks(t, &peer{})
		o := status(t, s, confirm(t, s, coffee(t, s, "key-1")).Order).Order
		before, audit := status(t, s, o.ID), b.audit(t)
		b.fail = func(acquirer.Change) error { return failure() }
		wantCode(t, what, s.Notify(t.Context(), told(o, order.StatePaid, 2)), order.CodeUnavailable)
		wantSame(t, "the order after "+what, status(t, s, o.ID), before)
		wantSame(t, "the books after "+what, b.entries(t), []string{">placing", "placing>open"})
		wantSame(t, "the audit after "+what, b.audit(t), audit)
		b.fail = func(acquirer.Change) error { return nil }
		wantCode(t, "told again", s.Notify(t.Context(), told(o, order.StatePaid, 2)), "")
		wantSame(t, "the books in the end", b.entries(t), []string{">placing", "placing>open", "open>paid"})
	}
}

func TestBooksThatFailMakeNoOrder(t *testing.T) {
	gateway := &peer{}
	s, b := withBooks(t, gateway)
	b.fail = func(c acquirer.Change) error {
		if c.From == "" {
			return errors.New("the ledger is closed")
		}
		return nil
	}
	c := coffee(t, s, "key-1")
	_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), c)
	wantCode(t, "Confirm", err, order.CodeUnavailable)
	wantSame(t, "the audit", b.audit(t), []string(nil))
	wantSame(t, "the jobs", list(t, b.store, `SELECT key FROM outbox_jobs`), []string(nil))
	wantSame(t, "how often an order was placed", len(gateway.orders()), 0)
	b.fail = func(c acquirer.Change) error {
		if c.State == order.StateOpen {
			return errors.New("the ledger is closed")
		}
		return nil
	}
	_, err = s.Confirm(t.Context(), s.CodeAddress("cafe"), c)
	wantCode(t, "Confirm", err, order.CodeUnavailable)
	b.fail = func(acquirer.Change) error { return nil }
	confirm(t, s, c)
	wantSame(t, "the books", b.entries(t), []string{">placing", "placing>open"})
}

func TestRefusalDoesNotOverwriteWhatIsKnown(t *testing.T) {
	// Two placings of one order: the gateway takes the first, and refuses the
	// second before the first has its answer.
	var s *acquirer.Server
	var b *books
	again := true
	gateway := &peer{}
	gateway.place = func(ctx context.Context, o order.Order) (order.Placement, error) {
		if again {
			again = false
			confirm(t, s, coffee(t, s, "key-1"))
			return order.Placement{}, order.Errorf(order.CodeIdempotencyKeyReused, "peer", "seen before")
		}
		return placement(o), nil
	}
	s, b = withBooks(t, gateway)
	jump := confirm(t, s, coffee(t, s, "key-1"))
	wantSame(t, "the state", status(t, s, jump.Order).State, order.StateOpen)
	wantSame(t, "the books", b.entries(t), []string{">placing", "placing>open"})
}

func TestRefusalOfAnOrderThatTheGatewayToldOfDecidesNothing(t *testing.T) {
	var s *acquirer.Server
	s = newServer(t, &peer{place: func(ctx context.Context, o order.Order) (order.Placement, error) {
		if err := s.Notify(ctx, told(o, order.StateOpen, 1)); err != nil {
			t.Error(err)
		}
		return order.Placement{}, order.Errorf(order.CodeForbidden, "peer", "not from you")
	}}, nil)
	_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), coffee(t, s, "key-1"))
	wantCode(t, "Confirm", err, order.CodeUnavailable)
}

func TestContradictionIsLoggedLoudly(t *testing.T) {
	var log bytes.Buffer
	s := newServer(t, &peer{}, &acquirer.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelError}))})
	o := status(t, s, confirm(t, s, coffee(t, s, "key-1")).Order).Order
	o.Total.Amount--
	wantCode(t, "Notify", s.Notify(t.Context(), told(o, order.StatePaid, 2)), order.CodeConflict)
	for _, want := range []string{"level=ERROR", "a person has to look", string(o.ID), "25.00 CNY", "24.99 CNY"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q: %s", want, log.String())
		}
	}
}

func TestFinalOrdersLeaveNoWork(t *testing.T) {
	s, b := withBooks(t, &peer{})
	o := status(t, s, confirm(t, s, coffee(t, s, "key-1")).Order).Order
	jobs := func() []string { return list(t, b.store, `SELECT key FROM outbox_jobs`) }
	wantSame(t, "the jobs of an open order", jobs(), []string{string(o.ID)})
	if err := s.Notify(t.Context(), told(o, order.StateCanceled, 2)); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the jobs of a final one", jobs(), []string(nil))
}
