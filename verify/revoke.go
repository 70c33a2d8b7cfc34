package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"

	"github.com/anyscan/anyscan/internal/plainjson"
)

// CodeID identifies one signed code: the SHA-256 of what its signature is over.
// Another signature of the same key over the same has the same CodeID.
type CodeID [sha256.Size]byte

// MarshalText writes 64 hexadecimal digits.
func (c CodeID) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(c[:])), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (c *CodeID) UnmarshalText(text []byte) error {
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(c) {
		return argumentError("code", "is not 64 hexadecimal digits")
	}
	*c = CodeID(raw)
	return nil
}

// CodeIDOf returns the CodeID of a signed address, for whoever revokes it. It does
// not verify the signature. An address in the plain form has the CodeID of its
// domain, and all codes of the domain share it. The error is a [*Reason].
func CodeIDOf(signed Address) (CodeID, error) {
	var t token
	if code := t.read(signed); code != "" {
		return plainID(signed, code)
	}
	h := readHeader(&t.raw)
	if !h.scope.known() {
		return CodeID{}, refuse(CodeTokenScope)
	}
	covered, code := h.covered(signed, t.unsigned)
	if code != "" {
		return CodeID{}, refuse(code)
	}
	return sha256.Sum256(appendSigned(nil, t.raw[:h.size()], covered)), nil
}

func plainID(signed Address, code Code) (CodeID, error) {
	if _, ok := plainToken(signed); code != CodeNoToken || !ok || signed.Domain() == "" {
		return CodeID{}, refuse(code)
	}
	return sha256.Sum256([]byte(signed.Domain())), nil
}

// Revocations are signed codes that are no longer legal.
type Revocations struct {
	Keys      []string `json:"keys,omitempty"`      // [Key.ID] of keys that leaked
	Merchants []string `json:"merchants,omitempty"` // identifiers of merchants, for every code of theirs
	Codes     []CodeID `json:"codes,omitempty"`     // single codes
}

const maxRevocations = 16 << 20 // bytes

// ParseRevocations reads the JSON form of [Revocations], of at most 16 MiB. A
// member that it does not know, one that stands twice or is null is an error: it could
// be one that revokes.
func ParseRevocations(raw []byte) (r Revocations, err error) {
	if len(raw) > maxRevocations {
		return Revocations{}, argumentError("revocations", "have more than 16 MiB")
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err = plainjson.Check(raw); err == nil {
		err = d.Decode(&r)
	}
	if err != nil {
		return Revocations{}, argumentError("revocations", "are no JSON object with keys, merchants and codes: "+err.Error())
	}
	if _, err = r.compile(); err != nil {
		return Revocations{}, err
	}
	return r, nil
}

type revoked struct {
	keys      map[string]bool
	merchants map[Merchant]bool
	codes     map[CodeID]bool
}

func (r Revocations) compile() (revoked, error) {
	c := revoked{map[string]bool{}, map[Merchant]bool{}, map[CodeID]bool{}}
	for i, id := range r.Keys {
		if !isKeyID(id) {
			return c, &ArgumentError{Argument: "revoked key", Index: i, Value: quote(id), Problem: "is no Key.ID, 43 characters of base64url"}
		}
		c.keys[id] = true
	}
	for i, m := range r.Merchants {
		if m == "" {
			return c, &ArgumentError{Argument: "revoked merchant", Index: i, Problem: "is empty"}
		}
		c.merchants[MerchantOf(m)] = true
	}
	for _, id := range r.Codes {
		c.codes[id] = true
	}
	return c, nil
}

// isKeyID knows the one spelling of [Key.ID]: in another it would revoke nothing.
func isKeyID(id string) bool {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(id)
	return err == nil && len(raw) == sha256.Size && len(id) == base64.RawURLEncoding.EncodedLen(sha256.Size)
}
