package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/anyscan/anyscan/order/store"
)

// Options are the settings of [Open] and [New]. The zero value of a field, and
// a nil *Options, stand for the defaults.
type Options struct {
	// Connections is how many transactions and views run at once; more wait.
	// It is not used by New, whose pool is the caller's. Default 16.
	Connections int
	// Limit is how long one transaction may take, and connecting where the DSN
	// sets no connect_timeout. Default 30 s.
	Limit time.Duration
	// LockWait is how long a statement waits for a lock that another
	// transaction holds. It is not used by New. Default 10 s.
	LockWait time.Duration
}

// An OpenError says why a database cannot be used as a store.
type OpenError struct {
	Database string // host and name, without user and password
	Err      error  // what went wrong, often the driver's error
}

func (e *OpenError) Error() string { return fmt.Sprintf("postgres: open %s: %v", e.Database, e.Err) }

// Unwrap returns what went wrong.
func (e *OpenError) Unwrap() error { return e.Err }

// Open connects to the database that dsn names, as a URL (postgres://…) or as
// key=value pairs; what it leaves out comes from libpq's environment variables,
// such as PGPASSWORD. It fails with an [*OpenError] if the database cannot keep
// what the package promises. ctx bounds the opening alone; closing the store
// closes the connections.
func Open(ctx context.Context, dsn string, opts *Options) (*store.Store, error) {
	o, err := withDefaults(opts)
	if err != nil {
		return nil, &OpenError{Database: "?", Err: err}
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		// The driver's error repeats the DSN, and with it perhaps the password.
		return nil, &OpenError{Database: "?", Err: errors.New("the DSN is neither a postgres:// URL nor key=value pairs, or a part of it has a bad value")}
	}
	limits(config, o)
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(o.Connections)
	db.SetMaxIdleConns(o.Connections)
	name := fmt.Sprintf("%s/%s", config.Host, config.Database)
	if err := check(ctx, db); err != nil {
		return nil, &OpenError{Database: name, Err: errors.Join(err, db.Close())}
	}
	return store.NewConcurrent(db, concurrent(o, db.Close)), nil
}

// New makes a store of a pool that the caller keeps: closing the store leaves it
// open. The pool must be of this package's driver (stdlib.OpenDB or
// sql.Open("pgx", …)) and should set statement_timeout, lock_timeout and
// idle_in_transaction_session_timeout; New checks the rest as [Open] does.
func New(ctx context.Context, db *sql.DB, opts *Options) (*store.Store, error) {
	o, err := withDefaults(opts)
	if err == nil {
		err = check(ctx, db)
	}
	if err != nil {
		return nil, &OpenError{Database: "the caller's pool", Err: err}
	}
	return store.NewConcurrent(db, concurrent(o, func() error { return nil })), nil
}

func withDefaults(opts *Options) (Options, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Connections < 0 || o.Limit < 0 || o.LockWait < 0 {
		return o, fmt.Errorf("Options are %+v: give 0 for the default, or more", o)
	}
	if o.Connections == 0 {
		o.Connections = 16
	}
	if o.Limit == 0 {
		o.Limit = 30 * time.Second
	}
	if o.LockWait == 0 {
		o.LockWait = 10 * time.Second
	}
	return o, nil
}

// limits makes the server give up what this process would give up, unless the
// DSN says otherwise.
func limits(config *pgx.ConnConfig, o Options) {
	defaults := map[string]time.Duration{
		"statement_timeout":                   o.Limit,
		"lock_timeout":                        o.LockWait,
		"idle_in_transaction_session_timeout": o.Limit,
	}
	for name, limit := range defaults {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = fmt.Sprint(max(limit.Milliseconds(), 1)) // 0 would be no limit
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = o.Limit
	}
}
