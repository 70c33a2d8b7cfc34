package barcode

import (
	"context"
	"fmt"
	"strings"
)

// NotFoundError says that no code was seen in a picture. It is the everyday
// answer to a frame without a code, or with one too small, too blurred or cut.
type NotFoundError struct {
	Formats       []Format // what was looked for
	Width, Height int      // the picture's size in pixels
}

func (e *NotFoundError) Error() string {
	names := make([]string, len(e.Formats))
	for i, f := range e.Formats {
		names[i] = string(f)
	}
	return fmt.Sprintf("barcode: no code in a picture of %d×%d pixels; looked for %s",
		e.Width, e.Height, strings.Join(names, ", "))
}

// PictureError says that what was given is not a picture that can be read:
// nil, without pixels, of another file format, or cut short.
type PictureError struct {
	Problem string // what is wrong and what would be right
	Err     error  // the cause, or nil
}

func (e *PictureError) Error() string {
	if e.Err == nil {
		return "barcode: " + e.Problem
	}
	return fmt.Sprintf("barcode: %s: %v", e.Problem, e.Err)
}

// Unwrap gives the cause.
func (e *PictureError) Unwrap() error { return e.Err }

// LimitError says that a picture was refused because it asks for more work
// than is allowed.
type LimitError struct {
	What  string // "bytes", "pixels", "scans" (of a JPEG) or "finder patterns"
	Limit int64  // how many are allowed
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("barcode: picture refused: more than %d %s", e.Limit, e.What)
}

// FormatError says that Options.Formats names a format that is not read.
type FormatError struct {
	Format Format
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("barcode: format %q is not read; %q and %q are", string(e.Format), string(QR), string(Code128))
}

// EffortError says that Options.Effort is neither Still nor Frame.
type EffortError struct {
	Effort Effort
}

func (e *EffortError) Error() string {
	return fmt.Sprintf("barcode: effort %d is unknown; Still and Frame are known", int(e.Effort))
}

// ended gives the error of a call whose context has ended, or nil. It unwraps
// to the context's cause.
func ended(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("barcode: %w", context.Cause(ctx))
}
