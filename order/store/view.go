package store

import (
	"context"
	"database/sql"
)

// View runs fn inside a read-only transaction that sees one snapshot: what was
// committed when its first statement ran. Writers do not wait for it, nor it
// for them. It ends with ctx. A panic of fn becomes a [*PanicError]; calling
// the store with fn's ctx is refused with [ErrNested].
//
// An old snapshot keeps the database from reusing space, so fn is short.
func (s *Store) View(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.pending.Done()
	if s.concurrent != nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.concurrent.Limit)
		defer cancel()
	}
	tx, err := s.read.BeginTx(ctx, s.snapshot())
	if err != nil {
		return &BeginError{Err: err}
	}
	defer tx.Rollback()
	sc := &scope{store: s, outer: scopeOf(ctx)}
	return protect(sc.enter(ctx), tx, fn)
}

// snapshot asks for one snapshot, where that is not how the database reads anyway.
func (s *Store) snapshot() *sql.TxOptions {
	o := &sql.TxOptions{ReadOnly: true}
	if s.concurrent != nil {
		o.Isolation = sql.LevelRepeatableRead
	}
	return o
}
