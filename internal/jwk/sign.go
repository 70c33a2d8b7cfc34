package jwk

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
	"math/big"
)

const (
	saltLength = 64 // bytes of salt in rsa-pss-sha512 (RFC 9421 section 3.3.1)
	coordinate = 32 // bytes of r and of s in ecdsa-p256-sha256 (section 3.3.4)
)

// Sign signs a message with the algorithm of RFC 9421 section 3.3 that belongs to
// the key, which may live where only its Sign method reaches it.
func Sign(key crypto.Signer, message []byte) ([]byte, error) {
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

// Verify reports whether [Sign] may have made the signature of the message with
// the other half of pub, a key that [Check] takes.
func Verify(pub crypto.PublicKey, message, signature []byte) bool {
	if len(signature) != SignatureSize(pub) {
		return false
	}
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

// SignatureSize is how many bytes a signature with the key has.
func SignatureSize(pub crypto.PublicKey) int {
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
