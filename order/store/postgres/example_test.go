package postgres_test

import (
	"context"
	"database/sql"
	"log"
	"os"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/anyscan/anyscan/order/store/postgres"
)

// A program of its own opens the database by its DSN.
func ExampleOpen() {
	ctx := context.Background()
	st, err := postgres.Open(ctx, os.Getenv("DATABASE_URL"), nil)
	if err != nil {
		log.Fatal(err)
	}
	defer st.Close()

	err = st.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := st.Lock(ctx, tx, "shelves A1"); err != nil { // before reading
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE shelves SET pots = pots - 1 WHERE id = 'A1' AND pots > 0`)
		return err
	})
	if err != nil {
		log.Print(err)
	}
}

// A program that has a pool shares it: its tables and ours change together.
func ExampleNew() {
	config, err := pgx.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	db := stdlib.OpenDB(*config)
	defer db.Close()

	st, err := postgres.New(context.Background(), db, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer st.Close() // leaves db open
}
