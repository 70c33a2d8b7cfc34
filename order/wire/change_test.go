package wire

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order"
)

// Whatever single byte of a covered part is changed, the request is refused.
func TestAnyChangeIsRefused(t *testing.T) {
	for name, id := range identities(t) {
		t.Run(name, func(t *testing.T) {
			original, keys := signedBy(t, id.signer), keysOf(t, id.pub)
			bits := []byte{0x01, 0x02, 0x20, 0x80}
			if name != "ed25519" {
				bits = bits[:1] // the rest is the same code
			}
			anyChange(t, original, bits, func(r *http.Request) error {
				_, err := VerifyRequest(r, gateway, keys, testOptions(testTime()))
				return err
			})
		})
	}
}

// anyChange changes every byte of every covered part of the request and wants it
// refused, as not authentic and with a reason.
func anyChange(t *testing.T, original *http.Request, bits []byte, verify func(*http.Request) error) {
	t.Helper()
	header := func(name string) func(*http.Request, func(string) string) {
		return func(r *http.Request, f func(string) string) { r.Header.Set(name, f(r.Header.Get(name))) }
	}
	for part, change := range map[string]func(*http.Request, func(string) string){
		"method": func(r *http.Request, f func(string) string) { r.Method = f(r.Method) },
		"target": func(r *http.Request, f func(string) string) { r.RequestURI = f(r.RequestURI) },
		"body": func(r *http.Request, f func(string) string) {
			data, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(f(string(data))))
		},
		"digest": header("Content-Digest"), "type": header("Content-Type"), "key": header("Idempotency-Key"),
		"input": header("Signature-Input"), "signature": header("Signature"),
	} {
		var length int
		change(clone(original), func(s string) string { length = len(s); return s })
		if length == 0 {
			t.Fatalf("%s is empty", part)
		}
		for i := range length {
			for _, bit := range bits {
				r := clone(original)
				change(r, func(s string) string { return s[:i] + string([]byte{s[i] ^ bit}) + s[i+1:] })
				err := verify(r)
				if _, ok := errors.AsType[*SignatureError](err); !ok || !errors.Is(err, order.CodeUnauthenticated) {
					t.Fatalf("%s, byte %d, bit %x: got %v", part, i, bit, err)
				}
			}
		}
	}
}
