package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order/store"
	"github.com/google/go-cmp/cmp"
)

func TestStopEndsHandlersAndGivesTheirJobsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		block := func(ctx context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			<-ctx.Done()
			time.Sleep(time.Second) // it takes a moment to stop
			return time.Time{}, ctx.Err()
		}
		o := outbox.New(s, handlers(block), nil)
		stop := run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(10 * time.Second)
		stop()
		run(t, outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			return time.Time{}, nil
		}), nil))
		j.want(t, "0s a #1", "11s a #1") // at once, and not counted
	})
}

func TestHandlerMayFinishWhileStopping(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, "")
		o := outbox.New(s, handlers(func(ctx context.Context, _ outbox.Task) (time.Time, error) {
			<-ctx.Done()
			return time.Time{}, nil
		}), nil)
		stop := run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		synctest.Wait()
		stop()
		if n := left(t, s); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
	})
}

// Two processes, here two stores on one file, share the jobs, and a lease is
// kept for as long as its handler runs.
func TestProcessesShareJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.db")
		var mu sync.Mutex
		var got []string
		handle := func(_ context.Context, task outbox.Task) (time.Time, error) {
			mu.Lock()
			got = append(got, task.Key)
			mu.Unlock()
			time.Sleep(50 * time.Second)
			return time.Time{}, nil
		}
		var outboxes []*outbox.Outbox
		var stores []*store.Store
		for range 2 {
			s := openStore(t, path)
			o := outbox.New(s, handlers(handle), &outbox.Options{Concurrency: 5})
			run(t, o)
			stores, outboxes = append(stores, s), append(outboxes, o)
		}
		var want []string
		for i := range 10 {
			want = append(want, fmt.Sprint(i))
			put(t, stores[0], outboxes[0], outbox.Job{Queue: "q", Key: fmt.Sprint(i)})
		}
		time.Sleep(time.Hour)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("handled (-want +got):\n%s", diff)
		}
		if n := left(t, stores[0]); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
	})
}

// Time with nothing to do costs a look a minute, and a job that another
// process put is found by one.
func TestIdleQueueHardlyLooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.db")
		s, j := openStore(t, path), newJournal()
		var looks atomic.Int64
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			return time.Time{}, nil
		}), &outbox.Options{Now: func() time.Time {
			looks.Add(1)
			return time.Now()
		}})
		put(t, s, o, outbox.Job{Queue: "q", Key: "far", Due: time.Now().Add(1000 * time.Hour)})
		run(t, o)
		commits := s.Stats().Commits
		time.Sleep(3 * time.Hour)
		if n := looks.Load(); n > 3*60+2 { // one at the start, one for the Put before it
			t.Errorf("%d looks in three idle hours", n)
		}
		if n := s.Stats().Commits - commits; n != 0 {
			t.Errorf("%d writes in three idle hours", n)
		}
		other := openStore(t, path)
		put(t, other, outbox.New(other, handlers(nil), nil), outbox.Job{Queue: "q", Key: "other's"})
		time.Sleep(time.Minute)
		j.want(t, "10860s other's #1")
	})
}

func TestRunEndsWithItsStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, "")
		o := outbox.New(s, map[string]outbox.Handler{"a": nil, "b": nil}, nil)
		ended := make(chan error)
		go func() { ended <- o.Run(t.Context()) }()
		synctest.Wait()
		s.Close()
		if err := <-ended; !errors.Is(err, store.ErrClosed) {
			t.Errorf("Run = %v, want ErrClosed", err)
		}
	})
}
