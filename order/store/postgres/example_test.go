package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

// takePot reads and relies on what it read when it writes, so it locks first.
func takePot(ctx context.Context, st *store.Store) error {
	return st.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := st.Lock(ctx, tx, "shelves A1"); err != nil {
			return err
		}
		var pots int
		err := tx.QueryRowContext(ctx, `SELECT pots FROM shelves WHERE id = 'A1'`).Scan(&pots)
		if err == nil && pots > 0 {
			_, err = tx.ExecContext(ctx, `UPDATE shelves SET pots = $1 WHERE id = 'A1'`, pots-1)
		}
		return err
	})
}

// A program opens the database by its DSN; the password comes from PGPASSWORD.
// Here nobody is at home.
func ExampleOpen() {
	ctx := context.Background()
	st, err := postgres.Open(ctx, "host=/nowhere dbname=shop", nil)
	if e, ok := errors.AsType[*postgres.OpenError](err); ok {
		fmt.Println("cannot be used:", e.Database)
		return
	}
	defer st.Close()
	if err := takePot(ctx, st); err != nil {
		log.Print(err)
	}
	// Output: cannot be used: /nowhere/shop
}

// A program that has a pool shares it: its tables and ours change together. Here
// its server is not at home.
func ExampleNew() {
	ctx := context.Background()
	config, err := pgx.ParseConfig("host=/nowhere dbname=shop")
	if err != nil {
		log.Fatal(err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()

	st, err := postgres.New(ctx, db, nil)
	if e, ok := errors.AsType[*postgres.OpenError](err); ok {
		fmt.Println("cannot be used:", e.Database)
		return
	}
	defer st.Close() // leaves db open
	if err := takePot(ctx, st); err != nil {
		log.Print(err)
	}
	// Output: cannot be used: the caller's pool
}
