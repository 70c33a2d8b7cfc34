package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/anyscan/anyscan/order/store"
)

// A dialect of its own, here for a database that speaks PostgreSQL's protocol and
// is not at home.
func ExampleNewConcurrent() {
	db, err := sql.Open("pgx", "host=/nowhere dbname=shop")
	if err != nil {
		log.Fatal(err)
	}
	s := store.NewConcurrent(db, store.Concurrent{
		Dialect:   "postgres",
		Lock:      `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`,
		Unbounded: `SET LOCAL statement_timeout = 0`,
		Limit:     time.Minute,
		Conflict: func(err error) bool {
			e, ok := errors.AsType[*pgconn.PgError](err)
			return ok && e.Code == "40001"
		},
		Undone: func(err error) bool { return errors.Is(err, pgx.ErrTxCommitRollback) },
		Close:  db.Close,
	})
	defer s.Close()

	err = s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE shelves SET pots = pots - 1`)
		return err
	})
	if _, ok := errors.AsType[*store.BeginError](err); ok {
		fmt.Println("nothing was done: the request may be repeated")
	}
	// Output: nothing was done: the request may be repeated
}
