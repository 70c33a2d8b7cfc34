package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// files makes a file system of name, text pairs.
func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

// twoSteps fails if any of its statements runs twice.
func twoSteps() fs.FS {
	return files(
		"0001_books.sql", `CREATE TABLE books (id BIGINT PRIMARY KEY, title TEXT NOT NULL); INSERT INTO books VALUES (1, 'a');`,
		"0002_price.sql", `ALTER TABLE books ADD COLUMN price BIGINT NOT NULL DEFAULT 0; INSERT INTO books VALUES (2, 'b', 100);`,
	)
}

func count(t *testing.T, s *store.Store, query string) (n int) {
	t.Helper()
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, query).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestMigrateAppliesEachFileOnce(t *testing.T) {
	s := open(t, "")
	first := fs.FS(files("0001_books.sql", string(twoSteps().(fstest.MapFS)["0001_books.sql"].Data)))
	for _, fsys := range []fs.FS{first, first, twoSteps(), twoSteps()} {
		if err := s.Migrate(t.Context(), "books", fsys); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, s, `SELECT sum(price) + count(*) FROM books`); n != 102 {
		t.Errorf("books = %d, want 102", n)
	}
}

func TestMigratePackagesShareADatabase(t *testing.T) {
	s := open(t, "")
	other := files("0001_films.sql", `CREATE TABLE films (id BIGINT PRIMARY KEY)`)
	if err := errors.Join(s.Migrate(t.Context(), "books", twoSteps()), s.Migrate(t.Context(), "films", other)); err != nil {
		t.Fatal(err)
	}
	if n := count(t, s, `SELECT count(*) FROM store_migrations`); n != 3 {
		t.Errorf("%d migrations recorded, want 3", n)
	}
}

func TestMigrateRefuses(t *testing.T) {
	const one, two = `CREATE TABLE t1 (id BIGINT)`, `CREATE TABLE t2 (id BIGINT)`
	applied := files("0001_one.sql", one, "0002_two.sql", two)
	tests := map[string]struct {
		fsys fs.FS
		file string // that the error names
		is   error
	}{
		"an edited file":      {files("0001_one.sql", one+" ", "0002_two.sql", two), "0001_one.sql", store.ErrMigrationChanged},
		"an older program":    {files("0001_one.sql", one), "", store.ErrDatabaseNewer},
		"no files":            {files("readme.txt", ""), "", nil},
		"a folder too many":   {files("migrations/0001_one.sql", one), "", nil},
		"a gap":               {files("0001_one.sql", one, "0003_two.sql", two), "0003_two.sql", nil},
		"a number twice":      {files("0001_one.sql", one, "0001_two.sql", two), "0001_two.sql", nil},
		"a file not numbered": {files("0001_one.sql", one, "two.sql", two), "two.sql", nil},
		"bad SQL":             {files("0001_one.sql", one, "0002_two.sql", two, "0003_bad.sql", "CREATE TABLE t3 (id BIGINT); CREATE TABEL"), "0003_bad.sql", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := open(t, "")
			if err := s.Migrate(t.Context(), "books", applied); err != nil {
				t.Fatal(err)
			}
			err := s.Migrate(t.Context(), "books", test.fsys)
			m, ok := errors.AsType[*store.MigrationError](err)
			if !ok || m.Name != "books" || m.File != test.file || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("Migrate = %v, want a MigrationError about %q, %v", err, test.file, test.is)
			}
			if n := count(t, s, `SELECT count(*) FROM sqlite_schema WHERE name = 't3'`); n != 0 {
				t.Error("a failed migration left something behind")
			}
			if n := count(t, s, `SELECT count(*) FROM store_migrations`); n != 2 {
				t.Errorf("%d migrations recorded, want 2", n)
			}
		})
	}
	s := open(t, "")
	if err := s.Migrate(t.Context(), "", applied); err == nil {
		t.Error("Migrate accepted an empty name")
	}
}

func TestMigrateReportsAFileThatCommits(t *testing.T) {
	s := open(t, "")
	err := s.Migrate(t.Context(), "books", files("0001_bad.sql", "COMMIT"))
	if _, ok := errors.AsType[*store.CommitError](err); !ok {
		t.Errorf("Migrate = %v, want a CommitError", err)
	}
}

func TestMigrateIgnoresLineEnds(t *testing.T) {
	s := open(t, "")
	unix, windows := files("0001_a.sql", "CREATE TABLE a\n(id BIGINT);\n"), files("0001_a.sql", "CREATE TABLE a\r\n(id BIGINT);\r\n")
	if err := errors.Join(s.Migrate(t.Context(), "a", unix), s.Migrate(t.Context(), "a", windows)); err != nil {
		t.Error(err)
	}
}

func TestMigrateWithinDoIsRefused(t *testing.T) {
	s := open(t, "")
	err := s.Do(t.Context(), func(ctx context.Context, _ *sql.Tx) error {
		return s.Migrate(ctx, "books", twoSteps())
	})
	if !errors.Is(err, store.ErrNested) {
		t.Errorf("Migrate within Do = %v, want ErrNested", err)
	}
}

// start is what a program does first: it opens the file and migrates.
func start(ctx context.Context, path string) error {
	s, err := sqlite.Open(ctx, path, nil)
	if err != nil {
		return err
	}
	return errors.Join(s.Migrate(ctx, "books", twoSteps()), s.Close())
}

func TestHandlesMayStartAtOnce(t *testing.T) {
	for range 5 {
		path := filepath.Join(t.TempDir(), "new.db")
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := start(t.Context(), path); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

func TestProcessesMayStartAtOnce(t *testing.T) {
	for range 3 {
		path := filepath.Join(t.TempDir(), "new.db")
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if out, err := child(t, "start", path).CombinedOutput(); err != nil {
					t.Errorf("a process could not start: %v\n%s", err, out)
				}
			})
		}
		wg.Wait()
		s := open(t, path)
		if n := count(t, s, `SELECT count(*) FROM books`); n != 2 {
			t.Errorf("%d books, want 2", n)
		}
	}
}

func childStart(path string) {
	if err := start(context.Background(), path); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}
