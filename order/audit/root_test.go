package audit_test

import (
	"crypto"
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order/audit"
)

func someRoot(t testing.TB) audit.Root {
	t.Helper()
	r := audit.Root{Log: "clearing", Number: 2, Day: "2026-11-23", Made: time.Date(2026, 11, 24, 0, 0, 3, 0, time.UTC), Orders: 7,
		Heads: strings.Repeat("ab", 32), Previous: strings.Repeat("cd", 32)}
	if err := r.Sign(newKey(1)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestParseRoot(t *testing.T) {
	want := someRoot(t)
	for name, keys := range map[string][]crypto.PublicKey{
		"the key":                  {newKey(1).Public()},
		"a new key beside the old": {newKey(2).Public(), newKey(1).Public()},
		"keys of other kinds":      {"key", nil, newKey(1).Public()},
	} {
		got, err := audit.ParseRoot(want.Statement, keys...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestParseRootRefuses(t *testing.T) {
	good := someRoot(t).Statement
	parts := strings.Split(good, ".")
	encode := base64.RawURLEncoding.EncodeToString
	header, payload := decode(t, parts[0]), decode(t, parts[1])
	if signed(t, header, payload) != good {
		t.Fatal("the test signs otherwise than the package")
	}
	for name, test := range map[string]struct{ statement, part string }{
		"nothing":                     {"", "form"},
		"too long":                    {good + strings.Repeat("A", 2048), "length"},
		"a part too many":             {good + ".AA", "form"},
		"no signature":                {parts[0] + "." + parts[1] + ".", "signature"},
		"another's signature":         {parts[0] + "." + parts[1] + "." + encode(make([]byte, 64)), "signature"},
		"padding":                     {good + "==", "signature"},
		"loose bits":                  {good[:len(good)-1] + string(good[len(good)-1]+1), "signature"},
		"a header that is no JSON":    {signed(t, "EdDSA", payload), "header"},
		"no algorithm":                {signed(t, strings.Replace(header, "EdDSA", "none", 1), payload), "header"},
		"a shared secret's":           {signed(t, strings.Replace(header, "EdDSA", "HS256", 1), payload), "header"},
		"another kind of statement":   {signed(t, strings.Replace(header, "anyscan-audit-root", "JWT", 1), payload), "header"},
		"a header with more":          {signed(t, strings.Replace(header, "{", `{"jwk":{},`, 1), payload), "header"},
		"a key that is not trusted":   {signed(t, strings.Replace(header, `"kid":"`, `"kid":"x`, 1), payload), "key"},
		"a payload with more":         {signed(t, header, strings.Replace(payload, "{", `{"more":1,`, 1)), "payload"},
		"a payload in other words":    {signed(t, header, strings.Replace(payload, `"log"`, `"Log"`, 1)), "payload"},
		"a payload with spaces":       {signed(t, header, payload+" "), "payload"},
		"a number twice":              {signed(t, header, strings.Replace(payload, `"number":2`, `"number":1,"number":2`, 1)), "payload"},
		"another zone":                {signed(t, header, strings.Replace(payload, "24T00:00:03Z", "24T01:00:03+01:00", 1)), "payload"},
		"parts of a second":           {signed(t, header, strings.Replace(payload, "03Z", "03.5Z", 1)), "payload"},
		"a payload that is no JSON":   {signed(t, header, "2"), "payload"},
		"a changed payload, unsigned": {parts[0] + "." + encode([]byte(strings.Replace(payload, `"orders":7`, `"orders":8`, 1))) + "." + parts[2], "signature"},
	} {
		_, err := audit.ParseRoot(test.statement, newKey(1).Public())
		if e, ok := errors.AsType[*audit.StatementError](err); !ok || e.Part != test.part || e.Problem == "" {
			t.Errorf("%s: %v, want the %s refused", name, err, test.part)
		}
	}
}

// A statement that is taken is the one that the same root is signed as. The parts
// are signed, so that what is in them is read.
func FuzzParseRoot(f *testing.F) {
	parts := strings.Split(someRoot(f).Statement, ".")
	header, payload := decode(f, parts[0]), decode(f, parts[1])
	f.Add(header, payload, "")
	f.Add(header, payload, ".AA")
	f.Fuzz(func(t *testing.T, header, payload, more string) {
		r, err := audit.ParseRoot(signed(t, header, payload)+more, newKey(1).Public())
		if err != nil {
			if _, ok := errors.AsType[*audit.StatementError](err); !ok {
				t.Errorf("%T: %v", err, err)
			}
			return
		}
		again := r
		if err := again.Sign(newKey(1)); err != nil || again != r {
			t.Errorf("%+v is signed again as %+v, %v", r, again, err)
		}
	})
}

// signed is a statement of any two parts.
func signed(t testing.TB, header, payload string) string {
	t.Helper()
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(header)) + "." + encode([]byte(payload))
	signature, err := newKey(1).Sign(nil, []byte(text), crypto.Hash(0))
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + encode(signature)
}

func decode(t testing.TB, part string) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
