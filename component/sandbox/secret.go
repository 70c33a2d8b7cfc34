package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
)

const minSecret = 16 // bytes

// Secret is what a merchant and the wallet company share. It never prints: not
// with any verb of fmt, not in JSON, not in a log. It is safe for concurrent
// use. The zero Secret is none.
type Secret struct {
	// A function keeps the bytes from fmt, which ignores the methods of values
	// in unexported fields of whatever holds the Secret.
	key func() []byte
}

// NewSecret makes a Secret of a copy of key, which needs 16 bytes at least to
// be accepted by [New] and [NewProvider].
func NewSecret(key []byte) Secret {
	key = bytes.Clone(key)
	return Secret{func() []byte { return key }}
}

const redacted = "[secret]"

// String does not tell the secret.
func (Secret) String() string { return redacted }

// GoString does not tell the secret.
func (Secret) GoString() string { return redacted }

// Format does not tell the secret, whatever the verb.
func (Secret) Format(f fmt.State, _ rune) { f.Write([]byte(redacted)) }

// MarshalJSON does not tell the secret.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// LogValue does not tell the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

func (s Secret) check() error {
	if s.key == nil || len(s.key()) < minSecret {
		return fmt.Errorf("the secret is too short: want at least %d bytes", minSecret)
	}
	return nil
}

// mac is the HMAC-SHA256 (RFC 2104) of the lines, in hexadecimal.
func (s Secret) mac(lines ...[]byte) string {
	h := hmac.New(sha256.New, s.key())
	h.Write(bytes.Join(lines, []byte("\n")))
	return hex.EncodeToString(h.Sum(nil))
}
