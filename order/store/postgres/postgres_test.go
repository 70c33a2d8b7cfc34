package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

// open opens a store with one table of numbers.
func open(t testing.TB, dsn string, opts *postgres.Options) *store.Store {
	t.Helper()
	s := connect(t, dsn, opts)
	exec(t, s, `CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, n BIGINT NOT NULL)`)
	return s
}

// connect opens a store as it is.
func connect(t testing.TB, dsn string, opts *postgres.Options) *store.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func exec(t testing.TB, s *store.Store, statement string, args ...any) {
	t.Helper()
	if err := s.Do(t.Context(), statements(statement, args...)); err != nil {
		t.Fatal(err)
	}
}

// statements returns an fn that executes one statement.
func statements(statement string, args ...any) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	}
}

func put(name string, n int64) func(context.Context, *sql.Tx) error {
	return statements(`INSERT INTO numbers (name, n) VALUES ($1, $2)`, name, n)
}

// numbers is what is committed.
func numbers(t testing.TB, s *store.Store) map[string]int64 {
	t.Helper()
	var got map[string]int64
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) (err error) {
		got, err = read(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func read(ctx context.Context, tx *sql.Tx) (map[string]int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT name, n FROM numbers`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	got := make(map[string]int64)
	for rows.Next() {
		var name string
		var n int64
		if err := rows.Scan(&name, &n); err != nil {
			return nil, err
		}
		got[name] = n
	}
	return got, rows.Err()
}

func want(t testing.TB, s *store.Store, want map[string]int64) {
	t.Helper()
	if diff := cmp.Diff(want, numbers(t, s)); diff != "" {
		t.Errorf("numbers (-want +got):\n%s", diff)
	}
}

func TestStore(t *testing.T) {
	c := pgtest.Start(t)
	for name, test := range map[string]func(*testing.T, string){
		"what fails is undone":                    failing,
		"a view sees one snapshot":                snapshot,
		"a view does not write":                   viewWrites,
		"a lock orders those who read and write":  lock,
		"a deadlock is a conflict":                deadlock,
		"the caller's context ends":               ended,
		"a transaction ends after the limit":      limit,
		"waiting for a connection does not count": waiting,
		"a lock is waited for a bounded time":     lockWait,
		"the caller's own pool and tables":        ownPool,
		"several processes migrate at once":       migrateAtOnce,
		"a file stands in on PostgreSQL":          migrateInstead,
		"a migration may outlast the limit":       migrateLong,
		"databases that promise less are refused": refused,
	} {
		t.Run(name, func(t *testing.T) { test(t, c.Database(t)) })
	}
}

func failing(t *testing.T, dsn string) {
	s := open(t, dsn, nil)
	exec(t, s, `INSERT INTO numbers (name, n) VALUES ('taken', 1)`)
	mine := errors.New("mine")
	for name, test := range map[string]struct {
		then  func(context.Context, *sql.Tx) error
		check func(error) bool
	}{
		"error":      {func(context.Context, *sql.Tx) error { return mine }, func(err error) bool { return err == mine }},
		"constraint": {put("taken", 2), func(err error) bool { return strings.Contains(err.Error(), "duplicate") }},
		"swallowed": {func(ctx context.Context, tx *sql.Tx) error { _ = put("taken", 2)(ctx, tx); return nil },
			func(err error) bool { return errors.Is(err, store.ErrAborted) }},
		"panic": {func(context.Context, *sql.Tx) error { panic(mine) },
			func(err error) bool {
				p, ok := errors.AsType[*store.PanicError](err)
				return ok && p.Value == mine
			}},
		"commit": {func(_ context.Context, tx *sql.Tx) error { return tx.Rollback() },
			func(err error) bool { _, ok := errors.AsType[*store.CommitError](err); return ok }},
	} {
		err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			if !store.AfterCommit(ctx, func() { t.Errorf("%s: AfterCommit ran", name) }) {
				t.Errorf("%s: AfterCommit does not know the transaction", name)
			}
			if err := put("poison", 1)(ctx, tx); err != nil {
				t.Error(err)
			}
			return test.then(ctx, tx)
		})
		if err == nil || !test.check(err) {
			t.Errorf("%s: Do = %v", name, err)
		}
	}
	goexit := make(chan struct{})
	go func() {
		defer close(goexit)
		_ = s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			_ = put("poison", 1)(ctx, tx)
			runtime.Goexit()
			return nil
		})
	}()
	<-goexit
	want(t, s, map[string]int64{"taken": 1})
}

func snapshot(t *testing.T, dsn string) {
	s := open(t, dsn, nil)
	exec(t, s, `INSERT INTO numbers (name, n) VALUES ('a', 1)`)
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		before, err := read(ctx, tx)
		if err != nil {
			return err
		}
		exec(t, s, `UPDATE numbers SET n = 2`)
		after, err := read(ctx, tx)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("a view changed while it was open (-before +after):\n%s", diff)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want(t, s, map[string]int64{"a": 2})
}

func viewWrites(t *testing.T, dsn string) {
	s := open(t, dsn, nil)
	if err := s.View(t.Context(), put("a", 1)); err == nil {
		t.Error("a view wrote")
	}
	want(t, s, map[string]int64{})
}

// Everyone reads a number and writes one more. Without the lock, two that read
// at the same time write the same: the channels make that happen every time.
func lock(t *testing.T, dsn string) {
	s := open(t, dsn, nil)
	exec(t, s, `INSERT INTO numbers (name, n) VALUES ('locked', 0), ('bare', 0)`)
	increment := func(name string, before, between func(context.Context, *sql.Tx) error) error {
		return s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			if err := before(ctx, tx); err != nil {
				return err
			}
			all, err := read(ctx, tx)
			if err != nil {
				return err
			}
			if err := between(ctx, tx); err != nil {
				return err
			}
			return statements(`UPDATE numbers SET n = $1 WHERE name = $2`, all[name]+1, name)(ctx, tx)
		})
	}
	nothing := func(context.Context, *sql.Tx) error { return nil }
	var all, met sync.WaitGroup
	met.Add(2)
	for range 2 {
		all.Go(func() {
			if err := increment("bare", nothing, func(context.Context, *sql.Tx) error { met.Done(); met.Wait(); return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for range 20 {
		all.Go(func() {
			err := increment("locked", func(ctx context.Context, tx *sql.Tx) error {
				return s.Lock(ctx, tx, "numbers locked", "numbers other", "numbers locked")
			}, nothing)
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	want(t, s, map[string]int64{"locked": 20, "bare": 1})
}

func deadlock(t *testing.T, dsn string) {
	s := open(t, dsn, nil)
	var met sync.WaitGroup
	met.Add(2)
	errs := make(chan error)
	for _, keys := range [][]string{{"a", "b"}, {"b", "a"}} {
		go func() {
			errs <- s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				if err := s.Lock(ctx, tx, keys[0]); err != nil {
					return err
				}
				met.Done()
				met.Wait()
				return s.Lock(ctx, tx, keys[1])
			})
		}()
	}
	one, two := <-errs, <-errs
	if one == nil {
		one, two = two, one
	}
	if _, ok := errors.AsType[*store.ConflictError](one); !ok || two != nil {
		t.Errorf("a deadlock ended with %v and %v, want one ConflictError", one, two)
	}
}

func ended(t *testing.T, dsn string) {
	s := open(t, dsn, &postgres.Options{Connections: 1})
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		waiting, giveUp := context.WithCancel(t.Context())
		giveUp()
		if err := s.Do(waiting, put("late", 1)); err != context.Canceled {
			t.Errorf("Do behind a full pool = %v, want context.Canceled", err)
		}
		cancel()
		if ctx.Err() != nil {
			t.Error("fn's context ended with the request's")
		}
		return put("a", 1)(ctx, tx)
	})
	if err != nil {
		t.Errorf("Do = %v, want the outcome of the commit", err)
	}
	if err := s.Do(ctx, put("ended", 1)); err != context.Canceled {
		t.Errorf("Do with an ended context = %v, want context.Canceled", err)
	}
	want(t, s, map[string]int64{"a": 1})
}

func limit(t *testing.T, dsn string) {
	s := open(t, dsn, nil)
	short := connect(t, dsn, &postgres.Options{Limit: time.Second})
	for name, wait := range map[string]func(context.Context, *sql.Tx) error{
		"a statement": statements(`SELECT pg_sleep(3600)`),
		"fn":          func(ctx context.Context, _ *sql.Tx) error { <-ctx.Done(); return nil },
	} {
		err := short.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			return errors.Join(put("a", 1)(ctx, tx), wait(ctx, tx))
		})
		if err == nil {
			t.Errorf("%s outlasted the limit", name)
		}
	}
	if err := short.View(t.Context(), statements(`SELECT pg_sleep(3600)`)); err == nil {
		t.Error("a view outlasted the limit")
	}
	want(t, s, map[string]int64{})
}

// Two take together longer than the limit on the only connection: the one that
// waits has all of its time when its turn comes.
func waiting(t *testing.T, dsn string) {
	s := connect(t, dsn, &postgres.Options{Connections: 1, Limit: 2 * time.Second})
	long := statements(`SELECT pg_sleep(1.5)`)
	begun, second := make(chan struct{}), make(chan error, 1)
	go func() {
		<-begun
		second <- s.Do(t.Context(), long)
	}()
	first := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		close(begun)
		return long(ctx, tx)
	})
	if err := errors.Join(first, <-second); err != nil {
		t.Error(err)
	}
}

func lockWait(t *testing.T, dsn string) {
	s := open(t, dsn, &postgres.Options{LockWait: 50 * time.Millisecond})
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		if err := s.Lock(ctx, tx, "a"); err != nil {
			return err
		}
		err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error { return s.Lock(ctx, tx, "a") })
		if err == nil || !strings.Contains(err.Error(), "lock timeout") {
			t.Errorf("a lock that another holds = %v, want a lock timeout", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func ownPool(t *testing.T, dsn string) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE numbers (name TEXT PRIMARY KEY, n BIGINT NOT NULL)`); err != nil {
		t.Fatal(err)
	}
	s, err := postgres.New(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, s, `INSERT INTO numbers (name, n) VALUES ('mine', 1)`)
	want(t, s, map[string]int64{"mine": 1})
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
	if err := s.Do(t.Context(), put("late", 1)); err != store.ErrClosed {
		t.Errorf("Do after Close = %v, want ErrClosed", err)
	}
	if err := db.PingContext(t.Context()); err != nil {
		t.Errorf("closing the store closed the caller's pool: %v", err)
	}
}

func refused(t *testing.T, dsn string) {
	for name, test := range map[string]struct{ dsn, says string }{
		"no server":         {"host=/nowhere dbname=x user=u password=hush", "/nowhere"},
		"no DSN":            {"postgres://u:hush@host:notaport/x", "postgres:// URL"},
		"commits in memory": {dsn + " options='-c synchronous_commit=off'", "synchronous_commit"},
		"read-only":         {dsn + " options='-c default_transaction_read_only=on'", "primary"},
	} {
		s, err := postgres.Open(t.Context(), test.dsn, nil)
		if e, ok := errors.AsType[*postgres.OpenError](err); !ok || !strings.Contains(e.Error(), test.says) || strings.Contains(e.Error(), "hush") {
			t.Errorf("%s: Open = %v, want an OpenError about %s, without the password", name, err, test.says)
		}
		if s != nil {
			s.Close()
		}
	}
	if _, err := postgres.Open(t.Context(), dsn, &postgres.Options{Limit: -1}); err == nil {
		t.Error("Open accepted a negative limit")
	}
}

// A server that is killed loses nothing that was acknowledged, and the store
// goes on by itself when it is back.
func TestServerIsKilled(t *testing.T) {
	c := pgtest.Start(t)
	s := open(t, c.Database(t), nil)
	acknowledged, unknown := map[string]int64{}, map[string]bool{}
	var mu sync.Mutex
	for round := range 3 {
		var all sync.WaitGroup
		enough := make(chan struct{}, 1024)
		for g := range 8 {
			all.Go(func() {
				for i := int64(0); ; i++ {
					name := fmt.Sprintf("%d.%d.%d", round, g, i)
					err := s.Do(t.Context(), put(name, i))
					mu.Lock()
					if err != nil {
						unknown[name] = true
						mu.Unlock()
						return
					}
					acknowledged[name] = i
					mu.Unlock()
					enough <- struct{}{}
				}
			})
		}
		for range 100 {
			<-enough
		}
		go func() {
			for range enough {
			}
		}()
		c.Kill()
		all.Wait()
		close(enough)
		c.Restart(t)
	}
	got := numbers(t, s)
	for name := range unknown {
		delete(got, name) // either way is right
	}
	if diff := cmp.Diff(acknowledged, got); diff != "" {
		t.Errorf("acknowledged and stored (-acknowledged +stored):\n%s", diff)
	}
}
