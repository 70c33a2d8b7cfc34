package order

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Code says what kind of error happened. Codes are stable: programs branch on
// them, transports carry them, and [errors.Is](err, code) holds for every
// [*Error] that has it.
type Code string

// The codes, with the meaning they have everywhere.
const (
	CodeInvalid               Code = "invalid_request"         // the request itself is wrong; see Problems
	CodeUnauthenticated       Code = "unauthenticated"         // the caller could not be identified
	CodeForbidden             Code = "forbidden"               // the caller is known and may not do this
	CodeNotFound              Code = "not_found"               // no such thing, or it belongs to another
	CodeIdempotencyKeyMissing Code = "idempotency_key_missing" // a write came without an idempotency key
	CodeIdempotencyKeyReused  Code = "idempotency_key_reused"  // the idempotency key stands for another request
	CodeInFlight              Code = "in_flight"               // the same request is being worked on; ask again
	CodePageChanged           Code = "page_changed"            // the merchant page differs from what the payer confirmed
	CodeNotOffered            Code = "not_offered"             // the component is not among this order's offers
	CodeConflict              Code = "conflict"                // the state does not allow this operation
	CodeExpired               Code = "expired"                 // the order, code or address is past its time
	CodeRefused               Code = "refused"                 // a rule of the merchant, acquirer or gateway says no
	CodeRevoked               Code = "revoked"                 // the code was taken back before its time
	CodeTooLarge              Code = "too_large"               // more bytes than the limit
	CodeRateLimited           Code = "rate_limited"            // too many requests of this caller: later, with the same key
	CodeUnavailable           Code = "unavailable"             // not now: nothing was decided, ask again with the same key
	CodeInternal              Code = "internal"                // a fault of the callee
)

// Error makes a Code usable as the target of [errors.Is].
func (c Code) Error() string { return string(c) }

// Retryable reports whether the same request, under the same idempotency key,
// may succeed later without being changed.
func (c Code) Retryable() bool {
	return c == CodeUnavailable || c == CodeInFlight || c == CodeRateLimited || c == CodeInternal
}

// A Problem is one thing that is wrong with a request.
type Problem struct {
	Path   string `json:"path"`   // where: a JSON Pointer (RFC 6901), "" is the whole message
	Detail string `json:"detail"` // what is wrong and what would be right
}

// Error is the error that crosses between roles. Code, Detail, Problems and
// RetryAfter are sent to the caller; Op and Err stay in the process.
type Error struct {
	Code     Code
	Op       string    // what was being done, for example "clearing.Place"; local
	Detail   string    // one sentence for the caller; carries no secret
	Problems []Problem // what is wrong with the request, each with its path
	Err      error     // the cause; local, may be nil
	// RetryAfter is how long to wait before asking again, where that may help;
	// 0 when the callee does not say. It crosses in whole seconds, rounded up.
	RetryAfter time.Duration
}

// Errorf makes an *Error with a formatted detail. A %w verb sets the cause,
// whose text then becomes part of the detail: wrap only what a caller may read.
func Errorf(code Code, op, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Op: op, Detail: err.Error(), Err: errors.Unwrap(err)}
}

// Error describes the error with everything that is known locally.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(string(e.Code))
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	for i, p := range e.Problems {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + p.String())
	}
	if e.Err != nil && !strings.Contains(e.Detail, e.Err.Error()) {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// String is the problem as one line: path, then detail.
func (p Problem) String() string {
	if p.Path == "" {
		return p.Detail
	}
	return p.Path + " " + p.Detail
}

// Unwrap makes the code and the cause visible to [errors.Is] and [errors.As].
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Err}
}

// CodeOf is the code of err: that of the first [*Error] or Code in its tree,
// [CodeInternal] for any other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if c, ok := err.(Code); ok {
		return c
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}
