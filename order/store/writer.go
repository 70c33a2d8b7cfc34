package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// maxGroup bounds how many requests share a commit, and with it how long the
// first of them waits for the last.
const maxGroup = 256

// Each member of a group runs under this savepoint. The name is one that no
// caller would choose for a savepoint of their own.
const (
	begin   = "SAVEPOINT anyscan_request"
	undo    = "ROLLBACK TO anyscan_request"
	release = "RELEASE anyscan_request"
)

// work is the writer: the one goroutine that begins and commits. It has a
// context of its own, because one caller who gives up must not take the others
// along.
func (s *Store) work() {
	defer close(s.stopped)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for r := range s.requests {
		s.group(ctx, r)
	}
}

// group commits r together with whoever else waits.
func (s *Store) group(ctx context.Context, r *request) {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		s.refuse(r, &BeginError{Err: err})
		return
	}
	var members []*request
	for more := true; more && r != nil; {
		members = append(members, r)
		if more, err = r.take(ctx, tx); more {
			r = s.next(len(members))
		}
	}
	if err == nil {
		err = tx.Commit()
	} else {
		_ = tx.Rollback() // it is lost already; this only frees the connection
	}
	s.answer(members, err)
}

// next returns a request that waits, or nil if none does or the group is full.
func (s *Store) next(members int) *request {
	if members >= maxGroup {
		return nil
	}
	select {
	case r := <-s.requests:
		return r
	default:
		return nil
	}
}

// refuse answers r and all who wait with err, so that they do not, one after
// another, wait for the same lock in vain.
func (s *Store) refuse(r *request, err error) {
	for n := 0; r != nil; n++ {
		r.outcome <- err
		r = s.next(n)
	}
}

// answer tells every member what became of it. A member that failed by itself
// also waits until here, and shares a failing commit: what it read, and based
// its error on, may have been undone with the group.
func (s *Store) answer(members []*request, err error) {
	if err == nil {
		s.commits.Add(1)
	}
	for _, r := range members {
		switch {
		case err != nil:
			r.outcome <- &CommitError{Err: err}
		case r.err != nil:
			r.outcome <- r.err
		default:
			s.done.Add(1)
			r.outcome <- nil
		}
	}
}

// take lets r run under its own savepoint and reports whether the transaction
// can take another. It returns an error only if the transaction itself is lost.
func (r *request) take(ctx context.Context, tx *sql.Tx) (more bool, err error) {
	if _, err := tx.ExecContext(ctx, begin); err != nil {
		return false, err
	}
	r.begun <- tx
	if r.err = <-r.ran; r.err == nil {
		_, r.err = tx.ExecContext(ctx, release)
	}
	if r.err == nil {
		return true, nil
	}
	if _, err := tx.ExecContext(ctx, undo); err != nil {
		// fn ended the transaction, or the database did, as SQLite does when
		// the disk is full.
		return false, fmt.Errorf("the transaction ended inside fn: %w", errors.Join(r.err, err))
	}
	// Rows of a write that fn left open keep the savepoint from being
	// released. They are undone, and the commit closes them.
	_, err = tx.ExecContext(ctx, release)
	return err == nil, nil
}
