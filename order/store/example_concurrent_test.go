package store_test

import (
	"database/sql"
	"errors"
	"log"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/anyscan/anyscan/order/store"
)

// A dialect of its own, here for a database that speaks PostgreSQL's protocol.
func ExampleNewConcurrent() {
	db, err := sql.Open("pgx", "host=db.example dbname=shop")
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
}
