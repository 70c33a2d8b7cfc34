package verify

import (
	"errors"
	"strconv"
	"strings"
)

// Reason says why one method did not accept an address. Methods return a
// *Reason as their error; Method is filled in for them.
type Reason struct {
	Method string // [Method.Name], or "address" where [Parse] refused
	Code   Code
	Detail string // one English sentence, for a log or a developer
	Err    error  // the cause, if there is one
}

func (r *Reason) Error() string {
	text := r.Detail + " (" + string(r.Code) + ")"
	if r.Method == "" { // nobody has filled it in yet
		return text
	}
	return r.Method + ": " + text
}

// Unwrap returns the cause.
func (r *Reason) Unwrap() error { return r.Err }

// RejectedError is the refusal to open an address. Whatever the reasons are,
// it means: do not open it.
type RejectedError struct {
	Input   string   // the address as read, quoted in printable ASCII, cut if long
	Reasons []Reason // at least one
}

// Reject makes a [*RejectedError] for raw. It is for those who write a
// [Verifier]; without a reason the code is [CodeUndecided].
func Reject(raw string, reasons ...Reason) *RejectedError {
	if len(reasons) == 0 {
		reasons = []Reason{{Code: CodeUndecided, Detail: CodeUndecided.sentence()}}
	}
	return &RejectedError{Input: quote(raw), Reasons: reasons}
}

func (e *RejectedError) Error() string {
	text := make([]string, len(e.Reasons))
	for i := range e.Reasons {
		text[i] = e.Reasons[i].Error()
	}
	return "verify: " + e.Input + " is refused: " + strings.Join(text, "; ")
}

// Unwrap returns the reasons, so that errors.As finds an [*AddressError] and
// errors.Is a cancelled context.
func (e *RejectedError) Unwrap() []error {
	all := make([]error, len(e.Reasons))
	for i := range e.Reasons {
		all[i] = &e.Reasons[i]
	}
	return all
}

// ArgumentError says what is wrong with an argument: a rule, a key, a method.
type ArgumentError struct {
	Argument string // what it is, such as "rule"
	Index    int    // its position in the list, or -1 where there is no list
	Value    string // the argument, quoted and cut; may be empty
	Problem  string // what is wrong and what would be right
}

const noneGiven = "none given; at least one is needed"

func argumentError(argument, problem string) error {
	return &ArgumentError{Argument: argument, Index: -1, Problem: problem}
}

func (e *ArgumentError) Error() string {
	where := e.Argument
	if e.Index >= 0 {
		where += " " + strconv.Itoa(e.Index)
	}
	if e.Value != "" {
		where += " " + e.Value
	}
	return "verify: " + where + ": " + e.Problem
}

// quote makes untrusted text safe for a log line or a terminal.
func quote(s string) string {
	const most = 128
	if len(s) > most {
		return strconv.QuoteToASCII(s[:most]) + "..."
	}
	return strconv.QuoteToASCII(s)
}

// refuse is the error of our own methods.
func refuse(c Code) error { return &Reason{Code: c, Detail: c.sentence()} }

// addressReason is the refusal of the grammar.
func addressReason(err *AddressError) Reason {
	return Reason{Method: "address", Code: err.Code, Detail: err.detail(), Err: err}
}

// asReason turns any error of a method into a refusal. A cause that the
// method did not word itself stays out of the text.
func asReason(method string, err error) Reason {
	r, ok := errors.AsType[*Reason](err)
	if !ok || r == nil {
		return Reason{Method: method, Code: CodeUndecided, Detail: CodeUndecided.sentence(), Err: err}
	}
	own := *r
	own.Method = method
	return own
}
