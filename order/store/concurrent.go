package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"
)

// Concurrent is what a store knows of a database that runs transactions beside
// each other and groups their commits by itself, such as PostgreSQL. The
// package of the dialect fills it in; every field is required.
type Concurrent struct {
	// Dialect is the name by which migrations are chosen: on "postgres",
	// 0001_xxx.postgres.sql stands in for 0001_xxx.sql.
	Dialect string
	// Lock is the statement that waits until no other transaction holds the
	// text $1, and holds it until the end of its own.
	Lock string
	// Unbounded is the statement that takes the database's own time limits off
	// the transaction of a migration, which may rewrite a large table.
	Unbounded string
	// Limit is how long a transaction of Do may take. After it the connection is
	// given up, so that a network that went silent holds nobody for ever.
	Limit time.Duration
	// Conflict reports whether an error of a statement or of COMMIT says that
	// the transaction was undone because of another one, as in a deadlock.
	Conflict func(error) bool
	// Undone reports whether an error of COMMIT says that the transaction was
	// undone because a statement before had failed.
	Undone func(error) bool
	// Close ends what the store took over.
	Close func() error
}

// NewConcurrent makes a Store on which each Do is a transaction of its own,
// beside others, at the isolation READ COMMITTED: a statement sees what was
// committed when it began. What is read first and written later is protected by
// [Store.Lock]. It is for packages that bring a dialect; everyone else calls
// theirs.
func NewConcurrent(db *sql.DB, c Concurrent) *Store {
	return &Store{write: db, read: db, concurrent: &c, ended: make(chan struct{})}
}

// Dialect names the dialect of a store whose transactions run beside each
// other, such as "postgres", and is empty for the plain one with one writer,
// which is SQLite's. It is for the few statements that cannot be the same on
// both, such as FOR UPDATE SKIP LOCKED.
func (s *Store) Dialect() string {
	if s.concurrent == nil {
		return ""
	}
	return s.concurrent.Dialect
}

// Lock keeps all other transactions that lock one of the same keys waiting
// until this one ends. tx is the one that fn was given. Where writes may run
// beside each other, an fn that reads first and writes what follows from it
// locks its order's key before it reads. On a store with one writer, such as
// SQLite's, nothing runs beside it and Lock does nothing.
//
// Give all keys at once: they are taken in one order, so that two transactions
// never wait for each other. A key means the same in the whole database: begin
// it with the name of a table.
func (s *Store) Lock(ctx context.Context, tx *sql.Tx, keys ...string) error {
	if s.concurrent == nil {
		return nil
	}
	for _, key := range inOrder(keys) {
		if _, err := tx.ExecContext(ctx, s.concurrent.Lock, key); err != nil {
			return err
		}
	}
	return nil
}

// beside runs fn in a transaction of its own, which may take as long as the limit.
func (s *Store) beside(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
	return s.transact(ctx, func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.WithoutCancel(ctx), s.concurrent.Limit)
	}, fn)
}

// transact waits for a connection until ctx ends, and runs fn and commits until
// the span ends that begins then.
func (s *Store) transact(ctx context.Context, begins span, fn func(context.Context, *sql.Tx) error) error {
	t, err := s.begin(ctx, begins)
	if err != nil {
		return err
	}
	defer t.end()
	if ended := ctx.Err(); ended != nil { // while the transaction began
		return ended
	}
	sc := &scope{store: s, outer: scopeOf(ctx), writes: true}
	err = protect(sc.enter(t.ctx), t.tx, fn)
	if err == nil {
		err = s.committed(t.tx.Commit())
	}
	if err != nil {
		return s.conflicting(err)
	}
	s.commits.Add(1)
	s.done.Add(1)
	sc.committed()
	return nil
}

// A span makes the context of one transaction, when that begins.
type span func() (context.Context, context.CancelFunc)

// A turn is a transaction with the connection that it has for itself.
type turn struct {
	conn *sql.Conn
	tx   *sql.Tx
	ctx  context.Context
	stop context.CancelFunc
}

// end undoes what did not come to its commit, however fn ended.
func (t turn) end() {
	_ = t.tx.Rollback()
	t.stop()
	_ = t.conn.Close()
}

// begin takes a connection and begins. A connection that was idle while the
// database restarted shows only now that it is gone: another is tried once.
func (s *Store) begin(ctx context.Context, begins span) (turn, error) {
	for again := true; ; again = false {
		t, err := s.beginOnce(ctx, begins)
		switch {
		case err == nil:
			return t, nil
		case ctx.Err() != nil:
			return turn{}, ctx.Err()
		case !again:
			return turn{}, &BeginError{Err: err}
		}
	}
}

func (s *Store) beginOnce(ctx context.Context, begins span) (t turn, err error) {
	if t.conn, err = s.write.Conn(ctx); err != nil {
		return t, err
	}
	t.ctx, t.stop = begins()
	if t.tx, err = t.conn.BeginTx(t.ctx, nil); err != nil {
		t.stop()
		err = errors.Join(err, t.conn.Close())
	}
	return t, err
}

// committed says what an error of COMMIT means.
func (s *Store) committed(err error) error {
	switch {
	case err == nil || s.concurrent.Conflict(err):
		return err
	case s.concurrent.Undone(err):
		return ErrAborted
	}
	return &CommitError{Err: err}
}

// conflicting marks the errors after which fn may simply run again.
func (s *Store) conflicting(err error) error {
	if s.concurrent.Conflict(err) {
		return &ConflictError{Err: err}
	}
	return err
}

// inOrder returns the keys sorted, each once.
func inOrder(keys []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(keys)))
}
