package sandbox

import (
	"crypto/hmac"
	"fmt"
	"net/textproto"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	headerMerchant  = "Sandbox-Merchant"
	headerTime      = "Sandbox-Time"
	headerSignature = "Sandbox-Signature"

	window = 5 * time.Minute // between signing and verifying, either way
)

// statement is what a signature covers, besides its time. The three kinds of
// message have verbs of their own, so that none passes for another.
type statement struct {
	merchant string
	verb     string // method of a request, status of an answer, or "NOTIFY"
	target   string // path of a request, signature of the request that is answered, or "/"
	body     []byte
}

// notification is the statement of a notification. Its receiver knows neither
// method nor path, which are its web server's affair.
func notification(merchant string, body []byte) statement {
	return statement{merchant, "NOTIFY", "/", body}
}

// sign puts the signature into the headers.
func (s statement) sign(key component.Secret, now time.Time, h textproto.MIMEHeader) {
	stamp := strconv.FormatInt(now.Unix(), 10)
	h.Set(headerMerchant, s.merchant)
	h.Set(headerTime, stamp)
	h.Set(headerSignature, s.mac(key, stamp))
}

// verify checks the signature in the headers. The error is an *order.Error with
// CodeUnauthenticated that says what was wrong.
func (s statement) verify(key component.Secret, now time.Time, h textproto.MIMEHeader) error {
	for _, name := range []string{headerMerchant, headerTime, headerSignature} {
		if n := len(h.Values(name)); n != 1 {
			return unauthenticated("the header %s is there %d times: want it once", name, n)
		}
	}
	merchant, stamp, signature := h.Get(headerMerchant), h.Get(headerTime), h.Get(headerSignature)
	if merchant != s.merchant {
		return unauthenticated("is for merchant %.40q, not %q", merchant, s.merchant)
	}
	if !hmac.Equal([]byte(signature), []byte(s.mac(key, stamp))) {
		return unauthenticated("the signature is wrong: %s", s.explain(key, stamp, signature))
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	switch at := time.Unix(seconds, 0); {
	case err != nil:
		return unauthenticated("the time %.40q is no number: want seconds since 1970", stamp)
	case len(stamp) == 13:
		return unauthenticated("the time %s is in milliseconds: want seconds since 1970", stamp)
	case at.Before(now.Add(-window)) || at.After(now.Add(window)):
		return unauthenticated("the time %s is not within %v of %d: a clock is wrong, or it is an old message", stamp, window, now.Unix())
	}
	return nil
}

func (s statement) mac(key component.Secret, stamp string) string {
	return mac(key, []byte(s.merchant), []byte(s.verb), []byte(s.target), []byte(stamp), s.body)
}

func unauthenticated(format string, args ...any) error {
	return &order.Error{Code: order.CodeUnauthenticated, Detail: fmt.Sprintf(format, args...)}
}
