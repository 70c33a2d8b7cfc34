package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
)

// A Store is one database. It is opened by the package of a dialect, such as
// order/store/sqlite, and closed with [Store.Close].
type Store struct {
	write *sql.DB
	read  *sql.DB

	concurrent *Concurrent // nil for one writer, which has the next two

	requests chan *request // unbuffered: a request waits at its own Do
	stopped  chan struct{} // closed when the writer has ended

	mu      sync.Mutex     // guards closed, and pending.Add against Wait
	closed  bool           // no Do or View may enter any more
	pending sync.WaitGroup // the Dos and Views that entered
	ended   chan struct{}  // closed when all is closed
	err     error          // what Close returns, once ended

	commits, done atomic.Int64
}

// New makes a Store of two connection pools to the same database and takes
// them over: [Store.Close] closes them. It is for packages that bring a
// dialect; everyone else calls theirs.
//
// A transaction begun on write takes the database's write lock at once and
// waits for it a bounded time; write needs one connection, on which the end of
// a context must not stop a statement that already runs, since that would undo
// the whole group. Transactions on read must see one snapshot and refuse to
// write. Both run SQL with $1 placeholders and know SAVEPOINT, ROLLBACK TO and
// RELEASE.
func New(write, read *sql.DB) *Store {
	s := &Store{
		write:    write,
		read:     read,
		requests: make(chan *request),
		stopped:  make(chan struct{}),
		ended:    make(chan struct{}),
	}
	go s.work()
	return s
}

// Close lets the requests and views that already wait or run finish, refuses
// later ones with [ErrClosed], and closes the database. It may be called more
// than once and from several goroutines; each call returns, with the same
// result, once all is closed. It must not be called from within a Do or View,
// for which it would wait forever.
func (s *Store) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if first {
		s.pending.Wait()
		s.err = s.end()
		close(s.ended)
	}
	<-s.ended
	return s.err
}

// end closes what is left when nothing runs any more.
func (s *Store) end() error {
	if s.concurrent != nil {
		return s.concurrent.Close()
	}
	close(s.requests)
	<-s.stopped
	return errors.Join(s.read.Close(), s.write.Close())
}

// Stats counts what a store has done since it was opened.
type Stats struct {
	Commits  int64 // transactions committed
	Requests int64 // requests of Do whose statements they carried
}

// Stats returns the counts so far. Requests divided by Commits says how many
// requests shared a disk flush.
func (s *Store) Stats() Stats {
	return Stats{Commits: s.commits.Load(), Requests: s.done.Load()}
}

// enter admits one Do or View; the caller leaves with pending.Done.
func (s *Store) enter(ctx context.Context) error {
	if running(ctx, s) {
		return ErrNested
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.pending.Add(1)
	return nil
}
