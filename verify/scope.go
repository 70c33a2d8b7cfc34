package verify

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// Scope is how much of an address a signature covers. Whatever it does not cover
// can be changed by anybody.
type Scope int

// The scopes, the narrowest first.
const (
	ScopeAddress Scope = iota // the whole address
	ScopePrefix               // host, port and the beginning of the path
	ScopeHost                 // host and port
	ScopeDomain               // the registrable domain: every host, port and path of its owner
)

// wire is the scope as a token has it, 0 for the domain.
func (s Scope) wire() byte { return byte(ScopeDomain - s) }

func scopeOf(wire byte) Scope { return ScopeDomain - Scope(wire) }

func (s Scope) known() bool { return ScopeAddress <= s && s <= ScopeDomain }

// covered is the part of an address without its token that the signature covers.
func (h header) covered(a Address, unsigned string) (string, Code) {
	switch h.scope {
	case ScopeDomain:
		domain := a.Domain()
		if domain == "" {
			return "", CodeNoDomain
		}
		return domain, ""
	case ScopeHost:
		return a.text[:a.path], ""
	case ScopePrefix:
		return coveredPrefix(a, unsigned, int(h.prefix))
	}
	return unsigned, ""
}

// coveredPrefix ends with a / of the path. A path that leads out of it again, for
// any reader there is, is not below it.
func coveredPrefix(a Address, unsigned string, n int) (string, Code) {
	end := min(int(a.query), len(unsigned))
	if n <= int(a.path) || n > end || unsigned[n-1] != '/' || !plainPath(unsigned[a.path:end]) {
		return "", CodeTokenPrefix
	}
	return unsigned[:n], ""
}

// plainPath reports whether every server takes a path for the same names in the same
// order. Some decode before they resolve . and .., or twice, or bytes that are no
// UTF-8; some cut off what follows a ; in a segment; some read \ as /.
func plainPath(path string) bool {
	decoded, ok := unescape(path)
	if !ok || !utf8.ValidString(decoded) || strings.Count(decoded, "/") != strings.Count(path, "/") {
		return false
	}
	if strings.ContainsFunc(decoded, func(r rune) bool { return r < ' ' || r == 0x7f || r == '%' || r == '\\' }) {
		return false
	}
	for segment := range strings.SplitSeq(decoded, "/") {
		name, _, _ := strings.Cut(segment, ";")
		if name = strings.TrimSpace(name); strings.HasPrefix(name, "..") || name == "." {
			return false
		}
	}
	return true
}

// unescape decodes what the grammar accepted.
func unescape(path string) (decoded string, ok bool) {
	if !strings.Contains(path, "%") {
		return path, true
	}
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '%' {
			b.WriteByte(path[i])
			continue
		}
		var c [1]byte
		if _, err := hex.Decode(c[:], []byte(path[i+1:i+3])); err != nil {
			return "", false
		}
		b.WriteByte(c[0])
		i += 2
	}
	return b.String(), true
}
