package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	driversqlite "modernc.org/sqlite"
)

func open(t *testing.T, path string, opts *sqlite.Options) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestFilesAreTheOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no permission bits on Windows")
	}
	path := filepath.Join(t.TempDir(), "new.db")
	s := open(t, path, nil)
	if err := createTable(t, s); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %v, want 0600", filepath.Base(path+suffix), mode)
		}
	}
}

func createTable(t *testing.T, s *store.Store) error {
	return s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS t (id BIGINT PRIMARY KEY)`)
		return err
	})
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := map[string]struct {
		path string
		opts *sqlite.Options
	}{
		"no name":              {path: ""},
		"in memory":            {path: ":memory:"},
		"a URI":                {path: "file:x.db?mode=memory"},
		"a missing folder":     {path: filepath.Join(dir, "missing", "x.db")},
		"a folder":             {path: dir},
		"another kind of file": {path: write("text.txt", "This is not a database, but it is long enough to look.\n"+string(make([]byte, 4096)))},
		"a NUL in the name":    {path: filepath.Join(dir, "x\x00.db")},
		"negative readers":     {path: filepath.Join(dir, "x.db"), opts: &sqlite.Options{Readers: -1}},
		"negative timeout":     {path: filepath.Join(dir, "x.db"), opts: &sqlite.Options{BusyTimeout: -1}},
		"endless timeout":      {path: filepath.Join(dir, "x.db"), opts: &sqlite.Options{BusyTimeout: 1 << 62}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := sqlite.Open(t.Context(), test.path, test.opts)
			if err == nil {
				s.Close()
			}
			if e, ok := errors.AsType[*sqlite.OpenError](err); !ok || e.Path != test.path {
				t.Errorf("Open(%q) = %v, want an OpenError", test.path, err)
			}
		})
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "x.db"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Open = %v, want context.Canceled", err)
	}
}

// SQLite and URLs give some characters a meaning; a file name has none.
func TestAnyFileName(t *testing.T) {
	for _, name := range []string{"a b", "100%", "%41", "a?mode=memory", "a#b", "a&b=c", "ä", "a'b"} {
		path := filepath.Join(t.TempDir(), name)
		if err := createTable(t, open(t, path, nil)); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if info, err := os.Stat(path + "-wal"); err != nil || info.Size() == 0 {
			t.Errorf("%q: its write went elsewhere: %v", name, err)
		}
	}
}

func TestForeignKeysAreChecked(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "x.db"), nil)
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE a (id BIGINT PRIMARY KEY); CREATE TABLE b (id BIGINT REFERENCES a (id)); INSERT INTO b VALUES (1)`)
		return err
	})
	if err == nil {
		t.Error("a row refers to nothing")
	}
}

// The end of a context that fn should not have used must not undo what others
// did in the same transaction.
func TestEndOfAContextDoesNotUndoTheGroup(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	function := fmt.Sprintf("cancel_%d", time.Now().UnixNano()) // a process registers a name once
	err := driversqlite.RegisterScalarFunction(function, 1,
		func(_ *driversqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
			cancel()
			return args[0], nil
		})
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, filepath.Join(t.TempDir(), "x.db"), nil)
	if err := createTable(t, s); err != nil {
		t.Fatal(err)
	}
	many := `INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT ` + function + `(i) FROM n`
	err = s.Do(t.Context(), func(inner context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(inner, `INSERT INTO t VALUES (0)`); err != nil {
			return err
		}
		stmt, err := tx.PrepareContext(inner, many)
		if err != nil {
			return err
		}
		_, err = stmt.ExecContext(ctx)
		return err
	})
	if err != nil {
		t.Errorf("Do = %v, want the statement to end as if the context had not", err)
	}
	if err := createTable(t, s); err != nil {
		t.Error(err)
	}
}

// A second process, here a second store, waits for the lock and then gives up
// without harm.
func TestTwoWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	a, b := open(t, path, nil), open(t, path, &sqlite.Options{BusyTimeout: time.Millisecond})
	err := a.Do(t.Context(), func(context.Context, *sql.Tx) error {
		if err, ok := errors.AsType[*store.BeginError](createTable(t, b)); !ok {
			t.Errorf("a write while another process writes = %v, want a BeginError", err)
		}
		return nil
	})
	if err := errors.Join(err, createTable(t, b), createTable(t, a)); err != nil {
		t.Error(err)
	}
}

func TestViewsBeyondReadersWait(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "x.db"), &sqlite.Options{Readers: 1})
	err := s.View(t.Context(), func(context.Context, *sql.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		err := s.View(ctx, func(context.Context, *sql.Tx) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second view of one = %v, want to wait until its context ends", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "sqlite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	s, err := sqlite.Open(context.Background(), filepath.Join(dir, "orders.db"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	err = s.View(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		var mode string
		err := tx.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
		fmt.Println("journal mode:", mode)
		return err
	})
	if err != nil {
		fmt.Println(err)
	}
	_, err = sqlite.Open(context.Background(), ":memory:", nil)
	fmt.Println(err)
	// Output:
	// journal mode: wal
	// sqlite: open :memory:: not a file name: there is no in-memory mode and no URI, tests use a file in t.TempDir()
}
