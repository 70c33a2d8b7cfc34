package program

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// OpenStore opens the store that -db names: a PostgreSQL database by its
// address, or a SQLite file by its path.
func OpenStore(ctx context.Context, db string) (*store.Store, error) {
	if IsDSN(db) {
		return postgres.Open(ctx, db, nil)
	}
	return sqlite.Open(ctx, db, nil)
}

// CheckDB wants the path of a SQLite file for -db, or the address of a PostgreSQL
// database without its password: the command line and the configuration are no
// places for secrets. What else it may be is not printed.
func CheckDB(db string) error {
	switch {
	case strings.TrimSpace(db) == "":
		return errors.New("-db is empty: want the path of a SQLite file, or the address of a PostgreSQL database")
	case !IsDSN(db):
		return nil
	case !isPostgres(db):
		return errors.New("-db is the address of something else: want postgres://host/name, or key=value pairs such as host=db.example dbname=name")
	case hasPassword(db):
		return errors.New("-db holds a password: leave it out and set PGPASSWORD, or name a file with PGPASSFILE")
	}
	return nil
}

// IsDSN tells the address of a database from a path.
func IsDSN(s string) bool {
	return strings.Contains(s, "://") || strings.Contains(s, "host=") || strings.Contains(s, "dbname=")
}

func isPostgres(dsn string) bool {
	scheme, _, isURL := strings.Cut(dsn, "://")
	return !isURL || scheme == "postgres" || scheme == "postgresql"
}

// hasPassword says yes where it is not sure.
func hasPassword(dsn string) bool {
	if !strings.Contains(dsn, "://") {
		return strings.Contains(dsn, "password")
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return true
	}
	_, set := u.User.Password()
	return set || strings.Contains(u.RawQuery, "password")
}
