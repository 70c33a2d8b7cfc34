package wire

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

const digestHeader = "Content-Digest"

// contentDigest is the header Content-Digest (RFC 9530) for a body.
func contentDigest(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=" + byteSequence(sum[:])
}

// checkDigest compares the header, which the signature covers, with the body.
// There is one way to write a digest here, so texts are compared.
func checkDigest(h http.Header, body []byte) error {
	if got, want := h.Get(digestHeader), contentDigest(body); got != want {
		return signatureError("content-digest", "is %.80q, but the body gives %s", got, want)
	}
	return nil
}

// byteSequence writes bytes as a Structured Fields byte sequence (RFC 9651
// section 4.1.8).
func byteSequence(b []byte) string {
	return ":" + base64.StdEncoding.EncodeToString(b) + ":"
}

// parseByteSequence reads what byteSequence writes and nothing else.
func parseByteSequence(s string) ([]byte, bool) {
	text, opened := strings.CutPrefix(s, ":")
	text, closed := strings.CutSuffix(text, ":")
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	return b, opened && closed && err == nil && byteSequence(b) == s // the decoder skips line ends
}
