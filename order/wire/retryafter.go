package wire

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

const maxRetryAfter = 24 * time.Hour // what a peer asks for beyond it is no plan

// retryAfter is the header Retry-After of an error with the code: "" where
// asking again cannot help.
func retryAfter(code order.Code, err error) string {
	switch code {
	case order.CodeUnavailable, order.CodeInFlight, order.CodeRateLimited:
	default:
		return ""
	}
	var wait time.Duration
	if e, ok := errors.AsType[*order.Error](err); ok {
		wait = min(e.RetryAfter, maxRetryAfter)
	}
	seconds := (wait + time.Second - 1) / time.Second
	return strconv.Itoa(int(max(seconds, 1)))
}

// readRetryAfter is how long the header asks to wait, 0 if it does not say.
func readRetryAfter(h http.Header) time.Duration {
	value := h.Get("Retry-After")
	if value != "" && strings.Trim(value, "0123456789") == "" {
		seconds, err := strconv.Atoi(value)
		if err != nil || seconds > int(maxRetryAfter/time.Second) {
			return maxRetryAfter
		}
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(time.Until(at), 0), maxRetryAfter)
}
