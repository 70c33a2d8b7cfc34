package verify

import (
	"crypto"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Claims are what a signature states beside the address.
type Claims struct {
	// Expires is when the code ceases to be legal, in whole seconds rounded
	// down, until the year 2106. Minutes are right for a code on a screen, a
	// year or two for a printed one. Required.
	Expires time.Time
	// Merchant is the identifier the clearing institution knows the merchant
	// by. Empty: bound to nobody.
	Merchant string
	// Scope is how much of the address is signed. Whoever verifies must accept
	// it; see [SignatureOptions]. Default: ScopeAddress.
	Scope Scope
	// Prefix is the beginning of the path that ScopePrefix signs, "/shop/" for
	// example. It begins and ends with a /.
	Prefix string
	// InPath makes the token the last segment of the path, in upper-case base32:
	// where the rest of the address is of 0-9 A-Z $ * + - . / : too, its QR code is
	// smaller. The address then has no query, and its path ends with /.
	InPath bool
	// Algorithm is the one that the institution's [Key] names. Default: that of its
	// kind.
	Algorithm Algorithm
}

// Sign is the clearing institution's side of [Signature]: it returns address
// with the signature added as last query parameter v, 110 bytes longer with
// Ed25519 or P-256. address has no fragment and no parameter v yet, and nothing
// signed that browsers rewrite: no . or .. segments, no ' in the query. signer holds
// a key of the kinds that [Key] names. The signature is verified before it is
// returned.
//
// The error is an [*ArgumentError], or wraps that of the signer.
func Sign(signer crypto.Signer, address Address, c Claims) (Address, error) {
	key, err := signerKey(signer, c.Algorithm)
	if err != nil {
		return Address{}, err
	}
	if err := checkSignable(key, address, c); err != nil {
		return Address{}, err
	}
	h := header{versionQuery, key.short, uint32(c.Expires.Unix()), MerchantOf(c.Merchant), c.Scope, 0}
	if c.Scope == ScopePrefix {
		h.prefix = address.path + uint16(len(c.Prefix))
	}
	if c.InPath {
		h.version = versionPath
	}
	covered, code := h.covered(address, address.text)
	if code != "" {
		return Address{}, argumentError("address", code.sentence())
	}
	head := h.append(nil)
	signature, err := signVerified(signer, key, appendSigned(nil, head, covered))
	if err != nil {
		return Address{}, err
	}
	chars := encodeToken(h.version, append(head, signature...))
	with := withToken
	if c.InPath {
		with = withSegment
	}
	signed, err := with(address, chars)
	if err != nil {
		return Address{}, err
	}
	var t token
	if code := t.read(signed); code != "" {
		return Address{}, argumentError("signer", shortSignatures)
	}
	return signed, nil
}

const shortSignatures = "makes signatures that are too short to be found in an address"

// signVerified signs, and proves that whoever has the public key will believe it.
func signVerified(signer crypto.Signer, key *liveKey, message []byte) ([]byte, error) {
	signature, err := signWith(signer, key.algorithm(), message)
	if err != nil {
		return nil, fmt.Errorf("verify: sign: %w", err)
	}
	if !key.verifies(message, signature) {
		return nil, argumentError("signer", "made a signature that its public key does not verify")
	}
	return signature, nil
}

func withToken(a Address, token string) (Address, error) {
	text := a.text + tokenSeparator(a.text) + token
	if len(text) > maxAddress {
		return Address{}, tooLongToSign(len(text) - len(a.text))
	}
	a.text, a.fragment = text, uint16(len(text))
	return a, nil
}

func withSegment(a Address, token string) (Address, error) {
	text := a.text + token
	if len(text) > maxAddress {
		return Address{}, tooLongToSign(len(token))
	}
	a.text, a.query, a.fragment = text, uint16(len(text)), uint16(len(text))
	return a, nil
}

func tooLongToSign(added int) error {
	return argumentError("address", "is too long to be signed; "+strconv.Itoa(maxAddress-added)+" bytes at most")
}

func signerKey(signer crypto.Signer, a Algorithm) (*liveKey, error) {
	if signer == nil {
		return nil, argumentError("signer", "is nil")
	}
	key := Key{Public: signer.Public(), Algorithm: a}
	if problem := checkKey(key, false); problem != "" {
		return nil, argumentError("signer", problem)
	}
	return newLiveKey(key), nil
}

func checkSignable(key *liveKey, address Address, c Claims) error {
	seconds := c.Expires.Unix()
	switch {
	case key.algorithm() == RSARecovery:
		return argumentError("signer", "has an algorithm for the plain form alone; use SignDomain")
	case address == Address{}:
		return argumentError("address", "is the zero Address; make it with Parse")
	case address.hasFragment():
		return argumentError("address", CodeFragment.sentence())
	case c.Scope == ScopeAddress && (steps(address.Path()) || strings.Contains(address.Query(), "'")):
		return argumentError("address", "has . or .. segments, or a ' in the query: browsers rewrite both, and ask for what was not signed; leave the segments out and write %27")
	case countTokens(address.Query()) > 0:
		return argumentError("address", "has a query parameter v already, which is where the signature goes")
	case seconds <= 0 || seconds > math.MaxUint32:
		return argumentError("Expires", "is missing or not between the years 1970 and 2106")
	}
	return checkForm(address, c)
}

func checkForm(address Address, c Claims) error {
	switch {
	case !c.Scope.known():
		return argumentError("Scope", "is none; ScopeAddress, ScopePrefix, ScopeHost or ScopeDomain is right")
	case c.Scope != ScopePrefix && c.Prefix != "":
		return argumentError("Prefix", "is for ScopePrefix alone")
	case c.Scope == ScopePrefix && !(strings.HasPrefix(c.Prefix, "/") && strings.HasPrefix(address.Path(), c.Prefix)):
		return argumentError("Prefix", "is not how the path begins")
	case c.InPath && (address.afterPath() != "" || !strings.HasSuffix(address.text, "/") || steps(address.Path())):
		return argumentError("address", pathForm)
	}
	return nil
}
