package component_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
)

// A secret never prints: by itself, in what holds it, or in what holds that in an
// unexported field, where fmt does not call methods.
func TestSecretNeverPrints(t *testing.T) {
	const text = "correct horse battery staple"
	s := component.NewSecret([]byte(text))
	held := struct{ s component.Secret }{s}
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range []any{s, &s, held, &held, map[string]component.Secret{"x": s}, []component.Secret{s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
		raw, err := json.Marshal(v)
		fmt.Fprintln(&out, string(raw), err)
	}
	for _, told := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), "99 111 114"} {
		if strings.Contains(out.String(), told) {
			t.Errorf("the secret was printed, as %q", told)
		}
	}
	for _, got := range []string{fmt.Sprintf("%x", s), s.String(), s.GoString(), s.LogValue().String()} {
		if got != "[secret]" {
			t.Errorf("prints as %q", got)
		}
	}
}

// What a secret was made of, and what it reveals, may be wiped.
func TestSecretIsACopy(t *testing.T) {
	text := []byte("correct horse")
	s := component.NewSecret(text)
	clear(text)
	clear(s.Reveal())
	if got := string(s.Reveal()); got != "correct horse" {
		t.Errorf("the secret is %q now", got)
	}
	if (component.Secret{}).Reveal() != nil {
		t.Error("no secret reveals something")
	}
}
