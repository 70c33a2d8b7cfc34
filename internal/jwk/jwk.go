package jwk

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Key is a public key, or a shared secret, and when it is in force.
type Key struct {
	// Public is an ed25519.PublicKey, an *ecdsa.PublicKey on P-256, an
	// *rsa.PublicKey, or a Secret.
	Public    crypto.PublicKey
	NotBefore time.Time // zero: from ever
	NotAfter  time.Time // the first moment it is no longer in force; zero: for ever
}

// InForce reports whether the key counts at that time.
func (k Key) InForce(now time.Time) bool {
	return !now.Before(k.NotBefore) && (k.NotAfter.IsZero() || now.Before(k.NotAfter))
}

const (
	minSecret = 32   // bytes, what HMAC-SHA256 makes use of
	minRSA    = 2048 // bits
	maxRSA    = 4096 // a verification costs with the square of it, also for who signs wrongly
	exponent  = 65537
)

// Check reports a key that is of no kind of this package, or too weak.
func Check(pub crypto.PublicKey) error {
	switch key := pub.(type) {
	case ed25519.PublicKey:
		if len(key) != ed25519.PublicKeySize {
			return fmt.Errorf("an Ed25519 key has %d bytes: want %d", len(key), ed25519.PublicKeySize)
		}
		if weak(key) {
			return errors.New("an Ed25519 key of small order, for which anybody can sign; is it empty?")
		}
	case *ecdsa.PublicKey:
		return checkEC(key)
	case *rsa.PublicKey:
		return checkRSA(key)
	case Secret:
		if n := len(key.bytes()); n < minSecret {
			return fmt.Errorf("a shared secret of %d bytes: want %d or more, at random", n, minSecret)
		}
	default:
		return fmt.Errorf("a %T: want ed25519.PublicKey, *ecdsa.PublicKey, *rsa.PublicKey or a shared secret", pub)
	}
	return nil
}

func checkEC(key *ecdsa.PublicKey) error {
	if key == nil || key.Curve != elliptic.P256() {
		return errors.New("an EC key that is not on P-256")
	}
	if _, err := key.ECDH(); err != nil {
		return errors.New("an EC key whose point is not on the curve")
	}
	return nil
}

func checkRSA(key *rsa.PublicKey) error {
	if key == nil || key.N == nil {
		return errors.New("an RSA key without a modulus")
	}
	if bits := key.N.BitLen(); bits < minRSA || bits > maxRSA || key.E != exponent {
		return fmt.Errorf("an RSA key of %d bits with exponent %d: want %d to %d bits and %d", bits, key.E, minRSA, maxRSA, exponent)
	}
	return nil
}

// ID is the identifier of a key: its thumbprint (RFC 7638 with SHA-256) in
// base64url, 43 characters. The error is that of [Check].
func ID(pub crypto.PublicKey) (string, error) {
	if err := Check(pub); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(members(pub)))
	return encode(sum[:]), nil
}

// members are what RFC 7638 takes of a key, in its order and spelling. They are
// also what RFC 7517 needs.
func members(pub crypto.PublicKey) string {
	switch key := pub.(type) {
	case ed25519.PublicKey:
		return fmt.Sprintf(`{"crv":"Ed25519","kty":"OKP","x":"%s"}`, encode(key))
	case *ecdsa.PublicKey:
		point, _ := key.Bytes() // checked before; 4, then x and y
		return fmt.Sprintf(`{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, encode(point[1:33]), encode(point[33:]))
	case *rsa.PublicKey:
		return fmt.Sprintf(`{"e":"%s","kty":"RSA","n":"%s"}`, encode(big.NewInt(int64(key.E)).Bytes()), encode(key.N.Bytes()))
	case Secret:
		return fmt.Sprintf(`{"k":"%s","kty":"oct"}`, encode(key.bytes()))
	}
	return ""
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
