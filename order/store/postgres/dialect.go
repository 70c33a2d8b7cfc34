package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/anyscan/anyscan/order/store"
)

// What PostgreSQL calls the undoing of one transaction for another
// (its manual, appendix A).
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
)

func concurrent(o Options, closing func() error) store.Concurrent {
	return store.Concurrent{
		Dialect:   "postgres",
		Lock:      `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`,
		Unbounded: `SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0`,
		Limit:     o.Limit,
		Conflict:  conflict,
		Undone:    func(err error) bool { return errors.Is(err, pgx.ErrTxCommitRollback) },
		Close:     closing,
	}
}

func conflict(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == serializationFailure || e.Code == deadlockDetected)
}

// check makes sure that the database keeps what the package promises.
func check(ctx context.Context, db *sql.DB) error {
	var version int
	var standby bool
	var readOnly, encoding, fsync, commits string
	err := db.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int, pg_is_in_recovery(),
		current_setting('transaction_read_only'), current_setting('server_encoding'),
		current_setting('fsync'), current_setting('synchronous_commit')`).
		Scan(&version, &standby, &readOnly, &encoding, &fsync, &commits)
	switch {
	case err != nil:
		return err
	case version < 140000:
		return fmt.Errorf("the server is PostgreSQL %d.%d: 14 is the oldest that is supported", version/10000, version%10000)
	case standby || readOnly == "on":
		return errors.New("the server does not take writes: name the primary, for example with target_session_attrs=read-write")
	case encoding != "UTF8":
		return fmt.Errorf("the encoding of the database is %s: create it with UTF8", encoding)
	case fsync == "off":
		return errors.New("fsync is off: the server would lose acknowledged payments in a crash; switch it on")
	case commits == "off":
		return errors.New("synchronous_commit is off: the server would lose acknowledged payments in a crash; set it to local, on or more")
	}
	return nil
}
