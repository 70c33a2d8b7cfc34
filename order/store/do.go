package store

import (
	"context"
	"database/sql"
	"errors"
	"runtime/debug"
)

// Do runs fn inside a transaction, which where there is one writer it may share
// with other requests, and returns once that transaction is committed: nil
// means that what fn did is on disk.
//
// If fn returns an error or panics, its statements alone are undone and Do
// returns that error, or a [*PanicError]. If the commit fails, every request
// of the group gets a [*CommitError]. On a server database, fn may also be
// undone in favour of another transaction: a [*ConflictError].
//
// If ctx ends before fn runs, Do returns ctx.Err() and fn never runs. Once fn
// has started, Do waits for the commit even if ctx ends, because returning
// earlier would leave the outcome unknown; fn's own ctx therefore carries the
// values of ctx but does not end with it. On a server database it ends after a
// limit of the store, because a network may go silent for ever.
//
// What fn reads and then relies on when it writes, it protects with
// [Store.Lock]. A statement that fails may end the transaction: fn returns the
// error and does not go on, and writes INSERT … ON CONFLICT where it expects a
// row to be there.
//
// fn does database work only, through tx and on its own goroutine, and keeps
// it short. It must not call tx.Commit or tx.Rollback, nor keep tx; calling
// the store with fn's ctx is refused with [ErrNested]. It must close the
// *sql.Rows it opens.
func (s *Store) Do(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.pending.Done()
	if s.concurrent != nil {
		return s.beside(ctx, fn)
	}
	return s.grouped(ctx, fn)
}

// grouped hands fn to the one writer.
func (s *Store) grouped(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
	r := &request{
		begun:   make(chan *sql.Tx),
		ran:     make(chan error),
		outcome: make(chan error, 1),
	}
	select {
	case s.requests <- r:
	case <-ctx.Done():
		return ctx.Err()
	}
	return s.finish(ctx, r, fn)
}

// finish runs an accepted request when its turn comes and returns its outcome.
func (s *Store) finish(ctx context.Context, r *request, fn func(context.Context, *sql.Tx) error) error {
	select {
	case err := <-r.outcome: // its turn never came
		return err
	case tx := <-r.begun:
		sc := &scope{store: s, outer: scopeOf(ctx), writes: true}
		r.run(ctx, sc, tx, fn)
		err := <-r.outcome
		if err == nil {
			sc.committed()
		}
		return err
	}
}

// A request is one Do on its way through the writer. fn runs on the goroutine
// of its caller, between begun and ran, so that its stack, its panics and even
// its runtime.Goexit are the caller's own.
type request struct {
	begun   chan *sql.Tx // the writer says: run now
	ran     chan error   // the caller says: fn returned
	outcome chan error   // the writer says: this is what became of it
	err     error        // the writer's note of what ran said
}

// run calls fn and reports how it ended, however it ends.
func (r *request) run(ctx context.Context, sc *scope, tx *sql.Tx, fn func(context.Context, *sql.Tx) error) {
	err := errors.New("store: fn ended its goroutine") // stays if it does
	defer func() { r.ran <- err }()
	if ended := ctx.Err(); ended != nil { // while the transaction began
		err = ended
		return
	}
	err = protect(sc.enter(context.WithoutCancel(ctx)), tx, fn)
}

// protect calls fn and turns a panic into an error.
func protect(ctx context.Context, tx *sql.Tx, fn func(context.Context, *sql.Tx) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return fn(ctx, tx)
}
