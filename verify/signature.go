package verify

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"
)

// Signature is the signature by the clearing institution (method 3; claim 8
// of US 12,387,194 B2): an address is legal if it carries a signature, not yet
// expired, over the whole of itself. Signing the domain alone, as the claim's
// example does, would let every path of the host pass, and a signature copied
// from one code into another; here any other path, parameter, port or host is
// refused, unless [SignatureOptions] ask for less. It does not protect against a
// whole code copied and shown elsewhere: [Match.Merchant] tells whom it belongs
// to.
type Signature struct {
	keys     []*liveKey
	byID     map[keyID][]*liveKey
	merchant Merchant
	widest   Scope
	plain    bool
	revoked  revoked
}

var _ Method = (*Signature)(nil)

// SignatureOptions are for [NewSignature].
type SignatureOptions struct {
	// Merchant is the identifier of the only merchant whose codes are
	// accepted. Default: codes of every merchant and of none;
	// [Verdict.Merchant] tells which.
	Merchant string
	// Widest is the widest scope that is accepted. Default: ScopeAddress, so that
	// nothing in an address can be changed.
	Widest Scope
	// Plain also accepts the specification's plain form, which [SignDomain] makes.
	// It vouches for the domain alone: whoever has seen one such code can lead
	// payers to every path, port, parameter and open redirect of that domain, in
	// every merchant's name and for ever. Keys of [RSARecovery] sign nothing else.
	// Default: false. With Merchant it is refused, being bound to nobody.
	Plain bool
	// Revoked is what is refused although it is signed.
	Revoked Revocations
}

// NewSignature makes a method that accepts addresses signed by one of the
// keys. Two keys in force at a time allow rotation. The error is an
// [*ArgumentError], or several joined.
func NewSignature(keys []Key, o *SignatureOptions) (*Signature, error) {
	if len(keys) == 0 {
		return nil, argumentError("keys", noneGiven)
	}
	if o == nil {
		o = &SignatureOptions{}
	}
	m := &Signature{byID: make(map[keyID][]*liveKey, len(keys)), merchant: MerchantOf(o.Merchant), widest: o.Widest, plain: o.Plain}
	switch {
	case !o.Widest.known():
		return nil, argumentError("Widest", "is no scope; ScopeAddress, ScopePrefix, ScopeHost or ScopeDomain is right")
	case o.Plain && o.Merchant != "":
		return nil, argumentError("Plain", "accepts codes that are bound to no merchant; leave Merchant empty, or accept envelopes alone")
	}
	var err error
	if m.revoked, err = o.Revoked.compile(); err != nil {
		return nil, err
	}
	if err := m.add(keys); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Signature) add(keys []Key) error {
	seen := make(map[string]bool, len(keys))
	var problems []error
	for i, k := range keys {
		id := k.ID()
		if problem := checkKey(k, seen[id]); problem != "" {
			problems = append(problems, &ArgumentError{Argument: "key", Index: i, Value: id, Problem: problem})
			continue
		}
		seen[id] = true
		l := newLiveKey(k)
		m.keys = append(m.keys, l)
		m.byID[l.short] = append(m.byID[l.short], l)
	}
	return errors.Join(problems...)
}

// Name returns "signature".
func (m *Signature) Name() string { return "signature" }

// Check accepts signed addresses; the match has Key, Merchant, Expires, Scope and
// Code.
func (m *Signature) Check(_ context.Context, a Address, now time.Time) (Match, error) {
	var t token
	code := t.read(a)
	if code == CodeNoToken && m.plain {
		return m.checkPlain(a, now)
	}
	if code != "" {
		return Match{}, refuse(code)
	}
	h := readHeader(&t.raw)
	key, id, code := m.authenticate(h, &t, a)
	if code == "" {
		code = m.judge(h, key, id, now)
	}
	if code != "" {
		return Match{}, refuse(code)
	}
	return Match{Key: key.id, Merchant: h.merchant, Expires: h.expiry(), Scope: h.scope, Code: id}, nil
}

// authenticate returns the key that made the signature.
func (m *Signature) authenticate(h header, t *token, a Address) (*liveKey, CodeID, Code) {
	keys := m.byID[h.key]
	switch {
	case h.version != t.version:
		return nil, CodeID{}, CodeTokenVersion
	case !h.scope.known() || h.scope > m.widest:
		return nil, CodeID{}, CodeTokenScope
	case len(keys) == 0:
		return nil, CodeID{}, CodeUnknownKey
	}
	covered, code := h.covered(a, t.unsigned)
	if code != "" {
		return nil, CodeID{}, code
	}
	var space [len(signedPrefix) + maxHeader + maxAddress]byte
	signed := appendSigned(space[:0], t.raw[:h.size()], covered)
	code = CodeTokenForm
	for _, k := range keys {
		if k.size != t.size-h.size() || k.algorithm() == RSARecovery {
			continue
		}
		if k.verifies(signed, t.raw[h.size():t.size]) {
			return k, sha256.Sum256(signed), ""
		}
		code = CodeSignature
	}
	return nil, CodeID{}, code
}

// judge decides whether an authentic header is good now and here.
func (m *Signature) judge(h header, key *liveKey, id CodeID, now time.Time) Code {
	switch {
	case m.revoked.keys[key.id]:
		return CodeRevokedKey
	case !key.inForce(now):
		return CodeKeyPeriod
	case m.revoked.codes[id] || m.revoked.merchants[h.merchant]:
		return CodeRevoked
	case !now.Before(h.expiry()):
		return CodeExpired
	case m.merchant != (Merchant{}) && m.merchant != h.merchant:
		return CodeMerchant
	}
	return ""
}

func (h header) expiry() time.Time { return time.Unix(int64(h.expires), 0).UTC() }

// checkPlain looks for the signature of the domain in the last path segment. It
// has no key id: every key with signatures of its length is asked.
func (m *Signature) checkPlain(a Address, now time.Time) (Match, error) {
	signature, ok := plainToken(a)
	if !ok {
		return Match{}, refuse(CodeNoToken)
	}
	domain := a.Domain()
	if domain == "" {
		return Match{}, refuse(CodeNoDomain)
	}
	code := CodeNoToken // no key has signatures of this length
	for _, k := range m.keys {
		if k.size != len(signature) {
			continue
		}
		code = CodeSignature
		if k.verifies([]byte(domain), signature) {
			return m.judgePlain(k, domain, now)
		}
	}
	return Match{}, refuse(code)
}

func (m *Signature) judgePlain(k *liveKey, domain string, now time.Time) (Match, error) {
	id := CodeID(sha256.Sum256([]byte(domain)))
	switch {
	case m.revoked.keys[k.id]:
		return Match{}, refuse(CodeRevokedKey)
	case !k.inForce(now):
		return Match{}, refuse(CodeKeyPeriod)
	case m.revoked.codes[id]:
		return Match{}, refuse(CodeRevoked)
	}
	return Match{Key: k.id, Scope: ScopeDomain, Code: id}, nil
}
