package wire

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/anyscan/anyscan/internal/jwk"
)

const (
	saltLength = 64 // bytes of salt in rsa-pss-sha512 (RFC 9421 section 3.3.1)
	coordinate = 32 // bytes of r and of s in ecdsa-p256-sha256 (section 3.3.4)
)

// errMismatch is a signature of the right form that is not of this message and
// key.
var errMismatch = errors.New("does not verify: the message was changed, or another key signed it")

// signWith signs a message with the algorithm that belongs to the key, which may
// live where only its Sign method reaches it.
func signWith(key crypto.Signer, message []byte) ([]byte, error) {
	switch key.Public().(type) {
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		der, err := key.Sign(rand.Reader, sum[:], crypto.SHA256)
		if err != nil {
			return nil, err
		}
		return plainECDSA(der)
	case *rsa.PublicKey:
		sum := sha512.Sum512(message)
		return key.Sign(rand.Reader, sum[:], pssOptions())
	}
	return key.Sign(rand.Reader, message, crypto.Hash(0)) // Ed25519 signs messages, not hashes
}

func pssOptions() *rsa.PSSOptions {
	return &rsa.PSSOptions{SaltLength: saltLength, Hash: crypto.SHA512}
}

// plainECDSA makes r||s of what a crypto.Signer returns, which is ASN.1.
func plainECDSA(der []byte) ([]byte, error) {
	var sig struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(der, &sig)
	if err != nil || len(rest) > 0 || sig.R.Sign() <= 0 || sig.S.Sign() <= 0 || max(sig.R.BitLen(), sig.S.BitLen()) > 8*coordinate {
		return nil, errors.New("the key made no ECDSA signature in ASN.1")
	}
	plain := make([]byte, 2*coordinate)
	sig.R.FillBytes(plain[:coordinate])
	sig.S.FillBytes(plain[coordinate:])
	return plain, nil
}

// checkSignature verifies with the algorithm that belongs to the key. Of a
// signature that has the right form the error is errMismatch.
func checkSignature(pub crypto.PublicKey, base string, signature []byte) error {
	if err := jwk.Check(pub); err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	if n := signatureLength(pub); len(signature) != n {
		return fmt.Errorf("has %d bytes: want %d of %s", len(signature), n, algorithm(pub))
	}
	if !verifies(pub, []byte(base), signature) {
		return errMismatch
	}
	return nil
}

func verifies(pub crypto.PublicKey, message, signature []byte) bool {
	switch key := pub.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, signature)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		r, s := new(big.Int).SetBytes(signature[:coordinate]), new(big.Int).SetBytes(signature[coordinate:])
		return ecdsa.Verify(key, sum[:], r, s)
	case *rsa.PublicKey:
		sum := sha512.Sum512(message)
		return rsa.VerifyPSS(key, crypto.SHA512, sum[:], signature, pssOptions()) == nil
	case Secret:
		return hmac.Equal(key.HMAC(message), signature) // in constant time
	}
	return false
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

func signatureLength(pub crypto.PublicKey) int {
	switch key := pub.(type) {
	case *ecdsa.PublicKey:
		return 2 * coordinate
	case *rsa.PublicKey:
		return key.Size()
	case Secret:
		return sha256.Size
	}
	return ed25519.SignatureSize
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
