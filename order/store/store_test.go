package store_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/google/go-cmp/cmp"
)

// open opens the store at path; an empty path is a new file. It has one table.
func open(t testing.TB, path string) *store.Store {
	t.Helper()
	if path == "" {
		path = filepath.Join(t.TempDir(), "test.db")
	}
	s, err := sqlite.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return withRows(t, s)
}

// openPostgres opens a store in the cluster. It has the same table.
func openPostgres(t testing.TB, c *pgtest.Cluster) *store.Store {
	t.Helper()
	return withRows(t, c.Store(t))
}

func withRows(t testing.TB, s *store.Store) *store.Store {
	t.Helper()
	execSQL(t, s, `CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY)`)
	return s
}

func execSQL(t testing.TB, s *store.Store, query string, args ...any) {
	t.Helper()
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// insert returns an fn that inserts one row.
func insert(id string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO rows (id) VALUES ($1)`, id)
		return err
	}
}

// ids returns what is committed.
func ids(t testing.TB, s *store.Store) []string {
	t.Helper()
	var got []string
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) (err error) {
		got, err = readIDs(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func readIDs(ctx context.Context, tx *sql.Tx) (got []string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM rows ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		got = append(got, id)
	}
	return got, rows.Err()
}

func wantIDs(t testing.TB, s *store.Store, want ...string) {
	t.Helper()
	slices.Sort(want)
	if diff := cmp.Diff(want, ids(t, s)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// hold occupies the writer until the returned function is called, so that
// whatever arrives meanwhile becomes one group with it.
func hold(t testing.TB, s *store.Store) (release func()) {
	t.Helper()
	holds, free, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.Do(t.Context(), func(context.Context, *sql.Tx) error {
			close(holds)
			<-free
			return nil
		})
	}()
	<-holds
	return func() {
		close(free)
		<-done
	}
}

func TestViewSeesOneSnapshot(t *testing.T) {
	s := open(t, "")
	execSQL(t, s, `INSERT INTO rows (id) VALUES ('a')`)
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		before, err := readIDs(ctx, tx)
		if err != nil {
			return err
		}
		execSQL(t, s, `INSERT INTO rows (id) VALUES ('b')`)
		after, err := readIDs(ctx, tx)
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("a view changed while it was open (-before +after):\n%s", diff)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	wantIDs(t, s, "a", "b")
}

func TestViewRefusesToWrite(t *testing.T) {
	s := open(t, "")
	if err := s.View(t.Context(), insert("a")); err == nil {
		t.Error("a view wrote")
	}
	wantIDs(t, s)
}

func TestViewRunsBesideTheWriter(t *testing.T) {
	s := open(t, "")
	release := hold(t, s)
	defer release()
	wantIDs(t, s)
}

func TestViewReturnsWhatFnReturns(t *testing.T) {
	s := open(t, "")
	want := errors.New("mine")
	fail := func(context.Context, *sql.Tx) error { return want }
	if err := s.View(t.Context(), fail); err != want {
		t.Errorf("View = %v, want fn's own error", err)
	}
	err := s.View(t.Context(), func(context.Context, *sql.Tx) error { panic(want) })
	if _, ok := errors.AsType[*store.PanicError](err); !ok || !errors.Is(err, want) {
		t.Errorf("View = %v, want a PanicError with fn's value", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.View(ended, insert("x")); err != context.Canceled {
		t.Errorf("View = %v, want context.Canceled", err)
	}
}

func TestCloseLetsWaitingRequestsFinish(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, "")
		release := hold(t, s)
		waiting, closed := make(chan error, 3), make(chan error, 2)
		for _, id := range []string{"a", "b", "c"} {
			go func() { waiting <- s.Do(t.Context(), insert(id)) }()
		}
		synctest.Wait()
		for range 2 {
			go func() { closed <- s.Close() }()
		}
		synctest.Wait()
		if err := s.Do(t.Context(), insert("late")); err != store.ErrClosed {
			t.Errorf("Do after Close = %v, want ErrClosed", err)
		}
		if err := s.View(t.Context(), insert("late")); err != store.ErrClosed {
			t.Errorf("View after Close = %v, want ErrClosed", err)
		}
		if len(closed) != 0 {
			t.Error("Close returned while requests were waiting")
		}
		release()
		for range 3 {
			if err := <-waiting; err != nil {
				t.Errorf("a request that waited when Close was called: %v", err)
			}
		}
		for range 2 {
			if err := <-closed; err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	})
}

func TestCloseWaitsForViews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, "")
		viewed := make(chan error, 1)
		go func() {
			viewed <- s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				time.Sleep(time.Hour)
				_, err := readIDs(ctx, tx)
				return err
			})
		}()
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-viewed; err != nil {
			t.Errorf("the view that was open when Close was called: %v", err)
		}
	})
}
