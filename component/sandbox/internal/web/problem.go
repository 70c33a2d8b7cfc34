package web

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/anyscan/anyscan/order"
)

// problem is the body of an answer that says no.
type problem struct {
	Error  string `json:"error"`  // the code, for programs
	Detail string `json:"detail"` // one sentence, for people
}

type meaning struct {
	code   order.Code
	status int
}

// meanings pairs the codes that cross the sandbox's wire with their statuses.
func meanings() []meaning {
	return []meaning{
		{order.CodeInvalid, http.StatusBadRequest},
		{order.CodeUnauthenticated, http.StatusUnauthorized},
		{order.CodeForbidden, http.StatusForbidden},
		{order.CodeNotFound, http.StatusNotFound},
		{order.CodeConflict, http.StatusConflict},
		{order.CodeExpired, http.StatusGone},
		{order.CodeTooLarge, http.StatusRequestEntityTooLarge},
		{order.CodeUnavailable, http.StatusServiceUnavailable},
	}
}

// Problem is the answer to a request that ended in err. Only the detail of an
// *order.Error is told.
func Problem(err error) (status int, detail string, body []byte) {
	e, ok := errors.AsType[*order.Error](err)
	if !ok {
		e = &order.Error{Code: order.CodeInternal, Detail: "something went wrong"}
	}
	status = http.StatusInternalServerError
	for _, m := range meanings() {
		if m.code == e.Code {
			status = m.status
		}
	}
	body, err = json.Marshal(problem{string(e.Code), e.Detail})
	if err != nil {
		body = nil // two strings can always be written
	}
	return status, e.Detail, body
}

// Err is nil for status 200. Any other status is an *order.Error: what it
// means, with the detail that came along, and CodeUnavailable for one that this
// wire does not have.
func (a Answer) Err() error {
	if a.Status == http.StatusOK {
		return nil
	}
	e := &order.Error{Code: order.CodeUnavailable, Detail: "the answer has status " + http.StatusText(a.Status)}
	var p problem
	if Decode(a.Body, &p) == nil {
		e.Detail = p.Detail
	}
	for _, m := range meanings() {
		if m.status == a.Status {
			e.Code = m.code
		}
	}
	return e
}
