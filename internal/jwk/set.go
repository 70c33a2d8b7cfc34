package jwk

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// MaxKeys is how many keys a set may have.
const MaxKeys = 64

const maxDate = 253402300799 // the end of the year 9999

// Error is what is wrong with a set.
type Error struct {
	Index  int    // of the key, from 0; -1 for the set itself
	Member string // of the key, such as "x"; "" for all of it
	Err    error  // what is wrong and what would be right
}

func (e *Error) Error() string {
	switch {
	case e.Index < 0:
		return fmt.Sprintf("jwk: the set: %v", e.Err)
	case e.Member == "":
		return fmt.Sprintf("jwk: key %d: %v", e.Index, e.Err)
	}
	return fmt.Sprintf("jwk: key %d: %s %v", e.Index, e.Member, e.Err)
}

// Unwrap is what is wrong.
func (e *Error) Unwrap() error { return e.Err }

// entry is a key in a set. Members that it does not have are skipped, as RFC
// 7517 section 4 asks.
type entry struct {
	Kty string   `json:"kty"`
	Crv string   `json:"crv,omitempty"`
	X   string   `json:"x,omitempty"`
	Y   string   `json:"y,omitempty"`
	N   string   `json:"n,omitempty"`
	E   string   `json:"e,omitempty"`
	K   string   `json:"k,omitempty"`
	Kid string   `json:"kid,omitempty"`
	Use string   `json:"use,omitempty"`
	Alg string   `json:"alg,omitempty"`
	Ops []string `json:"key_ops,omitempty"`
	Nbf *int64   `json:"nbf,omitempty"` // 0 is 1970, and not the same as none
	Exp *int64   `json:"exp,omitempty"`
}

// private are the members of private keys (RFC 7518, 6.2.2 and 6.3.2): any one of an
// RSA key gives the others away.
type private struct {
	D, P, Q, DP, DQ, QI, Oth json.RawMessage
}

// leaked is the member that nobody but the owner should have; "" for none.
func (p private) leaked() string {
	names := [...]string{"d", "p", "q", "dp", "dq", "qi", "oth"}
	for i, value := range [...]json.RawMessage{p.D, p.P, p.Q, p.DP, p.DQ, p.QI, p.Oth} {
		if len(value) > 0 && string(value) != `""` { // an empty one gives nothing away
			return names[i]
		}
	}
	return ""
}

// ParseSet reads a JWK Set (RFC 7517 section 5). All problems of all keys are
// joined, each an *[Error].
func ParseSet(raw []byte) ([]Key, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, &Error{Index: -1, Err: fmt.Errorf(`is no JSON object with a list "keys": %w`, err)}
	}
	if len(set.Keys) == 0 || len(set.Keys) > MaxKeys {
		return nil, &Error{Index: -1, Err: fmt.Errorf("has %d keys: want 1 to %d", len(set.Keys), MaxKeys)}
	}
	var keys []Key
	var errs []error
	for i, raw := range set.Keys {
		key, err := parse(raw)
		if err != nil {
			err.Index = i
			errs = append(errs, err)
			continue
		}
		keys = append(keys, key)
	}
	return keys, errors.Join(errs...)
}

func parse(raw json.RawMessage) (Key, *Error) {
	var e entry
	var p private
	err := json.Unmarshal(raw, &e)
	if err == nil {
		err = json.Unmarshal(raw, &p)
	}
	if err != nil {
		return Key{}, &Error{Err: fmt.Errorf("is no key: %w", err)}
	}
	if member := p.leaked(); member != "" {
		return Key{}, &Error{Member: member, Err: errors.New("is there: it is a private key, and whoever sent it has leaked it")}
	}
	pub, bad := e.public()
	if bad != nil {
		return Key{}, bad
	}
	id, err := ID(pub)
	switch {
	case err != nil:
		return Key{}, &Error{Err: fmt.Errorf("is %w", err)}
	case e.Kid != "" && e.Kid != id:
		return Key{}, &Error{Member: "kid", Err: fmt.Errorf("is %.64q: want the thumbprint of RFC 7638, %s, or none", e.Kid, id)}
	case e.Ops != nil && !slices.Contains(e.Ops, "verify"):
		return Key{}, &Error{Member: "key_ops", Err: errors.New(`does not name "verify": name it, or leave key_ops out`)}
	case e.Use != "" && e.Use != "sig":
		return Key{}, &Error{Member: "use", Err: fmt.Errorf(`is %.16q: want "sig", or none`, e.Use)}
	}
	return e.dated(pub)
}

