package verify

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
)

// Key is a public key of the clearing institution and when it is in force.
type Key struct {
	// Public is an ed25519.PublicKey, an *ecdsa.PublicKey on P-256, an
	// *rsa.PublicKey of 2048 to 4096 bits with the exponent 65537, or a
	// [PublicKey] of another kind.
	Public    crypto.PublicKey
	NotBefore time.Time // zero: from ever
	NotAfter  time.Time // the first moment it is no longer in force; zero: for ever
	// Algorithm is how the key signs. Default: the one of its kind, for RSA PS256.
	Algorithm Algorithm
}

// ID returns the key's RFC 7638 thumbprint in base64url, or "" if Public is
// no key of the kinds above.
func (k Key) ID() string {
	sum, ok := k.thumbprint()
	if !ok {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// liveKey is a key with what need not be computed again.
type liveKey struct {
	Key
	id    string
	short keyID
	size  int // bytes of a signature
}

// newLiveKey takes a key that [checkKey] took.
func newLiveKey(k Key) *liveKey {
	sum, _ := k.thumbprint()
	if public, ok := k.Public.(ed25519.PublicKey); ok {
		k.Public = append(ed25519.PublicKey(nil), public...)
	}
	return &liveKey{k, k.ID(), keyID(sum[:2]), k.signatureSize()}
}

func checkKey(k Key, seen bool) (problem string) {
	if problem = checkPublic(k); problem != "" {
		return problem
	}
	switch {
	case !k.fits():
		return "cannot sign with the algorithm that it names; leave it out, or write PS256, RS256 or RSA-recovery for an RSA key"
	case seen:
		return "is given twice; give each key once"
	case !k.NotAfter.IsZero() && !k.NotBefore.Before(k.NotAfter):
		return "is never in force; NotBefore must be earlier than NotAfter"
	}
	return ""
}

func checkPublic(k Key) (problem string) {
	switch public := k.Public.(type) {
	case PublicKey:
		if n := public.SignatureSize(); n < 1 || n > maxSignature {
			return "has signatures of no byte or more than 512"
		}
		return ""
	case ed25519.PublicKey:
		if len(public) == ed25519.PublicKeySize && jwk.Check(public) != nil {
			return "is of small order, for which anybody can sign; is it empty?"
		}
	case *rsa.PublicKey:
		if jwk.Check(public) != nil {
			return "is no RSA key of 2048 to 4096 bits with the exponent 65537"
		}
	case jwk.Secret:
		return "is a shared secret; whoever can verify with it could sign"
	}
	if jwk.Check(k.Public) != nil {
		return "is no public key: an Ed25519 key of 32 bytes, an EC key on P-256 or an RSA key"
	}
	return ""
}

func (k *liveKey) inForce(now time.Time) bool {
	return !now.Before(k.NotBefore) && (k.NotAfter.IsZero() || now.Before(k.NotAfter))
}
