package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
)

// A secret never prints: by itself, in what holds it, or in what holds that in
// an unexported field, where fmt does not call methods.
func TestSecretNeverPrints(t *testing.T) {
	const secret = "correct horse battery staple"
	s := Settings{Provider: "https://wallet.test", Merchant: "shop", Secret: component.NewSecret([]byte(secret)), Title: "Sandbox"}
	c, err := New("sandbox", s, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewProvider("https://wallet.test", map[string][]byte{"shop": []byte(secret)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range []any{s.Secret, &s.Secret, s, &s, c, *c, p, map[string]component.Secret{"x": s.Secret}, []component.Secret{s.Secret}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b", "%T", "%p"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
		fmt.Fprintln(&out, fmt.Errorf("with %v: %w", v, errors.New("x")))
	}
	for _, v := range []any{s.Secret, s, &s} {
		raw, err := json.Marshal(v)
		if err != nil || !strings.Contains(string(raw), `"[secret]"`) {
			t.Errorf("as JSON: %s, %v", raw, err)
		}
		out.Write(raw)
	}
	for _, told := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprint([]byte(secret)), "99 111 114", "0x63, 0x6f"} {
		if strings.Contains(out.String(), told) {
			t.Errorf("the secret was printed, as %q", told)
		}
	}
	for _, got := range []string{fmt.Sprintf("%x", s.Secret), s.Secret.String(), s.Secret.GoString(), s.Secret.LogValue().String()} {
		if got != "[secret]" {
			t.Errorf("prints as %q", got)
		}
	}
}

// The caller may wipe the bytes that a secret was made of.
func TestSecretIsACopy(t *testing.T) {
	key := []byte(testSecret)
	s := component.NewSecret(key)
	before := mac(s, []byte("x"))
	clear(key)
	if mac(s, []byte("x")) != before {
		t.Error("the secret changed with the caller's bytes")
	}
}
