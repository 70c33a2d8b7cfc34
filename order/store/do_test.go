package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/google/go-cmp/cmp"
)

func TestDoSharesCommits(t *testing.T) {
	for _, test := range []struct{ waiting, commits int64 }{
		{waiting: 1, commits: 1},
		{waiting: 99, commits: 1},
		{waiting: 299, commits: 2}, // a group is bounded
	} {
		t.Run(fmt.Sprint(test.waiting), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, "")
				before := s.Stats()
				release := hold(t, s)
				errs := make(chan error)
				for i := range test.waiting {
					go func() { errs <- s.Do(t.Context(), insert(fmt.Sprint(i))) }()
				}
				synctest.Wait()
				release()
				for range test.waiting {
					if err := <-errs; err != nil {
						t.Error(err)
					}
				}
				got := s.Stats()
				got.Commits -= before.Commits
				got.Requests -= before.Requests
				want := store.Stats{Commits: test.commits, Requests: test.waiting + 1}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("stats (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// group runs every fn in one group and returns their errors in order. An fn
// that ends its goroutine leaves no error.
func group(t *testing.T, s *store.Store, fns ...func(context.Context, *sql.Tx) error) []error {
	t.Helper()
	release := hold(t, s)
	errs := make([]error, len(fns))
	ended := make(chan struct{})
	for i, fn := range fns {
		go func() {
			defer func() { ended <- struct{}{} }()
			errs[i] = s.Do(t.Context(), fn)
		}()
		synctest.Wait() // it waits for the writer, behind the ones before
	}
	before := s.Stats().Commits
	release()
	for range fns {
		<-ended
	}
	if n := s.Stats().Commits - before; n > 2 { // a cursor left open ends a group early
		t.Fatalf("%d commits: the test did not make a group", n)
	}
	return errs
}

func TestOneMemberCannotHarmAnother(t *testing.T) {
	mine := errors.New("mine")
	poisons := map[string]func(context.Context, *sql.Tx) error{
		"error": func(ctx context.Context, tx *sql.Tx) error {
			return errors.Join(insert("poison")(ctx, tx), mine)
		},
		"constraint": insert("a"),
		"syntax": func(ctx context.Context, tx *sql.Tx) error {
			_ = insert("poison")(ctx, tx)
			_, err := tx.ExecContext(ctx, `INSRT`)
			return err
		},
		"panic": func(ctx context.Context, tx *sql.Tx) error {
			_ = insert("poison")(ctx, tx)
			panic(mine)
		},
		"goexit": func(ctx context.Context, tx *sql.Tx) error {
			_ = insert("poison")(ctx, tx)
			runtime.Goexit()
			return nil
		},
		"open write cursor": func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.QueryContext(ctx, `INSERT INTO rows (id) VALUES ('poison'), ('poison2') RETURNING id`)
			return err
		},
		"open write cursor and error": func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.QueryContext(ctx, `INSERT INTO rows (id) VALUES ('poison'), ('poison2') RETURNING id`)
			return errors.Join(err, mine)
		},
		"own savepoint": func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `SAVEPOINT mine`)
			return errors.Join(err, insert("poison")(ctx, tx), mine)
		},
	}
	for name, poison := range poisons {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, "")
				errs := group(t, s, insert("a"), poison, insert("b"))
				if errs[0] != nil || errs[2] != nil {
					t.Errorf("its neighbours got %v and %v", errs[0], errs[2])
				}
				if errs[1] == nil && name != "goexit" {
					t.Error("the poison itself succeeded")
				}
				wantIDs(t, s, "a", "b")
			})
		})
	}
}

func TestPanicBecomesAnError(t *testing.T) {
	s := open(t, "")
	cause := errors.New("cause")
	err := s.Do(t.Context(), func(context.Context, *sql.Tx) error { panic(cause) })
	p, ok := errors.AsType[*store.PanicError](err)
	if !ok || p.Value != cause || len(p.Stack) == 0 || !errors.Is(err, cause) {
		t.Errorf("Do = %v, want a PanicError with the value and the stack", err)
	}
	execSQL(t, s, `INSERT INTO rows (id) VALUES ('after')`)
}

func TestFnErrorIsReturnedAsItIs(t *testing.T) {
	s := open(t, "")
	want := errors.New("mine")
	if err := s.Do(t.Context(), func(context.Context, *sql.Tx) error { return want }); err != want {
		t.Errorf("Do = %v, want fn's own error", err)
	}
}

func TestContextThatEndsBeforeFnRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, "")
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Do(ended, insert("ended")); err != context.Canceled {
			t.Errorf("Do with an ended context = %v, want context.Canceled", err)
		}
		release := hold(t, s)
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Do(soon, insert("waited")); err != context.DeadlineExceeded {
			t.Errorf("Do whose context ended while it waited = %v, want context.DeadlineExceeded", err)
		}
		release()
		wantIDs(t, s)
	})
}

func TestContextThatEndsWhileFnRuns(t *testing.T) {
	s := open(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		cancel()
		if ctx.Err() != nil || ctx.Done() != nil {
			t.Error("fn's context ended with the request's")
		}
		return insert("a")(ctx, tx)
	})
	if err != nil {
		t.Errorf("Do = %v, want the outcome of the commit", err)
	}
	wantIDs(t, s, "a")
}

