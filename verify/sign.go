package verify

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"math"
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
}

// Sign is the clearing institution's side of [Signature]: it returns address
// with the signature added as last query parameter v, 110 bytes longer.
// address has no fragment and no parameter v yet. signer holds an Ed25519 key.
// The signature is verified before it is returned.
//
// The error is an [*ArgumentError], or wraps that of the signer.
func Sign(signer crypto.Signer, address Address, c Claims) (Address, error) {
	if err := checkSignable(signer, address, c); err != nil {
		return Address{}, err
	}
	public := signer.Public().(ed25519.PublicKey)
	h := header{tokenVersion, shortID(public), uint32(c.Expires.Unix()), MerchantOf(c.Merchant), scopeAddress}
	token := h.append(nil)
	signed := appendSigned(nil, token, address.text)
	signature, err := signer.Sign(rand.Reader, signed, crypto.Hash(0))
	if err != nil {
		return Address{}, fmt.Errorf("verify: sign: %w", err)
	}
	if !ed25519.Verify(public, signed, signature) {
		return Address{}, argumentError("signer", "made a signature that its public key does not verify")
	}
	return withToken(address, encodeToken(append(token, signature...)))
}

func withToken(a Address, token string) (Address, error) {
	text := a.text + tokenSeparator(a.text) + token
	if len(text) > maxAddress {
		return Address{}, argumentError("address", "is too long to be signed; 1938 bytes at most")
	}
	a.text, a.fragment = text, uint16(len(text))
	return a, nil
}

func checkSignable(signer crypto.Signer, address Address, c Claims) error {
	seconds := c.Expires.Unix()
	switch {
	case signer == nil:
		return argumentError("signer", "is nil")
	case !isEd25519(signer.Public()):
		return argumentError("signer", "holds no Ed25519 key")
	case address == Address{}:
		return argumentError("address", "is the zero Address; make it with Parse")
	case address.hasFragment():
		return argumentError("address", CodeFragment.sentence())
	case countTokens(address.Query()) > 0:
		return argumentError("address", "has a query parameter v already, which is where the signature goes")
	case seconds <= 0 || seconds > math.MaxUint32:
		return argumentError("Expires", "is missing or not between the years 1970 and 2106")
	}
	return nil
}

func isEd25519(public crypto.PublicKey) bool {
	key, ok := public.(ed25519.PublicKey)
	return ok && len(key) == ed25519.PublicKeySize
}
