package component

import (
	"bytes"
	"fmt"
	"log/slog"
)

// Secret is the text of a key or password among an operator's settings. It never
// prints: not with any verb of fmt, not in JSON, not in a log. It can be read from
// JSON; see [ReadSettings]. It is safe for concurrent use. The zero Secret is none.
type Secret struct {
	// A function keeps the bytes from fmt, which ignores the methods of values
	// in unexported fields of whatever holds the Secret.
	text func() []byte
}

// NewSecret makes a Secret of a copy of text.
func NewSecret(text []byte) Secret {
	text = bytes.Clone(text)
	return Secret{func() []byte { return text }}
}

// Reveal is a copy of the text, for the component that needs it; nil for none.
func (s Secret) Reveal() []byte {
	if s.text == nil {
		return nil
	}
	return bytes.Clone(s.text())
}

const redacted = "[secret]"

// String does not tell the secret.
func (Secret) String() string { return redacted }

// GoString does not tell the secret.
func (Secret) GoString() string { return redacted }

// Format does not tell the secret, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { f.Write([]byte(redacted)) }

// MarshalText does not tell the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText takes the text of a secret, as a string of JSON holds it.
// What stands in print for a secret is none.
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == redacted {
		return fmt.Errorf("component: %s stands for a secret and is none", redacted)
	}
	*s = NewSecret(text)
	return nil
}

// LogValue does not tell the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
