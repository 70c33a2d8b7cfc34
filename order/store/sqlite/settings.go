package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dsns name the file for the two pools, as a URI so that any character may be
// part of it, with the settings that every connection needs. Those of SQLite
// itself are PRAGMAs, in the words that other drivers take as well: what a power
// cut leaves of the file is tried with one that lets a test be the disk.
func dsns(file string, o Options) (write, read string) {
	name := filepath.ToSlash(file)
	if !strings.HasPrefix(name, "/") { // C:/…
		name = "/" + name
	}
	u := url.URL{Scheme: "file", Path: name}
	both := fmt.Sprintf("%s?mode=rw&_pragma=busy_timeout(%d)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_defensive=1&_dqs=0",
		u.String(), o.BusyTimeout.Milliseconds())
	return both + "&_txlock=immediate&_pragma=temp_store(memory)", both + "&_pragma=query_only(1)"
}

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
