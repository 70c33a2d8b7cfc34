package verify

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
)

// Key is a public key of the clearing institution and when it is in force.
type Key struct {
	Public    crypto.PublicKey // an ed25519.PublicKey
	NotBefore time.Time        // zero: from ever
	NotAfter  time.Time        // the first moment it is no longer in force; zero: for ever
}

// ID returns the key's RFC 7638 thumbprint in base64url, or "" if Public is
// no Ed25519 key.
func (k Key) ID() string {
	public, ok := k.Public.(ed25519.PublicKey)
	if !ok {
		return ""
	}
	sum := thumbprint(public)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func thumbprint(public ed25519.PublicKey) [sha256.Size]byte {
	x := base64.RawURLEncoding.EncodeToString(public)
	return sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`))
}

// shortID is what fits into a token; several keys may share one.
func shortID(public ed25519.PublicKey) keyID {
	sum := thumbprint(public)
	return keyID(sum[:2])
}

// Signature is the signature by the clearing institution (method 3; claim 8
// of US 12,387,194 B2): an address is legal if it carries a signature, not yet
// expired, over the whole of itself. Signing the domain alone, as the claim's
// example does, would let every path of the host pass, and a signature copied
// from one code into another; here any other path, parameter, port or host is
// refused. It does not protect against a whole code copied and shown
// elsewhere: [Match.Merchant] tells whom it belongs to.
type Signature struct {
	keys     map[keyID][]liveKey
	merchant Merchant
}

var _ Method = (*Signature)(nil)

type liveKey struct {
	Key
	public ed25519.PublicKey
	id     string
}

// SignatureOptions are for [NewSignature].
type SignatureOptions struct {
	// Merchant is the identifier of the only merchant whose codes are
	// accepted. Default: codes of every merchant and of none;
	// [Verdict.Merchant] tells which.
	Merchant string
}

// NewSignature makes a method that accepts addresses signed by one of the
// keys. Two keys in force at a time allow rotation. The error is an
// [*ArgumentError].
func NewSignature(keys []Key, o *SignatureOptions) (*Signature, error) {
	if len(keys) == 0 {
		return nil, argumentError("keys", noneGiven)
	}
	m := &Signature{keys: make(map[keyID][]liveKey, len(keys))}
	if o != nil {
		m.merchant = MerchantOf(o.Merchant)
	}
	seen := make(map[string]bool, len(keys))
	for i, k := range keys {
		id := k.ID()
		if problem := checkKey(k, seen[id]); problem != "" {
			return nil, &ArgumentError{Argument: "key", Index: i, Value: id, Problem: problem}
		}
		seen[id] = true
		public := append(ed25519.PublicKey(nil), k.Public.(ed25519.PublicKey)...)
		short := shortID(public)
		m.keys[short] = append(m.keys[short], liveKey{k, public, id})
	}
	return m, nil
}

func checkKey(k Key, seen bool) (problem string) {
	public, ok := k.Public.(ed25519.PublicKey)
	switch {
	case !ok || len(public) != ed25519.PublicKeySize:
		return "is no Ed25519 public key of 32 bytes"
	case jwk.Check(public) != nil:
		return "is of small order, for which anybody can sign; is it empty?"
	case seen:
		return "is given twice; give each key once"
	case !k.NotAfter.IsZero() && !k.NotBefore.Before(k.NotAfter):
		return "is never in force; NotBefore must be earlier than NotAfter"
	}
	return ""
}

// Name returns "signature".
func (m *Signature) Name() string { return "signature" }

// Check accepts signed addresses; the match has Key, Merchant and Expires.
func (m *Signature) Check(_ context.Context, a Address, now time.Time) (Match, error) {
	unsigned, token, code := splitToken(a)
	if code != "" {
		return Match{}, refuse(code)
	}
	raw, code := decodeToken(token)
	if code != "" {
		return Match{}, refuse(code)
	}
	h := readHeader(&raw)
	key, code := m.authenticate(h, &raw, unsigned)
	if code == "" {
		code = m.judge(h, key, now)
	}
	if code != "" {
		return Match{}, refuse(code)
	}
	return Match{Key: key.id, Merchant: h.merchant, Expires: h.expiry()}, nil
}

// authenticate returns the key that made the signature.
func (m *Signature) authenticate(h header, raw *[tokenSize]byte, unsigned string) (liveKey, Code) {
	switch {
	case h.version != tokenVersion:
		return liveKey{}, CodeTokenVersion
	case h.scope != scopeAddress:
		return liveKey{}, CodeTokenScope
	case len(m.keys[h.key]) == 0:
		return liveKey{}, CodeUnknownKey
	}
	var space [len(signedPrefix) + headerSize + maxAddress]byte
	signed := appendSigned(space[:0], raw[:headerSize], unsigned)
	for _, k := range m.keys[h.key] {
		if ed25519.Verify(k.public, signed, raw[headerSize:]) {
			return k, ""
		}
	}
	return liveKey{}, CodeSignature
}

// judge decides whether an authentic header is good now and here.
func (m *Signature) judge(h header, key liveKey, now time.Time) Code {
	switch {
	case now.Before(key.NotBefore) || !key.NotAfter.IsZero() && !now.Before(key.NotAfter):
		return CodeKeyPeriod
	case !now.Before(h.expiry()):
		return CodeExpired
	case m.merchant != (Merchant{}) && m.merchant != h.merchant:
		return CodeMerchant
	}
	return ""
}

func (h header) expiry() time.Time { return time.Unix(int64(h.expires), 0).UTC() }
