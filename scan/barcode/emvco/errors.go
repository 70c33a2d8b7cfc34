package emvco

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with a payload.
type Problem struct {
	Path   string // of the object, such as "62.05"; empty for the whole
	Offset int    // where the object begins in the text, or where a missing one might, in bytes
	Detail string // what is wrong and what would be right
}

// String is the problem as one line.
func (p Problem) String() string {
	if p.Path == "" {
		return fmt.Sprintf("at %d: %s", p.Offset, p.Detail)
	}
	return fmt.Sprintf("%s at %d: %s", p.Path, p.Offset, p.Detail)
}

// SyntaxError says that a text cannot be taken apart into objects, each once.
type SyntaxError struct {
	Problem
}

// Error is the problem.
func (e *SyntaxError) Error() string { return "emvco: " + e.Problem.String() }

// ChecksumError says that a text ends with the checksum of another: it was
// misread, cut or changed.
type ChecksumError struct {
	Offset   int    // where 63 begins
	Stated   string // what the text ends with
	Computed string // what is right for the text as it is
}

// Error names both checksums.
func (e *ChecksumError) Error() string {
	return fmt.Sprintf("emvco: 63 at %d: the checksum is %s, and %s would be right: the text was misread or changed", e.Offset, e.Stated, e.Computed)
}

// RulesError says that a payload does not keep to the specification.
type RulesError struct {
	Problems []Problem // all of them, at least one
}

// Error is every problem.
func (e *RulesError) Error() string {
	all := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		all[i] = p.String()
	}
	return "emvco: " + strings.Join(all, "; ")
}
