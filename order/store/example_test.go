package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// openExample opens a store with a table of accounts in a temporary folder.
func openExample() (s *store.Store, closeAndRemove func()) {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	s, err = sqlite.Open(context.Background(), filepath.Join(dir, "shop.db"), nil)
	if err != nil {
		log.Fatal(err)
	}
	err = s.Migrate(context.Background(), "shop", fstest.MapFS{
		"0001_accounts.sql": {Data: []byte(`
			CREATE TABLE accounts (name TEXT PRIMARY KEY, cents BIGINT NOT NULL CHECK (cents >= 0));
			INSERT INTO accounts VALUES ('payer', 500), ('merchant', 0);`)},
	})
	if err != nil {
		log.Fatal(err)
	}
	return s, func() {
		s.Close()
		os.RemoveAll(dir)
	}
}

// move takes cents from one account and gives them to another.
func move(ctx context.Context, tx *sql.Tx, from, to string, cents int64) error {
	const add = `UPDATE accounts SET cents = cents + $1 WHERE name = $2`
	if _, err := tx.ExecContext(ctx, add, cents, to); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, add, -cents, from)
	return err
}

func ExampleStore_Do() {
	s, done := openExample()
	defer done()
	ctx := context.Background()

	for _, cents := range []int64{200, 900} {
		err := s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
			return move(ctx, tx, "payer", "merchant", cents)
		})
		fmt.Println(cents, "moved:", err == nil)
	}

	err := s.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var cents int64
		err := tx.QueryRowContext(ctx, `SELECT cents FROM accounts WHERE name = 'merchant'`).Scan(&cents)
		fmt.Println("merchant has", cents)
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// 200 moved: true
	// 900 moved: false
	// merchant has 200
}

func ExampleStore_View() {
	s, done := openExample()
	defer done()

	err := s.View(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		var total int64
		if err := tx.QueryRowContext(ctx, `SELECT sum(cents) FROM accounts`).Scan(&total); err != nil {
			return err
		}
		fmt.Println("total", total)
		_, err := tx.ExecContext(ctx, `DELETE FROM accounts`)
		return err
	})
	fmt.Println("wrote:", err == nil)
	// Output:
	// total 500
	// wrote: false
}

func ExampleStore_Migrate() {
	s, done := openExample()
	defer done()
	ctx := context.Background()

	films := fstest.MapFS{"0001_films.sql": {Data: []byte(`CREATE TABLE films (title TEXT)`)}}
	fmt.Println(s.Migrate(ctx, "films", films))

	films["0001_films.sql"].Data = []byte(`CREATE TABLE films (title TEXT, year BIGINT)`)
	err := s.Migrate(ctx, "films", films)
	fmt.Println(errors.Is(err, store.ErrMigrationChanged))
	fmt.Println(err)
	// Output:
	// <nil>
	// true
	// store: migration 0001_films.sql of "films": an applied migration has changed: restore it and add a new one
}

func ExampleAfterCommit() {
	s, done := openExample()
	defer done()

	err := s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		store.AfterCommit(ctx, func() { fmt.Println("it is on disk: wake the worker") })
		fmt.Println("not yet")
		return move(ctx, tx, "payer", "merchant", 1)
	})
	fmt.Println(err)
	// Output:
	// not yet
	// it is on disk: wake the worker
	// <nil>
}

func ExampleStore_Stats() {
	s, done := openExample()
	defer done()

	before := s.Stats()
	_ = s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		return move(ctx, tx, "payer", "merchant", 1)
	})
	after := s.Stats()
	fmt.Println(after.Requests-before.Requests, "request in", after.Commits-before.Commits, "commit")
	// Output: 1 request in 1 commit
}

func ExampleStore_Close() {
	s, done := openExample()
	defer done()

	fmt.Println(s.Close())
	err := s.Do(context.Background(), func(context.Context, *sql.Tx) error { return nil })
	fmt.Println(err)
	// Output:
	// <nil>
	// store: closed
}

// A package that brings a dialect makes two pools of its driver. The settings
// here are the least that SQLite needs; order/store/sqlite has them all.
func ExampleNew() {
	dir, err := os.MkdirTemp("", "store")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	name := "file:" + filepath.ToSlash(filepath.Join(dir, "own.db"))
	write, err := sql.Open("sqlite", name+"?_txlock=immediate&_journal_mode=wal&_synchronous=full")
	if err != nil {
		log.Fatal(err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", name+"?_query_only=1")
	if err != nil {
		log.Fatal(err)
	}

	s := store.New(write, read)
	defer s.Close()
	err = s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE t (id BIGINT)`)
		return err
	})
	fmt.Println(err)
	// Output: <nil>
}
