package speed

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

// insert is the least that a store can keep: one row of one column, in a group
// commit with others.
func insert(b *testing.B) *contestant {
	b.Helper()
	s := open(b, tempFile(b))
	err := s.Do(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE rows (id TEXT PRIMARY KEY)`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	var n atomic.Int64
	return &contestant{name: "insert", n: 20000, do: func() error {
		id := fmt.Sprintf("%020d", n.Add(1))
		return s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO rows (id) VALUES ($1)`, id)
			return err
		})
	}}
}

// keep confirms at an acquirer whose gateway does not answer: what is left is
// the one transaction with idempotency key, order, audit entry and the job that
// places the order.
func keep(b *testing.B) *contestant {
	b.Helper()
	t := newTill(b, open(b, tempFile(b)), silent{})
	return &contestant{name: "keep", n: 5000, do: func() error {
		if _, err := t.confirm(timedKey(time.Now())); order.CodeOf(err) != order.CodeUnavailable {
			return fmt.Errorf("confirm with a silent gateway: %w", err)
		}
		return nil
	}}
}

// confirm is all that one server does: it keeps the order, and keeps it again
// with the address that the gateway gave it.
func confirm(b *testing.B, name string, c order.Clearing) *contestant {
	b.Helper()
	t := newTill(b, open(b, tempFile(b)), c)
	return &contestant{name: name, n: 3000, do: func() error {
		_, err := t.confirm(timedKey(time.Now()))
		return err
	}}
}

// BenchmarkConfirm compares what a confirmation keeps with a bare insert, both
// in group commits.
func BenchmarkConfirm(b *testing.B) {
	bare, kept, placed := insert(b), keep(b), confirm(b, "placed", instant{})
	compare(b, bare, kept, placed)
	b.ReportMetric(bare.typical(rate), "inserts/s")
	b.ReportMetric(kept.typical(rate), "kept/s")
	b.ReportMetric(ratio(placed, bare, rate), "placed-x-insert")
	verdict{"kept-x-insert", "confirm (idempotency, order, audit, outbox) in group commit against a bare single-row insert",
		ratio(kept, bare, rate), true, 0.2}.report(b)
}

// BenchmarkChain compares the way through both servers, confirm, place and
// address, each on a file of its own, with half of what the first one does alone:
// once where that notes the address too, and once where it does not.
func BenchmarkChain(b *testing.B) {
	alone, kept := confirm(b, "alone", instant{}), keep(b)
	chain := confirm(b, "chain", newCashier(b, open(b, tempFile(b)), nobody{}).Desk)
	compare(b, alone, kept, chain)
	b.ReportMetric(alone.typical(rate), "alone/s")
	b.ReportMetric(chain.typical(rate), "chain/s")
	b.ReportMetric(2*ratio(chain, kept, rate), "chain-x-half-kept")
	verdict{"chain-x-half-alone", "chain of both servers, unsigned, against half of the first one alone",
		2 * ratio(chain, alone, rate), true, 0.65}.report(b)
}

// nobody is told of nothing: no order is paid here.
type nobody struct{ order.Notifier }
