package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/google/go-cmp/cmp"
)

func TestJobsRunWhenTheyAreDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			return time.Time{}, nil
		}), nil)
		run(t, o)
		synctest.Wait()
		put(t, s, o, outbox.Job{Queue: "q", Key: "now"})
		j.want(t, "0s now #1")
		put(t, s, o, outbox.Job{Queue: "q", Key: "later", Due: j.start.Add(90 * time.Second)},
			outbox.Job{Queue: "q", Key: "sooner", Due: j.start.Add(30 * time.Second)})
		time.Sleep(time.Hour)
		j.want(t, "0s now #1", "30s sooner #1", "90s later #1")
		if n := left(t, s); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
	})
}

func TestJobCommitsWithItsTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			return time.Time{}, nil
		}), nil)
		run(t, o)
		_ = s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			if err := o.Put(ctx, tx, outbox.Job{Queue: "q", Key: "undone"}); err != nil {
				t.Error(err)
			}
			return errors.New("undo")
		})
		time.Sleep(time.Hour)
		j.want(t)
	})
}

// A job that was postponed was not tried: the schedule of its failures does not
// move on.
func TestPostponedJobsWereNotTried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		runs := 0
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			if runs++; runs <= 3 {
				return time.Now().Add(time.Minute), outbox.ErrPostponed
			}
			return time.Time{}, nil
		}), nil)
		run(t, o)
		synctest.Wait()
		put(t, s, o, outbox.Job{Queue: "q", Key: "busy"})
		time.Sleep(time.Hour)
		j.want(t, "0s busy #1", "60s busy #1", "120s busy #1", "180s busy #1")
		if n := left(t, s); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
	})
}

func TestFailuresFollowTheSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, "")
		var tries []int
		var times []time.Time
		fail := func(_ context.Context, task outbox.Task) (time.Time, error) {
			tries, times = append(tries, task.Try), append(times, time.Now())
			switch task.Try {
			case 2:
				panic("no")
			case 3:
				runtime.Goexit()
			case 6:
				return time.Time{}, nil
			}
			return time.Time{}, errors.New("no")
		}
		schedule := []time.Duration{time.Second, time.Minute, time.Hour}
		o := outbox.New(s, handlers(fail), &outbox.Options{Schedule: schedule})
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(5 * time.Hour)
		if diff := cmp.Diff([]int{1, 2, 3, 4, 5, 6}, tries); diff != "" {
			t.Fatalf("tries (-want +got):\n%s", diff)
		}
		wantWaits(t, times, []time.Duration{time.Second, time.Minute, time.Hour, time.Hour, time.Hour})
		if n := left(t, s); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
	})
}

// wantWaits checks the time between tries, which may be a tenth longer.
func wantWaits(t *testing.T, times []time.Time, want []time.Duration) {
	t.Helper()
	if len(times) != len(want)+1 {
		t.Fatalf("%d tries, want %d", len(times), len(want)+1)
	}
	for i, want := range want {
		if got := times[i+1].Sub(times[i]); got < want || got > want+want/10+time.Microsecond {
			t.Errorf("after try %d it waited %v, want %v and up to a tenth more", i+1, got, want)
		}
	}
}

func TestHandlerChoosesWhenToRunAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			switch task.Try {
			case 1:
				return time.Now().Add(10 * time.Second), nil
			case 2:
				return time.Now().Add(20 * time.Second), errors.New("Retry-After: 20")
			}
			return time.Time{}, nil
		}), nil)
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(time.Hour)
		j.want(t, "0s a #1", "10s a #2", "30s a #3")
	})
}

func TestPutReplacesAPendingJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			if time.Since(j.start) < time.Minute {
				return time.Time{}, errors.New("not yet")
			}
			return time.Time{}, nil
		}), &outbox.Options{Schedule: []time.Duration{time.Hour}})
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(2 * time.Minute)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a", Due: time.Now().Add(time.Minute)})
		time.Sleep(2 * time.Hour)
		j.want(t, "0s a #1", "180s a #1")
	})
}

func TestPutWhileTheHandlerRunsIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		var running atomic.Int32
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			if running.Add(1) > 1 {
				t.Error("two handlers run for one job")
			}
			defer running.Add(-1)
			j.note(task)
			time.Sleep(50 * time.Second) // some leases long
			return time.Time{}, nil
		}), nil)
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(time.Second)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(time.Hour)
		j.want(t, "0s a #1", "50s a #1")
	})
}

func TestDropStopsAPendingJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			return time.Time{}, nil
		}), nil)
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a", Due: time.Now().Add(time.Minute)})
		err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error { return o.Drop(ctx, tx, "q", "a") })
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		j.want(t)
	})
}

func TestConcurrencyIsBoundedPerQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		var running, most atomic.Int32
		slow := func(context.Context, outbox.Task) (time.Time, error) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(10 * time.Second)
			return time.Time{}, nil
		}
		fast := func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			return time.Time{}, nil
		}
		o := outbox.New(s, map[string]outbox.Handler{"slow": slow, "fast": fast}, &outbox.Options{Concurrency: 3})
		run(t, o)
		for i := range 10 {
			put(t, s, o, outbox.Job{Queue: "slow", Key: fmt.Sprint(i)})
		}
		put(t, s, o, outbox.Job{Queue: "fast", Key: "a"})
		j.want(t, "0s a #1")
		time.Sleep(39 * time.Second)
		if n := left(t, s); n != 1 || most.Load() != 3 {
			t.Errorf("after 39 s %d jobs are left and at most %d ran at once, want 1 and 3", n, most.Load())
		}
	})
}

func TestHandlersAreTimedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		o := outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			if task.Try == 2 {
				return time.Time{}, nil
			}
			<-ctx.Done()
			return time.Now().Add(time.Second), ctx.Err()
		}), &outbox.Options{Timeout: 20 * time.Second})
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(time.Hour)
		j.want(t, "0s a #1", "21s a #2")
	})
}

func TestJobsThatNobodyRunsAreRefused(t *testing.T) {
	s := openStore(t, "")
	o := outbox.New(s, handlers(nil), nil)
	for _, job := range []outbox.Job{{Queue: "other", Key: "a"}, {Queue: "q"}} {
		err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error { return o.Put(ctx, tx, job) })
		if err == nil {
			t.Errorf("Put accepted %+v", job)
		}
	}
}
