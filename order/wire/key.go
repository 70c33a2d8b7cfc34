package wire

import (
	"net/http"
	"strings"

	"github.com/anyscan/anyscan/order"
)

const (
	keyHeader = "Idempotency-Key"
	maxKey    = 128
)

// IdempotencyKey is the idempotency key of a request: 1 to 128 printable ASCII characters.
// The header Idempotency-Key holds it as a quoted string, as
// draft-ietf-httpapi-idempotency-key-header says; without quotes it is taken as
// well if it has no space, quote, backslash, comma or semicolon.
//
// Errors are *[order.Error]: [order.CodeIdempotencyKeyMissing] without the header,
// [order.CodeInvalid] for one that is not a key or stands more than once.
func IdempotencyKey(r *http.Request) (string, error) {
	const op = "wire.IdempotencyKey"
	values := r.Header.Values(keyHeader)
	switch {
	case len(values) == 0 || len(values) == 1 && strings.Trim(values[0], " \t") == "":
		return "", order.Errorf(order.CodeIdempotencyKeyMissing, op, "the header %s is missing: every write needs one", keyHeader)
	case len(values) > 1:
		return "", order.Errorf(order.CodeInvalid, op, "the header %s stands %d times: want one", keyHeader, len(values))
	}
	key, ok := unquote(strings.Trim(values[0], " \t"))
	if !ok || !isKey(key) {
		return "", order.Errorf(order.CodeInvalid, op,
			"the header %s is not a key: want 1 to %d printable ASCII characters in quotes", keyHeader, maxKey)
	}
	return key, nil
}

// SetIdempotencyKey gives a request its idempotency key. Errors are *[order.Error]:
// [order.CodeIdempotencyKeyMissing] for an empty key, [order.CodeInvalid] for one that is
// not 1 to 128 printable ASCII characters.
func SetIdempotencyKey(req *http.Request, key string) error {
	const op = "wire.SetIdempotencyKey"
	switch {
	case key == "":
		return order.Errorf(order.CodeIdempotencyKeyMissing, op, "the idempotency key is empty: every write needs one")
	case !isKey(key):
		return order.Errorf(order.CodeInvalid, op, "%.40q is not an idempotency key: want 1 to %d printable ASCII characters", key, maxKey)
	}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.Header.Set(keyHeader, quote(key))
	return nil
}

func isKey(s string) bool { return s != "" && len(s) <= maxKey && isPrintable(s) }

// isPrintable reports whether s holds nothing but printable ASCII and spaces.
func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// quote writes a Structured Fields string (RFC 9651 section 4.1.6).
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// unquote reads a Structured Fields string, or a bare key.
func unquote(s string) (string, bool) {
	inner, quoted := strings.CutPrefix(s, `"`)
	if !quoted {
		return s, !strings.ContainsAny(s, " \"\\,;")
	}
	inner, closed := strings.CutSuffix(inner, `"`)
	key := strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(inner)
	return key, closed && quote(key) == s // nothing else was escaped, and no quote stands bare
}
