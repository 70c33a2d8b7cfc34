package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/anyscan/anyscan/order"
)

const (
	problemMedia = "application/problem+json"
	problemLimit = 64 << 10 // bytes of an error that a client reads

	// problemType is the type of every problem of ours: where its codes are
	// explained. It is a name that peers compare, so it stays as it is even if
	// the documentation moves.
	problemType = "https://pkg.go.dev/github.com/anyscan/anyscan/order#Code"
)

// problem is an error on the wire (RFC 9457).
type problem struct {
	Type      string          `json:"type"` // problemType; the code says which kind of error
	Title     string          `json:"title"`
	Status    int             `json:"status"`
	Detail    string          `json:"detail,omitempty"`
	Code      order.Code      `json:"code"`
	Retryable bool            `json:"retryable"`
	Problems  []order.Problem `json:"problems,omitempty"`
}

// WriteError sends err as problem+json (RFC 9457) with the status of its code:
//
//	400  invalid_request, idempotency_key_missing  413  too_large
//	401  unauthenticated                           422  idempotency_key_reused, refused
//	403  forbidden                                 429  rate_limited
//	404  not_found                                 500  internal
//	409  conflict, in_flight,                      503  unavailable
//	     page_changed, not_offered
//	410  expired, revoked
//
// The type of every problem is the address of [order.Code] on pkg.go.dev, and
// its member code is the code: together they are stable, and programs branch on
// them alone.
//
// Only what an *[order.Error] holds for its caller is sent: its code, detail and
// problems. Any other error is [order.CodeInternal], or [order.CodeUnavailable]
// when r or something it waited for was canceled or ran out of time. Neither
// these nor any other internal error says more than its code.
//
// Where asking again may help, the header Retry-After says after how many
// seconds: as the error's RetryAfter has it, rounded up, else 1.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	p := newProblem(r.Context(), err)
	if seconds := retryAfter(p.Code, err); seconds != "" {
		w.Header().Set("Retry-After", seconds)
	}
	if p.Code == order.CodeUnauthenticated {
		w.Header().Set("WWW-Authenticate", "Signature") // RFC 9110 section 15.5.2 demands one
	}
	body, _ := marshal(p) // strings and numbers always marshal
	render(w, p.Status, problemMedia, body)
}

func newProblem(ctx context.Context, err error) problem {
	p := problem{Code: order.CodeInternal}
	e, ok := errors.AsType[*order.Error](err)
	switch {
	case ok && e != nil && known(e.Code):
		p.Code = e.Code
	case !ok && (ctx.Err() != nil || isContext(err)):
		p.Code = order.CodeUnavailable
	}
	if ok && p.Code != order.CodeInternal { // a fault of ours is nothing a caller can act on
		p.Detail, p.Problems = e.Detail, e.Problems
	}
	p.Type = problemType
	p.Status, p.Title = status(p.Code)
	p.Retryable = p.Code.Retryable()
	return p
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// ReadError makes the *[order.Error] of an answer that is one, and is nil when
// the status is 2xx.
//
// A newer peer may send a code that this version does not know. The error then
// has the known code that comes closest: [order.CodeUnavailable] if the peer says
// that asking again may help, else the one of the status. The peer's own code is
// the cause, so that [errors.Is] finds it.
//
// An answer that did not come from a peer of ours, such as a proxy's page, is
// [order.CodeUnavailable] for 502, 503 and 504 and [order.CodeInternal] for every
// other status: what it says about the request is not to be believed.
//
// RetryAfter is what the header Retry-After asks for, in seconds or as a date
// (RFC 9110 section 10.2.3), a day at most.
//
// At most 64 KiB are read; the body is not closed.
func ReadError(resp *http.Response) error {
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return nil
	}
	const op = "wire.ReadError"
	p, err := readProblem(resp)
	switch {
	case err == nil && known(p.Code):
		return &order.Error{Code: p.Code, Op: op, Detail: p.Detail, Problems: p.Problems, RetryAfter: readRetryAfter(resp.Header)}
	case err == nil && p.Type == problemType && isCode(p.Code):
		return &order.Error{Code: p.closest(resp.StatusCode), Op: op, Detail: p.Detail, Problems: p.Problems, Err: p.Code,
			RetryAfter: readRetryAfter(resp.Header)}
	}
	return &order.Error{
		Code: foreign(resp.StatusCode), Op: op, Err: err, RetryAfter: readRetryAfter(resp.Header),
		Detail: fmt.Sprintf("the answer has status %d and is no problem of ours", resp.StatusCode),
	}
}

// closest is the known code for a problem with a code that is not known.
func (p problem) closest(status int) order.Code {
	if p.Retryable {
		return order.CodeUnavailable
	}
	return codeOf(status)
}

func readProblem(resp *http.Response) (p problem, err error) {
	if err := checkMedia(resp.Header, problemMedia); err != nil {
		return p, err
	}
	data, err := readBody(resp.Body, problemLimit)
	if err == nil {
		err = decode(data, &p, reportRules)
	}
	return p, err
}

// foreign is the code of an answer that no peer of ours made.
func foreign(status int) order.Code {
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return order.CodeUnavailable
	}
	return order.CodeInternal
}
