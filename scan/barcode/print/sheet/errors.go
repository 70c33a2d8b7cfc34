package sheet

import "fmt"

// ContentError says that a field of Content cannot be set.
type ContentError struct {
	Field   string // the field's name, with its index where it has one
	Problem string // what is wrong with it and what would be right
}

func (e *ContentError) Error() string {
	return fmt.Sprintf("sheet: Content.%s: %s", e.Field, e.Problem)
}

// CodeError says that a code does not do on a sheet.
type CodeError struct {
	Problem string // what is wrong with it and what would be right
	Err     error  // what the reader said of the finished sheet, or nil
}

func (e *CodeError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("sheet: the code %s: %v", e.Problem, e.Err)
	}
	return "sheet: the code " + e.Problem
}

// Unwrap gives the reader's error.
func (e *CodeError) Unwrap() error { return e.Err }
