package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// prepare brings the file into WAL mode and makes sure that both pools keep
// what the package promises.
func prepare(ctx context.Context, write, read *sql.DB, o Options) error {
	if err := enableWAL(ctx, write, o.BusyTimeout); err != nil {
		return err
	}
	err := check(ctx, write, map[string]string{
		"journal_mode": "wal",
		"synchronous":  "2", // FULL
		"foreign_keys": "1",
		"busy_timeout": fmt.Sprint(o.BusyTimeout.Milliseconds()),
		"query_only":   "0",
		"temp_store":   "2", // MEMORY
	})
	if err != nil {
		return err
	}
	return check(ctx, read, map[string]string{"journal_mode": "wal", "query_only": "1"})
}

// enableWAL switches the file to WAL mode, which then is a property of the
// file. When several processes do that to a new file at once SQLite does not
// let them wait for each other, so they retry, for as long as a write would
// wait.
func enableWAL(ctx context.Context, db *sql.DB, timeout time.Duration) error {
	deadline := time.Now().Add(timeout)
	for {
		var mode string
		err := db.QueryRowContext(ctx, "PRAGMA journal_mode = wal").Scan(&mode)
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return fmt.Errorf("the file stays in journal mode %q and cannot be switched to wal", mode)
		case !busy(err):
			return err
		case time.Now().After(deadline):
			return fmt.Errorf("another process keeps the file locked: %w", err)
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// busy reports whether err is SQLITE_BUSY, in any of its variants.
func busy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && e.Code()&0xff == sqlite3.SQLITE_BUSY
}

// check makes sure that settings are in effect: SQLite ignores a PRAGMA that it
// does not know or cannot follow.
func check(ctx context.Context, db *sql.DB, settings map[string]string) error {
	for name, want := range settings {
		var got string
		if err := db.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("PRAGMA %s is %s and must be %s", name, got, want)
		}
	}
	return nil
}
