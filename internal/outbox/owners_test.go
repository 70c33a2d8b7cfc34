package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/google/go-cmp/cmp"
)

// onBoth runs a rule on both databases.
func onBoth(t *testing.T, rule func(t *testing.T, s *store.Store)) {
	t.Run("SQLite", func(t *testing.T) { rule(t, openStore(t, "")) })
	t.Run("PostgreSQL", func(t *testing.T) { rule(t, openPostgres(t)) })
}

func openPostgres(t testing.TB) *store.Store {
	t.Helper()
	s := pgtest.Start(t).Store(t)
	if err := outbox.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// jobsOf are due jobs of an owner, which their keys begin with.
func jobsOf(owner string, n int) (all []outbox.Job) {
	for i := range n {
		due := time.Now().Add(-time.Hour + time.Duration(i)*time.Microsecond)
		all = append(all, outbox.Job{Queue: "q", Key: fmt.Sprintf("%s-%06d", owner, i), Owner: owner, Due: due})
	}
	return all
}

func ownerOf(task outbox.Task) string {
	owner, _, _ := strings.Cut(task.Key, "-")
	return owner
}

// tries counts, per owner, the jobs, those that are leased, and the tries.
func tries(t *testing.T, s *store.Store) map[string][3]int {
	t.Helper()
	all := map[string][3]int{}
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT owner, count(*), sum(CASE lease WHEN '' THEN 0 ELSE 1 END), sum(tries) FROM outbox_jobs GROUP BY owner`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var owner string
			var n [3]int
			if err := rows.Scan(&owner, &n[0], &n[1], &n[2]); err != nil {
				return err
			}
			all[owner] = n
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// An owner whose receiver never answers, with thousands of jobs that are due, does
// not delay the others, whether they come before or after all its handlers hang.
// Those of its jobs that nobody has room for are not touched.
func TestAFloodDelaysNobodyElse(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const many = 3000
		hung, done := make(chan string, many), make(chan string, many)
		o := outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
			if ownerOf(task) != "flood" {
				done <- task.Key
				return time.Time{}, nil
			}
			hung <- task.Key
			<-ctx.Done()
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				done <- "a job of the flood, because nobody else's was done before its time was over"
			}
			return time.Time{}, ctx.Err()
		}), nil)
		put(t, s, o, jobsOf("flood", many)...)
		put(t, s, o, outbox.Job{Queue: "q", Key: "before-1", Owner: "before"}, outbox.Job{Queue: "q", Key: "nobody's"})
		stop := run(t, o)
		got := map[string]bool{<-done: true, <-done: true}
		for range 4 {
			<-hung
		}
		put(t, s, o, outbox.Job{Queue: "q", Key: "after-1", Owner: "after"})
		got[<-done] = true
		if diff := cmp.Diff(map[string]bool{"before-1": true, "nobody's": true, "after-1": true}, got); diff != "" {
			t.Errorf("done beside the flood (-want +got):\n%s", diff)
		}
		if got := tries(t, s)["flood"]; got != [3]int{many, 4, 4} {
			t.Errorf("of the flood's jobs %d are leased, with %d tries, want 4 of %d, one try each", got[1], got[2], got[0])
		}
		stop()
		if diff := cmp.Diff(map[string][3]int{"flood": {many, 0, 0}}, tries(t, s)); diff != "" {
			t.Errorf("left after the end: jobs, leases, tries (-want +got):\n%s", diff)
		}
	})
}

// Owners who together keep all handlers busy, and have many jobs left, do not keep
// out one that comes later: the handler that is free next is its.
func TestWhoHasFewestIsNext(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		began, proceed := make(chan string), make(chan struct{})
		o := outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
			select {
			case began <- ownerOf(task):
			case <-ctx.Done():
				return time.Time{}, ctx.Err()
			}
			select {
			case <-proceed:
			case <-ctx.Done():
			}
			return time.Time{}, nil
		}), &outbox.Options{Concurrency: 6, PerOwner: 2})
		for _, owner := range []string{"a", "b", "c"} {
			put(t, s, o, jobsOf(owner, 100)...)
		}
		run(t, o)
		got := map[string]int{}
		for range 6 {
			got[<-began]++
		}
		if diff := cmp.Diff(map[string]int{"a": 2, "b": 2, "c": 2}, got); diff != "" {
			t.Errorf("shares (-want +got):\n%s", diff)
		}
		put(t, s, o, outbox.Job{Queue: "q", Key: "late-1", Owner: "late"})
		proceed <- struct{}{}
		if next := <-began; next != "late" {
			t.Errorf("next was a job of %q, who has had its share", next)
		}
	})
}

// While an owner cannot be served its jobs wait, untouched, and then run.
func TestAnOwnerThatCannotBeServedIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		o := outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			if at := j.start.Add(time.Minute); ownerOf(task) == "down" && time.Now().Before(at) {
				return at, outbox.ErrPostponed
			}
			return time.Time{}, nil
		}), &outbox.Options{Concurrency: 4}) // one at once for each
		run(t, o)
		put(t, s, o, jobsOf("down", 3)...)
		j.want(t, "0s down-000000 #1")
		put(t, s, o, jobsOf("up", 1)...)
		j.want(t, "0s down-000000 #1", "0s up-000000 #1")
		time.Sleep(59 * time.Second)
		j.want(t, "0s down-000000 #1", "0s up-000000 #1")
		time.Sleep(time.Second)
		j.want(t, "0s down-000000 #1", "0s up-000000 #1", "60s down-000001 #1", "60s down-000002 #1", "60s down-000000 #1")
	})
}

// Jobs that an older version put run, as many at once as there are handlers.
func TestJobsWithoutOwnerRun(t *testing.T) {
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	older(t, s)
	if err := outbox.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	began := make(chan string)
	run(t, outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
		began <- task.Key
		<-ctx.Done()
		return time.Time{}, ctx.Err()
	}), &outbox.Options{Concurrency: 3}))
	got := map[string]bool{<-began: true, <-began: true, <-began: true}
	if diff := cmp.Diff(map[string]bool{"1": true, "2": true, "3": true}, got); diff != "" {
		t.Errorf("began (-want +got):\n%s", diff)
	}
}

// older makes the tables and jobs of a version that knows no owners.
func older(t *testing.T, s *store.Store) {
	t.Helper()
	const file = "0001_jobs.sql"
	text, err := os.ReadFile("migrations/" + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(t.Context(), "outbox", fstest.MapFS{file: {Data: text}}); err != nil {
		t.Fatal(err)
	}
	err = s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO outbox_jobs (queue, key, generation, due, tries, lease, lease_until)
			VALUES ('q', '1', 1, 0, 0, '', 0), ('q', '2', 1, 0, 0, '', 0), ('q', '3', 1, 0, 0, '', 0)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
