package verify

import "strings"

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
// a browser or a server that decodes before it resolves, is not below it.
func coveredPrefix(a Address, unsigned string, n int) (string, Code) {
	end := min(int(a.query), len(unsigned))
	if n <= int(a.path) || n > end || unsigned[n-1] != '/' {
		return "", CodeTokenPrefix
	}
	path := strings.ToLower(unsigned[a.path:end])
	if steps(path) || strings.Contains(path, "%2f") || strings.Contains(path, "%5c") {
		return "", CodeTokenPrefix
	}
	return unsigned[:n], ""
}
