package store

import (
	"errors"
	"fmt"
)

// ErrClosed is returned by every method once [Store.Close] was called.
var ErrClosed = errors.New("store: closed")

// ErrNested is returned when fn calls the store that is running it. Waiting
// for itself would never end; fn uses the tx it was given instead.
var ErrNested = errors.New("store: called from within a Do or View of the same store: use the tx that fn was given")

// ErrMigrationChanged says that a migration which the database has applied is
// not the one this program carries. Applied migrations are never edited:
// restore the file and write a new one.
var ErrMigrationChanged = errors.New("an applied migration has changed: restore it and add a new one")

// ErrDatabaseNewer says that the database was migrated by a newer program.
// This one does not know what changed, so it refuses to touch the data.
var ErrDatabaseNewer = errors.New("the database was migrated by a newer program: run that one")

// ErrAborted says that fn returned nil although one of its statements had
// failed, on a database that undoes the whole transaction then. Nothing was
// done. It is a mistake in fn, which must return the statement's error.
var ErrAborted = errors.New("store: a statement failed and fn went on: the database undid the transaction; fn must return the error")

// A BeginError says that no transaction could begin, for example because
// another process held the database's write lock for too long. Nothing was
// done, so the request may be repeated.
type BeginError struct {
	Err error // the driver's error
}

func (e *BeginError) Error() string { return "store: no transaction could begin: " + e.Err.Error() }

// Unwrap returns the driver's error.
func (e *BeginError) Unwrap() error { return e.Err }

// A CommitError says that the transaction which a request shared was lost, or
// that the answer to its COMMIT was: the request's statements are either all
// done or all undone, and only the database knows which. Every member of the
// group gets it.
type CommitError struct {
	Err error // the driver's error
}

func (e *CommitError) Error() string {
	return "store: the commit failed, its outcome is unknown: " + e.Err.Error()
}

// Unwrap returns the driver's error.
func (e *CommitError) Unwrap() error { return e.Err }

// A ConflictError says that the database undid the transaction in favour of
// another one, because of a deadlock or since both could not be true. Nothing
// was done, so the request may be repeated.
type ConflictError struct {
	Err error // the driver's error, with what fn added
}

func (e *ConflictError) Error() string {
	return "store: undone in favour of another transaction: " + e.Err.Error()
}

// Unwrap returns the driver's error.
func (e *ConflictError) Unwrap() error { return e.Err }

// A PanicError says that fn panicked. Its statements were undone.
type PanicError struct {
	Value any    // what fn panicked with
	Stack []byte // where
}

func (e *PanicError) Error() string { return fmt.Sprintf("store: fn panicked: %v", e.Value) }

// Unwrap returns what fn panicked with if that is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// A MigrationError says which migration of which package could not be read,
// checked or applied.
type MigrationError struct {
	Name string // the package, as given to [Store.Migrate]
	File string // the migration's file name; empty if the error is about all of them
	Err  error  // the cause, for example [ErrMigrationChanged]
}

func (e *MigrationError) Error() string {
	if e.File == "" {
		return fmt.Sprintf("store: migrations of %q: %v", e.Name, e.Err)
	}
	return fmt.Sprintf("store: migration %s of %q: %v", e.File, e.Name, e.Err)
}

// Unwrap returns the cause.
func (e *MigrationError) Unwrap() error { return e.Err }
