package sandbox

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/anyscan/anyscan/component"
)

const minSecret = 16 // bytes

func checkSecret(s component.Secret) error {
	if len(s.Reveal()) < minSecret {
		return fmt.Errorf("the secret is too short: want at least %d bytes", minSecret)
	}
	return nil
}

// mac is the HMAC-SHA256 (RFC 2104) of the lines, in hexadecimal.
func mac(s component.Secret, lines ...[]byte) string {
	h := hmac.New(sha256.New, s.Reveal())
	h.Write(bytes.Join(lines, []byte("\n")))
	return hex.EncodeToString(h.Sum(nil))
}