// A context may also end while the transaction begins, here because another
// process holds the write lock.
func TestContextThatEndsWhileTheTransactionBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.db")
		s, other := open(t, path), open(t, path)
		release := hold(t, other)
		soon, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		time.AfterFunc(2*time.Second, release)
		if err := s.Do(soon, insert("late")); err != context.DeadlineExceeded {
			t.Errorf("Do = %v, want context.DeadlineExceeded", err)
		}
		wantIDs(t, s)
	})
}

func TestNestedCallsAreRefused(t *testing.T) {
	a, b := open(t, ""), open(t, "")
	type call = func(context.Context, func(context.Context, *sql.Tx) error) error
	for name, chain := range map[string][]call{
		"Do in Do":               {a.Do, a.Do},
		"View in Do":             {a.Do, a.View},
		"Do in View":             {a.View, a.Do},
		"View in View":           {a.View, a.View},
		"through another's Do":   {a.Do, b.Do, a.Do},
		"through another's View": {a.Do, b.View, a.View},
	} {
		t.Run(name, func(t *testing.T) {
			fn := func(context.Context, *sql.Tx) error { return nil }
			for i := len(chain) - 1; i > 0; i-- {
				inner, call := fn, chain[i]
				fn = func(ctx context.Context, _ *sql.Tx) error { return call(ctx, inner) }
			}
			if err := chain[0](t.Context(), fn); !errors.Is(err, store.ErrNested) {
				t.Errorf("got %v, want ErrNested", err)
			}
		})
	}
	err := a.Do(t.Context(), func(ctx context.Context, _ *sql.Tx) error { return b.Do(ctx, insert("x")) })
	if err != nil {
		t.Errorf("another store within Do: %v", err)
	}
}

// A deferred constraint is a COMMIT that can be made to fail.
func TestFailingCommitReachesEveryMember(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, "")
		execSQL(t, s, `CREATE TABLE child (id TEXT REFERENCES rows (id) DEFERRABLE INITIALLY DEFERRED)`)
		woken := false
		errs := group(t, s,
			func(ctx context.Context, tx *sql.Tx) error {
				store.AfterCommit(ctx, func() { woken = true })
				return insert("a")(ctx, tx)
			},
			func(ctx context.Context, tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO child (id) VALUES ('orphan')`)
				return err
			},
			insert("a"), // its error is based on a row that is not there in the end
		)
		for i, err := range errs {
			if _, ok := errors.AsType[*store.CommitError](err); !ok {
				t.Errorf("member %d got %v, want a CommitError", i, err)
			}
		}
		if woken {
			t.Error("AfterCommit ran without a commit")
		}
		wantIDs(t, s)
		execSQL(t, s, `INSERT INTO rows (id) VALUES ('after')`)
		wantIDs(t, s, "after")
	})
}

func TestTransactionThatEndsInsideFn(t *testing.T) {
	for name, end := range map[string]func(ctx context.Context, tx *sql.Tx) error{
		"Commit":   func(_ context.Context, tx *sql.Tx) error { return tx.Commit() },
		"Rollback": func(_ context.Context, tx *sql.Tx) error { return tx.Rollback() },
		"ROLLBACK": func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `ROLLBACK`)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t, "")
				errs := group(t, s, insert("a"), end, insert("next"))
				for i, err := range errs[:2] {
					if _, ok := errors.AsType[*store.CommitError](err); !ok {
						t.Errorf("member %d got %v, want a CommitError", i, err)
					}
				}
				if errs[2] != nil || !slices.Contains(ids(t, s), "next") {
					t.Errorf("the next group got %v", errs[2])
				}
				execSQL(t, s, `INSERT INTO rows (id) VALUES ('after')`)
			})
		})
	}
}

// Those who wait behind a lock fail with the first, and not one after another.
func TestBeginErrorReachesAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.db")
		other := open(t, path)
		s, err := sqlite.Open(t.Context(), path, &sqlite.Options{BusyTimeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		release := hold(t, other)
		start, errs := time.Now(), make(chan error)
		for i := range 10 {
			go func() { errs <- s.Do(t.Context(), insert(fmt.Sprint(i))) }()
		}
		for range 10 {
			if _, ok := errors.AsType[*store.BeginError](<-errs); !ok {
				t.Errorf("Do behind a lock = %v, want a BeginError", err)
			}
		}
		if waited := time.Since(start); waited > 2*time.Minute {
			t.Errorf("ten requests waited %v for a lock with a timeout of one minute", waited)
		}
		release()
		execSQL(t, s, `INSERT INTO rows (id) VALUES ('after')`)
	})
}

func TestAfterCommit(t *testing.T) {
	s := open(t, "")
	var got []string
	note := func(what string) func() { return func() { got = append(got, what) } }
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		ok := store.AfterCommit(ctx, note("first")) && store.AfterCommit(ctx, note("second"))
		if !ok || len(got) != 0 {
			t.Errorf("AfterCommit = %v, ran %v", ok, got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"first", "second"}, got); diff != "" {
		t.Errorf("after the commit (-want +got):\n%s", diff)
	}
	_ = s.Do(t.Context(), func(ctx context.Context, _ *sql.Tx) error {
		store.AfterCommit(ctx, func() { t.Error("ran although fn failed") })
		return errors.New("mine")
	})
	_ = s.View(t.Context(), func(ctx context.Context, _ *sql.Tx) error {
		if store.AfterCommit(ctx, func() { t.Error("ran after a view") }) {
			t.Error("AfterCommit accepted a view")
		}
		return nil
	})
	if store.AfterCommit(t.Context(), func() {}) {
		t.Error("AfterCommit accepted a context of no Do")
	}
}
