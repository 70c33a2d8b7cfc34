package wire

import (
	"net/http"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// status is how HTTP says a code, and what people call it. What is not a code
// is a fault of the server.
func status(c order.Code) (status int, title string) {
	switch c {
	case order.CodeInvalid:
		return http.StatusBadRequest, "The request is not valid"
	case order.CodeIdempotencyKeyMissing:
		return http.StatusBadRequest, "The idempotency key is missing"
	case order.CodeUnauthenticated:
		return http.StatusUnauthorized, "The caller could not be identified"
	case order.CodeForbidden:
		return http.StatusForbidden, "The caller may not do this"
	case order.CodeNotFound:
		return http.StatusNotFound, "There is no such thing"
	case order.CodeConflict:
		return http.StatusConflict, "The state does not allow this"
	case order.CodeInFlight:
		return http.StatusConflict, "The same request is being worked on"
	case order.CodePageChanged:
		return http.StatusConflict, "The page has changed"
	case order.CodeNotOffered:
		return http.StatusConflict, "This way to pay is not offered"
	case order.CodeExpired:
		return http.StatusGone, "The time is over"
	case order.CodeRevoked:
		return http.StatusGone, "The code was revoked"
	case order.CodeTooLarge:
		return http.StatusRequestEntityTooLarge, "The request is too large"
	case order.CodeRateLimited:
		return http.StatusTooManyRequests, "Too many requests"
	case order.CodeIdempotencyKeyReused:
		return http.StatusUnprocessableEntity, "The idempotency key stands for another request"
	case order.CodeRefused: // understood, and not taken; 403 would speak of the caller
		return http.StatusUnprocessableEntity, "A rule says no"
	case order.CodeUnavailable:
		return http.StatusServiceUnavailable, "Not available now"
	}
	return http.StatusInternalServerError, "The server failed"
}

// known reports whether the code is one that this version speaks.
func known(c order.Code) bool {
	s, _ := status(c)
	return s != http.StatusInternalServerError || c == order.CodeInternal
}

const maxCode = 64

// isCode reports whether a peer may use c as a code, known or not: a word of
// lower-case letters, digits and underscores that begins with a letter.
func isCode(c order.Code) bool {
	const letters, others = "abcdefghijklmnopqrstuvwxyz", "0123456789_"
	return c != "" && len(c) <= maxCode && strings.Contains(letters, string(c[:1])) &&
		strings.Trim(string(c), letters+others) == ""
}

// codeOf is the code that says the most of what a status says, for a peer whose
// own code is not known. It is retryable only where the status is.
func codeOf(status int) order.Code {
	switch status {
	case http.StatusUnauthorized:
		return order.CodeUnauthenticated
	case http.StatusForbidden:
		return order.CodeForbidden
	case http.StatusNotFound:
		return order.CodeNotFound
	case http.StatusConflict:
		return order.CodeConflict
	case http.StatusGone:
		return order.CodeExpired
	case http.StatusRequestEntityTooLarge:
		return order.CodeTooLarge
	case http.StatusUnprocessableEntity:
		return order.CodeRefused
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return order.CodeUnavailable
	}
	if status >= 400 && status <= 499 {
		return order.CodeInvalid
	}
	return order.CodeInternal
}
