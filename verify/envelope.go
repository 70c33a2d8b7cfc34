package verify

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// The token of a signed code address; doc.go shows the layout.
const (
	tokenVersion = 1
	scopeAddress = 3 // the signature covers the whole address
	headerSize   = 16
	tokenSize    = headerSize + ed25519.SignatureSize
	tokenChars   = 107 // tokenSize bytes in base64 without padding

	// signedPrefix keeps a signature made for anything else from passing as
	// one for a code address.
	signedPrefix = "anyscan code address v1\x00"
)

// Merchant is a merchant's identifier as a signed code carries it: the first
// eight bytes of its SHA-256. The zero Merchant means: bound to nobody.
type Merchant [8]byte

// MerchantOf returns the Merchant of an identifier; the empty one is zero.
func MerchantOf(identifier string) (m Merchant) {
	if identifier == "" {
		return m
	}
	sum := sha256.Sum256([]byte(identifier))
	copy(m[:], sum[:])
	return m
}

type keyID [2]byte

type header struct {
	version  byte
	key      keyID
	expires  uint32 // Unix seconds
	merchant Merchant
	scope    byte
}

func (h header) append(b []byte) []byte {
	b = append(b, h.version)
	b = append(b, h.key[:]...)
	b = binary.BigEndian.AppendUint32(b, h.expires)
	b = append(b, h.merchant[:]...)
	return append(b, h.scope)
}

func readHeader(b *[tokenSize]byte) header {
	return header{
		version:  b[0],
		key:      keyID(b[1:3]),
		expires:  binary.BigEndian.Uint32(b[3:7]),
		merchant: Merchant(b[7:15]),
		scope:    b[15],
	}
}

// appendSigned appends what the signature is made over.
func appendSigned(b []byte, header []byte, unsigned string) []byte {
	b = append(b, signedPrefix...)
	b = append(b, header...)
	return append(b, unsigned...)
}

// splitToken cuts the token out of a signed address. The token is the last
// pair, and its separator follows from the rest, so that one signature fits
// one address only.
func splitToken(a Address) (unsigned, token string, code Code) {
	if a.hasFragment() {
		return "", "", CodeFragment
	}
	switch countTokens(a.Query()) {
	case 0:
		return "", "", CodeNoToken
	case 1:
	default:
		return "", "", CodeTokenRepeated
	}
	cut := len(a.text) - len("?v=") - tokenChars
	if cut < 0 {
		return "", "", CodeTokenForm
	}
	unsigned = a.text[:cut]
	token, ok := strings.CutPrefix(a.text[cut:], tokenSeparator(unsigned))
	if !ok {
		return "", "", CodeTokenForm
	}
	return unsigned, token, ""
}

func tokenSeparator(unsigned string) string {
	if strings.Contains(unsigned, "?") {
		return "&v="
	}
	return "?v="
}

// countTokens counts the pairs that a server would read as v.
func countTokens(query string) (n int) {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		if name, _, _ := strings.Cut(pair, "="); name == "v" || name == "%76" {
			n++
		}
	}
	return n
}

// decodeToken accepts the one spelling that [encodeToken] gives.
func decodeToken(token string) (raw [tokenSize]byte, code Code) {
	var in, again [tokenChars]byte
	copy(in[:], token) // splitToken gives exactly as many
	if _, err := base64.RawURLEncoding.Decode(raw[:], in[:]); err != nil {
		return raw, CodeTokenForm
	}
	base64.RawURLEncoding.Encode(again[:], raw[:])
	if again != in {
		return raw, CodeTokenForm
	}
	return raw, ""
}

func encodeToken(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }
