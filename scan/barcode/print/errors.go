package print

import (
	"fmt"

	"github.com/anyscan/anyscan/scan/barcode"
)

// TextError says that a format cannot carry a text.
type TextError struct {
	Format  barcode.Format
	Problem string // what is wrong with the text and what would be right
}

func (e *TextError) Error() string {
	return fmt.Sprintf("print: %s: %s", string(e.Format), e.Problem)
}

// OptionError says that a field of Options is out of range.
type OptionError struct {
	Option  string // the field's name
	Problem string // what is wrong with it and what would be right
}

func (e *OptionError) Error() string {
	return fmt.Sprintf("print: Options.%s: %s", e.Option, e.Problem)
}

// ReadBackError says that a code was made, but that package barcode does not
// read the text from it. A larger Scale may help.
type ReadBackError struct {
	Format barcode.Format
	Err    error // what the reader said; nil where it read another text
}

func (e *ReadBackError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("print: the finished %s code reads as another text", string(e.Format))
	}
	return fmt.Sprintf("print: the finished %s code cannot be read: %v", string(e.Format), e.Err)
}

// Unwrap gives the reader's error.
func (e *ReadBackError) Unwrap() error { return e.Err }
