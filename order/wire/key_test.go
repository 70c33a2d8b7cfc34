package wire

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order"
)

func withKeys(values ...string) *http.Request {
	return &http.Request{Header: http.Header{keyHeader: values}}
}

func TestKey(t *testing.T) {
	long := strings.Repeat("k", maxKey)
	for header, want := range map[string]string{
		`"8e03978e-40d5-43dd-bc93-6894a57f9324"`: "8e03978e-40d5-43dd-bc93-6894a57f9324",
		`8e03978e-40d5-43dd-bc93-6894a57f9324`:   "8e03978e-40d5-43dd-bc93-6894a57f9324",
		`"a \"b\" \\ c, d; e"`:                   `a "b" \ c, d; e`,
		` "padded" `:                             "padded",
		`"` + long + `"`:                         long,
		long:                                     long,
		`"~"`:                                    "~",
	} {
		if got, err := IdempotencyKey(withKeys(header)); err != nil || got != want {
			t.Errorf("%s gives %q, %v, want %q", header, got, err, want)
		}
	}
}

func TestKeyRefuses(t *testing.T) {
	for _, header := range []string{
		`""`, `"a`, `a"`, `"a"b"`, `"a\b"`, `"a\"`, `"a";p=1`, `"a", "b"`, "a,b", "a;b", "a b", `a\b`,
		"\"\x7f\"", "\"é\"", "é", "\"a\tb\"", "a\nb", strings.Repeat("k", maxKey+1), `"` + strings.Repeat("k", maxKey+1) + `"`,
	} {
		if got, err := IdempotencyKey(withKeys(header)); !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%q gives %q, %v, want an invalid request", header, got, err)
		}
	}
	if _, err := IdempotencyKey(withKeys("a", "a")); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("two headers: %v", err)
	}
	for _, r := range []*http.Request{{}, withKeys(), withKeys(""), withKeys(" ")} {
		if _, err := IdempotencyKey(r); !errors.Is(err, order.CodeIdempotencyKeyMissing) {
			t.Errorf("%v: %v", r.Header, err)
		}
	}
}

func TestSetKeyRefuses(t *testing.T) {
	for key, want := range map[string]order.Code{
		"": order.CodeIdempotencyKeyMissing, "a\r\nX: y": order.CodeInvalid, "é": order.CodeInvalid, strings.Repeat("k", maxKey+1): order.CodeInvalid,
	} {
		r := &http.Request{Header: http.Header{}}
		if err := SetIdempotencyKey(r, key); !errors.Is(err, want) || len(r.Header) > 0 {
			t.Errorf("%q: %v, %v", key, err, r.Header)
		}
	}
}

// What Key takes, SetIdempotencyKey sends, and the other side takes it for the same.
func FuzzKey(f *testing.F) {
	for _, s := range []string{`"a"`, "a", `"\\\""`, `"a\`, `""`, ` "a" `, "\"\xff\"", `"a"b"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		key, err := IdempotencyKey(withKeys(header))
		if err != nil {
			return
		}
		r := &http.Request{Header: http.Header{}}
		if err := SetIdempotencyKey(r, key); err != nil {
			t.Fatalf("%q was taken as %q, which cannot be sent: %v", header, key, err)
		}
		if back, err := IdempotencyKey(r); err != nil || back != key {
			t.Fatalf("%q became %q, %v", key, back, err)
		}
		if len(key) > maxKey || strings.ContainsAny(key, "\r\n") {
			t.Fatalf("%q is not a key", key)
		}
	})
}
