package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

// A FormKey makes the hidden keys of forms, so that a form that is posted twice
// (a second click, a reload, a browser that tries again) is one request.
type FormKey struct {
	secret func() []byte // a function, so that whatever holds it does not print it
}

// NewFormKey signs with the secret; who knows it can make keys.
func NewFormKey(secret []byte) FormKey { return FormKey{func() []byte { return secret }} }

// Mint makes the hidden key of one form on the page of that scope. It begins
// with the time, and with it the idempotency key does: a server with many orders
// finds its newest keys side by side instead of all over an index.
func (k FormKey) Mint(scope string) string {
	nonce := string(order.NewID(time.Now()))
	return nonce + "." + k.sign("form", scope, nonce)
}

// Open checks a hidden key and makes the idempotency key of what was posted
// with it: the same content gives the same key, and a payer who went back and
// entered something else makes another request. An error has
// [order.CodeInvalid].
func (k FormKey) Open(scope, hidden, content string) (key string, err error) {
	nonce, signature, _ := strings.Cut(hidden, ".")
	if nonce == "" || !hmac.Equal([]byte(signature), []byte(k.sign("form", scope, nonce))) {
		return "", order.Errorf(order.CodeInvalid, "", "the form does not come from this page: open the page again")
	}
	return nonce + "." + k.sign("request", scope, nonce, content), nil
}

// sign is over a purpose and texts, each with its length, so that no two lists
// of texts are signed alike.
func (k FormKey) sign(texts ...string) string {
	mac := hmac.New(sha256.New, k.secret())
	mac.Write([]byte("anyscan form v1"))
	for _, t := range texts {
		n := len(t)
		mac.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		mac.Write([]byte(t))
	}
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
