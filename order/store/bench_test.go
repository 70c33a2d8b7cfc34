package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
)

// insertMany inserts n rows from some callers at once and returns rows per
// second.
func insertMany(b *testing.B, s *store.Store, seq *atomic.Int64, callers, n int) float64 {
	start := time.Now()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for range callers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				id := fmt.Sprintf("%020d", seq.Add(1))
				err := s.Do(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
					_, err := tx.ExecContext(ctx, `INSERT INTO rows (id) VALUES ($1)`, id)
					return err
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(start).Seconds()
}

func BenchmarkDo(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchmarkDo(b, open(b, "")) })
	b.Run("PostgreSQL", func(b *testing.B) { benchmarkDo(b, openPostgres(b, pgtest.Start(b))) })
}

// benchmarkDo compares callers at once with one alone, on the same store.
func benchmarkDo(b *testing.B, s *store.Store) {
	var seq atomic.Int64
	for _, callers := range []int{1, 8, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			insertMany(b, s, &seq, 1, 200) // warm up
			alone := insertMany(b, s, &seq, 1, 500)
			before := s.Stats()
			b.ResetTimer()
			rate := insertMany(b, s, &seq, callers, b.N)
			after := s.Stats()
			b.ReportMetric(rate, "rows/s")
			b.ReportMetric(rate/alone, "x-alone")
			b.ReportMetric(float64(after.Requests-before.Requests)/float64(after.Commits-before.Commits), "rows/commit")
		})
	}
}
