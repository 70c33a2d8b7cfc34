package jwk

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
)

// Secret is a key that two parties share. It never prints, neither by itself nor
// in whatever holds it: fmt, encoding/json and log/slog write "[secret]". It is
// safe for concurrent use. The zero Secret is none.
type Secret struct {
	// A function keeps the bytes from fmt, which ignores the methods of values
	// in unexported fields of whatever holds the Secret.
	key func() []byte
}

// NewSecret makes a Secret of a copy of key: 32 bytes or more, made at random.
func NewSecret(key []byte) Secret {
	key = bytes.Clone(key)
	return Secret{func() []byte { return key }}
}

// HMAC is the HMAC-SHA256 (RFC 2104) of the message.
func (s Secret) HMAC(message []byte) []byte {
	h := hmac.New(sha256.New, s.bytes())
	h.Write(message)
	return h.Sum(nil)
}

// Equal reports, in constant time, whether x is a Secret of the same bytes.
func (s Secret) Equal(x crypto.PublicKey) bool {
	other, ok := x.(Secret)
	return ok && subtle.ConstantTimeCompare(s.bytes(), other.bytes()) == 1
}

func (s Secret) bytes() []byte {
	if s.key == nil {
		return nil
	}
	return s.key()
}

const redacted = "[secret]"

// String does not tell the secret.
func (Secret) String() string { return redacted }

// GoString does not tell the secret.
func (Secret) GoString() string { return redacted }

// Format does not tell the secret, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { f.Write([]byte(redacted)) }

// MarshalText does not tell the secret, to encoding/json neither.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue does not tell the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
