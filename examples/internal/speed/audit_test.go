package speed

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/audit"
)

// BenchmarkAudit tells what part of a confirmation the chain of its audit costs:
// the hashes, the order's head and the index of the orders that no root covers
// yet. It runs the statements of a confirmation with and without them, and whole
// confirmations, in short turns, of which the best counts: what else the machine
// does only adds.
func BenchmarkAudit(b *testing.B) {
	chained, plain, whole := history(b, true), history(b, false), together(b)
	best := [3]time.Duration{time.Hour, time.Hour, time.Hour}
	for range 80 {
		for i, do := range []func(){chained, plain, whole} {
			start := time.Now()
			do()
			best[i] = min(best[i], time.Since(start))
		}
	}
	micro := func(d time.Duration) float64 { return float64(d) / clients / float64(time.Microsecond) }
	b.ReportMetric(micro(best[0]), "chained-µs")
	b.ReportMetric(micro(best[1]), "plain-µs")
	b.ReportMetric(micro(best[2]), "confirm-µs")
	verdict{"audit-x-confirm", "what the audit's chain takes of a confirmation's time",
		float64(best[0]-best[1]) / float64(best[2]), false, 0.1}.report(b)
}

// together confirms once for each client, all at the same time.
func together(b *testing.B) func() {
	b.Helper()
	t := newTill(b, open(b, tempFile(b)), instant{})
	return func() {
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				if _, err := t.confirm(timedKey(time.Now())); err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
	}
}

// history runs the statements of the acquirer's server for as many confirmations,
// in one transaction, on its tables as they are or as they were before there were
// chains.
func history(b *testing.B, chained bool) func() {
	b.Helper()
	s := open(b, tempFile(b))
	if err := outbox.Migrate(b.Context(), s); err != nil {
		b.Fatal(err)
	}
	files := 2
	if chained {
		files = 3
	}
	if err := s.Migrate(b.Context(), "acquirer", migrations(b, files)); err != nil {
		b.Fatal(err)
	}
	jobs := outbox.New(s, map[string]outbox.Handler{"acquirer.orders": nil}, nil)
	message := `{"merchant":"cafe","lines":[` + strings.Repeat(`{"item":"atlas","name":"Atlas of Tea","quantity":1,"price":{"amount":12800,"currency":"CNY"}},`, 4) + `{}]}`
	return func() {
		err := s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
			for range clients {
				now := time.Now()
				h := historian{jobs, order.NewID(now), now, chained}
				head, err := h.confirm(ctx, tx, message)
				if err == nil {
					err = h.place(ctx, tx, head)
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// migrations are the acquirer's, as far as a number.
func migrations(b *testing.B, n int) fstest.MapFS {
	b.Helper()
	some := fstest.MapFS{}
	for i := 1; i <= n; i++ {
		files, err := filepath.Glob(fmt.Sprintf("../../../order/acquirer/migrations/%04d_*.sql", i))
		if err != nil || len(files) != 1 {
			b.Fatalf("migration %d: %v, %v", i, files, err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			b.Fatal(err)
		}
		some[filepath.Base(files[0])] = &fstest.MapFile{Data: text}
	}
	return some
}

// A historian stores one order.
type historian struct {
	jobs    *outbox.Outbox
	id      order.ID
	now     time.Time
	chained bool
}

func (h historian) confirm(ctx context.Context, tx *sql.Tx, message string) (head string, err error) {
	id, at := string(h.id), h.now.UnixMicro()
	_, err = tx.ExecContext(ctx, `INSERT INTO acquirer_confirmations (merchant, idempotency, fingerprint, order_id)
		VALUES ($1, $2, $3, $4) ON CONFLICT (merchant, idempotency) DO NOTHING`, "cafe", id, []byte(id), id)
	if err != nil {
		return "", err
	}
	if h.chained {
		head = h.link(audit.First(0), 1, "terminal", "", "placing", "confirmed")
		_, err = tx.ExecContext(ctx, `INSERT INTO acquirer_orders
			(order_id, message, state, version, changed, address, payment, seq, audit_head, audit_root)
			VALUES ($1, $2, $3, $4, $5, '', '', $6, $7, 0)`, id, message, "placing", 0, at, 1, head)
	} else {
		_, err = tx.ExecContext(ctx, `INSERT INTO acquirer_orders (order_id, message, state, version, changed, address, payment, seq)
			VALUES ($1, $2, $3, $4, $5, '', '', $6)`, id, message, "placing", 0, at, 1)
	}
	if err != nil {
		return "", err
	}
	return head, h.note(ctx, tx, 1, "terminal", "", "placing", "confirmed", head)
}

func (h historian) place(ctx context.Context, tx *sql.Tx, head string) (err error) {
	id, at, address := string(h.id), h.now.UnixMicro(), "https://pay.example/pay/"+string(h.id)+"/0123456789abcdefghijklmnop"
	if h.chained {
		head = h.link(head, 2, "acquirer", "placing", "open", "placed")
		_, err = tx.ExecContext(ctx, `UPDATE acquirer_orders
			SET state = $1, version = $2, changed = $3, address = $4, payment = $5, seq = $6 + 1, audit_head = $7, audit_root = 0
			WHERE order_id = $8 AND seq = $6`, "open", 0, at, address, "", 1, head, id)
	} else {
		_, err = tx.ExecContext(ctx, `UPDATE acquirer_orders
			SET state = $1, version = $2, changed = $3, address = $4, payment = $5, seq = $6 + 1
			WHERE order_id = $7 AND seq = $6`, "open", 0, at, address, "", 1, id)
	}
	if err != nil {
		return err
	}
	return h.note(ctx, tx, 2, "acquirer", "placing", "open", "placed", head)
}

func (h historian) link(before string, seq int64, actor, from, to, why string) string {
	return acquirer.AuditLog().Entry(before, string(h.id), seq, strconv.FormatInt(h.now.UnixMicro(), 10), actor, "order", from, to, "0", why)
}

// note is the entry and the job.
func (h historian) note(ctx context.Context, tx *sql.Tx, seq int64, actor, from, to, why, hash string) (err error) {
	id, at := string(h.id), h.now.UnixMicro()
	if h.chained {
		_, err = tx.ExecContext(ctx, `INSERT INTO acquirer_audit (order_id, seq, at, actor, what, from_state, to_state, version, why, hash)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, id, seq, at, actor, "order", from, to, 0, why, hash)
	} else {
		_, err = tx.ExecContext(ctx, `INSERT INTO acquirer_audit (order_id, seq, at, from_state, to_state, version, why)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, seq, at, from, to, 0, why)
	}
	if err != nil {
		return err
	}
	return h.jobs.Put(ctx, tx, outbox.Job{Queue: "acquirer.orders", Key: id, Due: h.now.Add(time.Hour)})
}
