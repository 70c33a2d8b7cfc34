package outbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
)

// BenchmarkRun works off jobs whose handlers do nothing. Each job is leased and
// removed in commits that it shares with others.
func BenchmarkRun(b *testing.B) {
	for _, concurrency := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("concurrency=", concurrency), func(b *testing.B) {
			s := openStore(b, "")
			ctx, stop := context.WithCancel(b.Context())
			var handled atomic.Int64
			o := outbox.New(s, handlers(func(context.Context, outbox.Task) (time.Time, error) {
				if handled.Add(1) == int64(b.N) {
					stop()
				}
				return time.Time{}, nil
			}), &outbox.Options{Concurrency: concurrency})
			err := s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
				for i := range b.N {
					if err := o.Put(ctx, tx, outbox.Job{Queue: "q", Key: fmt.Sprintf("%020d", i)}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
			before := s.Stats()
			b.ResetTimer()
			if err := o.Run(ctx); err != nil {
				b.Fatal(err)
			}
			after := s.Stats()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			b.ReportMetric(float64(b.N)/float64(after.Commits-before.Commits), "jobs/commit")
		})
	}
}
