package outbox_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order/store"
)

const besideFlood = 1000 // jobs of a round, a hundred of each of ten owners

// BenchmarkFlood works off jobs of ten owners, alone and beside another with 100,000
// due jobs that never end, and reports how much longer that takes.
func BenchmarkFlood(b *testing.B) {
	for name, open := range map[string]func() *store.Store{
		"SQLite":     func() *store.Store { return openStore(b, "") },
		"PostgreSQL": func() *store.Store { return openPostgres(b) },
	} {
		b.Run(name, func(b *testing.B) {
			calm, flooded := newBeside(b, open(), 0), newBeside(b, open(), 100_000)
			var alone, beside time.Duration
			for b.Loop() {
				alone += calm.round(b)
				beside += flooded.round(b)
			}
			b.ReportMetric(float64(beside)/float64(alone), "beside-x-alone")
			b.ReportMetric(float64(b.N*besideFlood)/beside.Seconds(), "jobs/s")
		})
	}
}

// A beside runs jobs beside a flood.
type beside struct {
	store *store.Store
	o     *outbox.Outbox
	left  sync.WaitGroup
}

func newBeside(b *testing.B, s *store.Store, flood int) *beside {
	b.Helper()
	r := &beside{store: s}
	r.o = outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
		if ownerOf(task) == "flood" {
			<-ctx.Done()
			return time.Time{}, ctx.Err()
		}
		r.left.Done()
		return time.Time{}, nil
	}), &outbox.Options{Timeout: time.Hour})
	put(b, s, r.o, jobsOf("flood", flood)...)
	run(b, r.o)
	return r
}

// round puts jobs and waits until they are done.
func (r *beside) round(b *testing.B) time.Duration {
	b.Helper()
	var jobs []outbox.Job
	for i := range 10 {
		jobs = append(jobs, jobsOf(fmt.Sprint("owner", i), besideFlood/10)...)
	}
	r.left.Add(len(jobs))
	began := time.Now()
	put(b, r.store, r.o, jobs...)
	r.left.Wait()
	return time.Since(began)
}
