package web

import (
	"errors"
	"maps"
	"net/http"
	"strings"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// Remedy is what an error page offers to do.
type Remedy struct {
	Again  string  // address that the form with Fields is posted to again
	Fields []Field // hidden
	Leads  string  // origin that the answer to the form may send a browser on to, beside ours; "" for none
	Back   string  // address of a page to go back to
}

// Fail answers with the error, as problem+json or as a page without a remedy.
func (s *Site) Fail(w http.ResponseWriter, r *http.Request, err error) {
	s.FailWith(w, r, err, Remedy{})
}

// FailProgram answers with the error as problem+json, whatever the request
// accepts.
func (s *Site) FailProgram(w http.ResponseWriter, r *http.Request, err error) {
	s.note(r, err)
	wire.WriteError(w, r, err)
}

// FailWith answers with the error and says what the payer can do.
func (s *Site) FailWith(w http.ResponseWriter, r *http.Request, err error, m Remedy) {
	if PrefersJSON(r) {
		s.FailProgram(w, r, err)
		return
	}
	s.note(r, err)
	s.page(w, r, err, m)
}

// page answers a person with the error.
func (s *Site) page(w http.ResponseWriter, r *http.Request, err error, m Remedy) {
	status, headers := head(r, err)
	maps.Copy(w.Header(), headers)
	f := newFailure(r, err, m)
	p := Page{Template: "error", Title: f.Heading, Data: f}
	if m.Again != "" {
		p.Forms = append([]string{"'self'"}, strings.Fields(m.Leads)...)
	}
	s.Render(w, r, status, p)
}

// note writes a fault of ours to the log, with its cause.
func (s *Site) note(r *http.Request, err error) {
	if code := order.CodeOf(err); code == order.CodeInternal || code == order.CodeUnavailable {
		s.log.ErrorContext(r.Context(), "request failed", "method", r.Method, "route", r.Pattern, "error", err)
	}
}

// head is the status that a program would get for the error, and the headers
// that belong to the error and not to how it is written, such as Retry-After.
func head(r *http.Request, err error) (status int, headers http.Header) {
	c := &capture{header: http.Header{}}
	wire.WriteError(c, r, err)
	c.header.Del("Content-Type")
	c.header.Del("Content-Length")
	return c.status, c.header
}

// capture keeps the head of an answer and drops its body.
type capture struct {
	header http.Header
	status int
}

func (c *capture) Header() http.Header { return c.header }

func (c *capture) WriteHeader(status int) { c.status = status }

func (c *capture) Write(p []byte) (int, error) { return len(p), nil }

// failure is an error in the words of a payer.
type failure struct {
	Heading, Text, Detail string
	Problems              []string // what is wrong with what was sent
	Remedy                Remedy
	Reload                bool // what failed was reading, and may not fail again
}

func newFailure(r *http.Request, err error, m Remedy) failure {
	f := failure{Remedy: m}
	code := order.CodeOf(err)
	f.Reload = code.Retryable() && r.Method == http.MethodGet
	f.Heading, f.Text = words(code)
	if e, ok := errors.AsType[*order.Error](err); ok && code != order.CodeInternal && code != order.CodeNotFound {
		f.Detail = e.Detail
		for _, p := range e.Problems {
			f.Problems = append(f.Problems, strings.TrimPrefix(p.String(), "/"))
		}
	}
	if code == order.CodeConflict && m.Back == "" && f.Detail != "" {
		f.Text = "" // there is nothing to go back to
	}
	return f
}

func words(code order.Code) (heading, text string) {
	switch code {
	case order.CodeNotFound:
		return "Nothing here", "This address leads nowhere. Scan the code again, or ask the merchant."
	case order.CodeExpired:
		return "Too late", "The time to pay has passed. Scan the code again to start over."
	case order.CodeRevoked:
		return "This code is not valid any more", "The merchant has taken it back. Ask for a new one; nothing was charged."
	case order.CodeRateLimited:
		return "Too many requests", "Please wait a moment and try again. Trying again does not pay twice."
	case order.CodeUnavailable:
		return "Not available right now", "Please try again in a moment. Trying again does not pay twice."
	case order.CodeInFlight:
		return "One moment", "The same request is still being worked on. Trying again does not pay twice."
	case order.CodePageChanged:
		return "The page has changed", "Goods or prices are not what you saw. Please look at them again."
	case order.CodeConflict, order.CodeNotOffered:
		return "That is not possible any more", "Go back to see where the payment stands."
	case order.CodeRefused, order.CodeForbidden:
		return "Not possible", "This payment was refused."
	case order.CodeInternal:
		return "Something went wrong", "The fault is ours, not yours. Trying again does not pay twice."
	}
	return "That did not work", "The request was not complete. Go back and try again."
}