// dated is the key with the time in which it is in force.
func (e entry) dated(pub crypto.PublicKey) (Key, *Error) {
	from, bad := date("nbf", e.Nbf)
	if bad != nil {
		return Key{}, bad
	}
	until, bad := date("exp", e.Exp)
	if bad != nil {
		return Key{}, bad
	}
	if !until.IsZero() && !from.Before(until) {
		return Key{}, &Error{Member: "exp", Err: errors.New("is not after nbf: the key is never in force")}
	}
	return Key{Public: pub, NotBefore: from, NotAfter: until}, nil
}

// date reads a NumericDate, the zero time where there is none.
func date(member string, seconds *int64) (time.Time, *Error) {
	if seconds == nil {
		return time.Time{}, nil
	}
	if *seconds < 0 || *seconds > maxDate {
		return time.Time{}, &Error{Member: member, Err: fmt.Errorf("is %d: want seconds since 1970, and the year 9999 at most", *seconds)}
	}
	return time.Unix(*seconds, 0).UTC(), nil
}

func (e entry) public() (crypto.PublicKey, *Error) {
	switch {
	case e.Kty == "OKP" && e.Crv == "Ed25519":
		x, bad := bytesOf("x", e.X)
		return ed25519.PublicKey(x), bad
	case e.Kty == "EC" && e.Crv == "P-256":
		return e.ec()
	case e.Kty == "RSA":
		return e.rsa()
	case e.Kty == "oct":
		k, bad := bytesOf("k", e.K)
		return NewSecret(k), bad
	case e.Kty == "OKP" || e.Kty == "EC":
		return nil, &Error{Member: "crv", Err: fmt.Errorf("is %.16q: want Ed25519 or P-256", e.Crv)}
	}
	return nil, &Error{Member: "kty", Err: fmt.Errorf("is %.16q: want OKP, EC, RSA or oct", e.Kty)}
}

func (e entry) ec() (crypto.PublicKey, *Error) {
	x, bad := bytesOf("x", e.X)
	if bad != nil {
		return nil, bad
	}
	y, bad := bytesOf("y", e.Y)
	if bad != nil {
		return nil, bad
	}
	if len(x) != 32 || len(y) != 32 {
		return nil, &Error{Member: "x", Err: fmt.Errorf("and y have %d and %d bytes: want 32 each", len(x), len(y))}
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		return nil, &Error{Member: "x", Err: errors.New("and y are no point of the curve")}
	}
	return key, nil
}

func (e entry) rsa() (crypto.PublicKey, *Error) {
	n, bad := bytesOf("n", e.N)
	if bad != nil {
		return nil, bad
	}
	exp, bad := bytesOf("e", e.E)
	if bad != nil {
		return nil, bad
	}
	if len(exp) > 4 || len(n) > maxRSA/8+1 {
		return nil, &Error{Member: "e", Err: fmt.Errorf("or n is too large: want %d and at most %d bits", exponent, maxRSA)}
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(exp).Int64())}, nil
}

func bytesOf(member, text string) ([]byte, *Error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil, &Error{Member: member, Err: errors.New("is missing or not base64url without padding")}
	}
	return b, nil
}

// FormatSet writes public keys as a JWK Set, each with its kid, use and, where
// they are limited, nbf and exp. A [Secret] or a key that [Check] refuses is an
// *[Error].
func FormatSet(keys ...Key) ([]byte, error) {
	set := struct {
		Keys []entry `json:"keys"`
	}{Keys: []entry{}}
	for i, k := range keys {
		e, err := k.entry()
		if err != nil {
			return nil, &Error{Index: i, Err: err}
		}
		set.Keys = append(set.Keys, e)
	}
	return json.Marshal(set)
}

func (k Key) entry() (e entry, err error) {
	if _, secret := k.Public.(Secret); secret {
		return e, errors.New("is a shared secret, which is never published")
	}
	id, err := ID(k.Public)
	if err != nil {
		return e, fmt.Errorf("is %w", err)
	}
	if err := json.Unmarshal([]byte(members(k.Public)), &e); err != nil {
		return e, err
	}
	e.Kid, e.Use = id, "sig"
	e.Nbf, e.Exp = numericDate(k.NotBefore), numericDate(k.NotAfter)
	_, bad := e.dated(k.Public) // what could not be read is not written
	if bad != nil {
		return e, fmt.Errorf("has a date that cannot be written: %w", bad)
	}
	return e, nil
}

func numericDate(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return new(t.Unix())
}
