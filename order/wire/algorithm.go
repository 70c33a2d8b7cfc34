package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha512"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/internal/jwk"
)

const saltLength = 64 // bytes of salt in rsa-pss-sha512 (RFC 9421 section 3.3.1)

// errMismatch is a signature of the right form that is not of this message and
// key.
var errMismatch = errors.New("does not verify: the message was changed, or another key signed it")

// checkSignature verifies with the algorithm that belongs to the key. Of a
// signature that has the right form the error is errMismatch.
func checkSignature(pub crypto.PublicKey, base string, signature []byte) error {
	if err := jwk.Check(pub); err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	if n := jwk.SignatureSize(pub); len(signature) != n {
		return fmt.Errorf("has %d bytes: want %d of %s", len(signature), n, algorithm(pub))
	}
	if !jwk.Verify(pub, []byte(base), signature) {
		return errMismatch
	}
	return nil
}

// saltedOtherwise reports a signature that would verify with salt of another
// length: the default of some libraries is all that fits.
func saltedOtherwise(pub crypto.PublicKey, base string, signature []byte) bool {
	key, ok := pub.(*rsa.PublicKey)
	if !ok {
		return false
	}
	sum := sha512.Sum512([]byte(base))
	return rsa.VerifyPSS(key, crypto.SHA512, sum[:], signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil
}

// algorithm is what RFC 9421 calls the key's algorithm, for people.
func algorithm(pub crypto.PublicKey) string {
	switch pub.(type) {
	case *ecdsa.PublicKey:
		return "ecdsa-p256-sha256, r and s with 32 each and no ASN.1"
	case *rsa.PublicKey:
		return "rsa-pss-sha512"
	case Secret:
		return "hmac-sha256"
	}
	return "ed25519"
}
