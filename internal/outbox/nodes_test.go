package outbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

// Several nodes on one database each take jobs, no job is taken by two, and
// those whose node forgot them are done by another when their lease has ended.
func TestNodesShareTheJobs(t *testing.T) {
	const nodes, jobs = 3, 300
	dsn := pgtest.Start(t).Database(t)
	var stores []*store.Store
	for range nodes + 1 {
		s, err := postgres.Open(t.Context(), dsn, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		stores = append(stores, s)
	}
	if err := outbox.Migrate(t.Context(), stores[0]); err != nil {
		t.Fatal(err)
	}

	var mu sync.Mutex
	tries := map[string]int{}
	var all, met sync.WaitGroup
	all.Add(jobs)
	met.Add(nodes)
	handler := func() outbox.Handler {
		first := sync.OnceFunc(met.Done)
		return func(ctx context.Context, task outbox.Task) (time.Time, error) {
			first()
			met.Wait() // until every node has got a job
			mu.Lock()
			defer mu.Unlock()
			if tries[task.Key]++; tries[task.Key] == 1 {
				all.Done()
			}
			return time.Time{}, nil
		}
	}
	putter := outbox.New(stores[nodes], handlers(nil), nil) // it does not run
	var due []outbox.Job
	for i := range jobs {
		due = append(due, outbox.Job{Queue: "q", Key: fmt.Sprint(i), Owner: []string{"", "a", "b", "c", "d"}[i%5]})
	}
	put(t, stores[nodes], putter, due...)
	for i := range nodes {
		run(t, outbox.New(stores[i], handlers(handler()), &outbox.Options{Concurrency: 4}))
	}
	all.Wait()
	mu.Lock()
	defer mu.Unlock()
	for key, n := range tries {
		if n != 1 {
			t.Errorf("job %s was done %d times", key, n)
		}
	}
}

// A job whose node died is done by another, once its lease has ended.
func TestALeaseOfADeadNodeIsTakenOver(t *testing.T) {
	dsn := pgtest.Start(t).Database(t)
	open := func() *store.Store {
		s, err := postgres.Open(t.Context(), dsn, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	one, two := open(), open()
	if err := outbox.Migrate(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	taken := make(chan struct{})
	dead := outbox.New(one, handlers(func(context.Context, outbox.Task) (time.Time, error) {
		close(taken)
		select {} // as dead as can be
	}), &outbox.Options{Concurrency: 1, Lease: 100 * time.Millisecond})
	put(t, one, dead, outbox.Job{Queue: "q", Key: "a", Owner: "a"})
	go func() { _ = dead.Run(t.Context()) }()
	<-taken
	err := one.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error { // so that renewing finds nothing
		_, err := tx.ExecContext(ctx, `UPDATE outbox_jobs SET lease = 'of a dead one'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	done := make(chan outbox.Task)
	run(t, outbox.New(two, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
		done <- task
		return time.Time{}, nil
	}), nil))
	if task := <-done; task.Key != "a" || task.Try != 2 {
		t.Errorf("taken over: %+v, want the second try of a", task)
	}
}
