package clearing

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"maps"
	"slices"
	"strings"
)

// A token is the part of an address that nobody can guess: 16 bytes of
// HMAC-SHA256 over a purpose and a name, keyed by a version of the secret. It
// is computed, never stored, so that placing an order again gives the same
// address and a stolen table gives none.
const tokenLength = 26 // characters, of 16 bytes

// purpose keeps the tokens of one kind of address from passing for another's.
type purpose string

const (
	forPaying    purpose = "pay"    // of an order, at its gateway address
	forReturning purpose = "return" // of an attempt, at its return address
)

// tokens makes them. A function keeps the secrets from fmt, which ignores the
// methods of values in unexported fields of whatever holds them.
type tokens struct{ secrets func() map[int]Secret }

func newTokens(secrets map[int]Secret) tokens {
	secrets = maps.Clone(secrets)
	return tokens{func() map[int]Secret { return secrets }}
}

// current is the version that makes new addresses.
func (t tokens) current() int { return slices.Max(slices.Collect(maps.Keys(t.secrets()))) }

func (t tokens) held(version int) bool {
	_, ok := t.secrets()[version]
	return ok
}

// mint makes the token; it is empty when the version is not held any more.
func (t tokens) mint(version int, p purpose, name string) string {
	secret, ok := t.secrets()[version]
	if !ok {
		return ""
	}
	mac := hmac.New(sha256.New, secret[:])
	mac.Write([]byte("anyscan address v1\x00" + string(p) + "\x00" + name))
	return base32hex(mac.Sum(nil)[:16])
}

// verify compares in constant time. A version that is not held refuses all.
func (t tokens) verify(version int, p purpose, name, token string) bool {
	want := t.mint(version, p, name)
	return want != "" && hmac.Equal([]byte(want), []byte(token))
}

// base32hex writes bytes as order.ID does: it sorts like them, in lower case.
func base32hex(b []byte) string {
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// address is where the purpose's page for the name is.
func (s *Server) address(p purpose, version int, name string) string {
	return s.base + "/" + string(p) + "/" + name + s.tokens.mint(version, p, name)
}

// split takes an address of ours apart, without yet believing its token.
func (s *Server) split(p purpose, address string, nameLength int) (name, token string, ok bool) {
	rest, ok := strings.CutPrefix(address, s.base+"/"+string(p)+"/")
	if !ok || len(rest) != nameLength+tokenLength {
		return "", "", false
	}
	return rest[:nameLength], rest[nameLength:], true
}
