package reconcile

import (
	"errors"
	"fmt"
)

// What errors of this package wrap.
var (
	// ErrFormat is a file that is not written as this package writes it.
	ErrFormat = errors.New("reconcile: not a clearing file as it should be")
	// ErrTotals is a file whose sums or counts are not those of its entries, or an
	// amount that is more than one can hold.
	ErrTotals = errors.New("reconcile: the sums do not fit")
	// ErrSignature is a file that was changed, or that nobody whose key is known has
	// signed.
	ErrSignature = errors.New("reconcile: the signature does not prove the file")
	// ErrTooLarge is more than the limit of entries, of a line's bytes, or of what a
	// match may keep in memory.
	ErrTooLarge = errors.New("reconcile: more than the limit")
)

// FileError says where a clearing file is wrong, or what a writer of one was
// given. It wraps [ErrFormat], [ErrTotals], [ErrSignature], [ErrTooLarge], or what
// the reader of the bytes said.
type FileError struct {
	Line   int    // from 1; 0 for an entry or header that was to be written
	Column string // of CSV, the member of JSON, or the name of a header record; "" for the whole line
	Err    error  // what is wrong and what would be right
}

// Error tells place and cause.
func (e *FileError) Error() string {
	text := ""
	if e.Line > 0 {
		text = fmt.Sprintf("line %d: ", e.Line)
	}
	if e.Column != "" {
		text += e.Column + ": "
	}
	return text + e.Err.Error()
}

// Unwrap is the cause.
func (e *FileError) Unwrap() error { return e.Err }

func syntax(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrFormat, fmt.Errorf(format, args...))
}
