package verify

import (
	"encoding/base32"
	"encoding/base64"
	"strings"
)

const (
	maxChars      = (maxToken*8 + 4) / 5 // of a token in base32, the longer spelling
	maxQueryChars = (maxToken*8 + 5) / 6 // in base64url
	// minPathChars is the shortest token in base32, of a header with 64 bytes of
	// signature. Shorter path segments are part of an unsigned address.
	minPathChars = ((headerSize+64)*8 + 4) / 5
)

// token is a signed address taken apart. It has no pointer into the heap, so that
// a check allocates nothing.
type token struct {
	version  byte   // that its place in the address asks for
	unsigned string // the address without it
	raw      [maxToken]byte
	size     int // of raw
}

// read finds the one token of a signed address.
func (t *token) read(a Address) Code {
	query := countTokens(a.Query())
	segment := a.text[strings.LastIndexByte(a.text[:a.query], '/')+1 : a.query]
	switch {
	case query > 1:
		return CodeTokenRepeated
	case query == 0 && (a.query != a.fragment || !isPathToken(segment)):
		return CodeNoToken
	case a.hasFragment():
		return CodeFragment
	case query == 1:
		return t.readQuery(a)
	}
	t.version, t.unsigned = versionPath, a.text[:len(a.text)-len(segment)]
	return t.decode(segment)
}

// readQuery cuts the token out. It is the last pair, and its separator follows
// from the rest, so that one signature fits one address only.
func (t *token) readQuery(a Address) Code {
	query := a.text[a.query:]
	last := strings.LastIndexByte(query, '&')
	if last < 0 {
		last = 0 // the ?
	}
	chars, ok := strings.CutPrefix(query[last+1:], "v=")
	if !ok {
		return CodeTokenForm
	}
	t.version, t.unsigned = versionQuery, a.text[:int(a.query)+last]
	return t.decode(chars)
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

func isPathToken(segment string) bool {
	if len(segment) < minPathChars {
		return false
	}
	for i := range len(segment) {
		if c := segment[i]; (c < 'A' || 'Z' < c) && (c < '2' || '7' < c) {
			return false
		}
	}
	return true
}

// decode accepts the one spelling that encodeToken gives.
func (t *token) decode(chars string) Code {
	var in, again [maxChars]byte
	if t.version == versionQuery && len(chars) > maxQueryChars || len(chars) > maxChars {
		return CodeTokenForm
	}
	src := in[:copy(in[:], chars)]
	n, err := 0, error(nil)
	if t.version == versionPath {
		n, err = pathEncoding().Decode(t.raw[:], src)
	} else {
		n, err = base64.RawURLEncoding.Decode(t.raw[:], src)
	}
	if err != nil || n < maxHeader {
		return CodeTokenForm
	}
	if t.version == versionPath {
		pathEncoding().Encode(again[:], t.raw[:n])
	} else {
		base64.RawURLEncoding.Encode(again[:], t.raw[:n])
	}
	if again != in {
		return CodeTokenForm
	}
	t.size = n
	return ""
}

func encodeToken(version byte, raw []byte) string {
	if version == versionPath {
		return pathEncoding().EncodeToString(raw)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

func pathEncoding() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }
