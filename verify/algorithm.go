package verify

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"

	"github.com/anyscan/anyscan/internal/jwk"
)

// Algorithm is how a key signs. It belongs to the key, never to the token, so
// that nobody can choose a weaker one for it.
type Algorithm string

// The algorithms, by their names in RFC 7518 and RFC 8037 but for the last.
const (
	EdDSA Algorithm = "EdDSA" // Ed25519
	ES256 Algorithm = "ES256" // ECDSA on P-256 with SHA-256, r and s of 32 bytes each
	PS256 Algorithm = "PS256" // RSASSA-PSS with SHA-256 and a salt of 32 bytes; the default of RSA keys
	RS256 Algorithm = "RS256" // RSASSA-PKCS1-v1_5 with SHA-256
	// RSARecovery is the specification's text to the letter: the signature
	// decrypts to the domain. The domain itself, not its hash, is padded by PKCS #1
	// v1.5 (RFC 8017 section 9.2, without the DigestInfo); to verify, the padded
	// block is built again and compared whole, so that no byte is left to an
	// attacker. Such a key is for the plain form alone.
	RSARecovery Algorithm = "RSA-recovery"
)

// PublicKey is a public key of another kind, SM2 for example, brought by whoever
// needs it. It is safe for concurrent use.
type PublicKey interface {
	// Thumbprint identifies the key: the SHA-256 of a canonical form of it.
	Thumbprint() [sha256.Size]byte
	// SignatureSize is how many bytes its signatures have: 1 to 512, always the same.
	SignatureSize() int
	// Verify reports whether the signature of the message is true. It keeps neither.
	Verify(message, signature []byte) bool
}

// algorithm is the key's own, or that of its kind.
func (k Key) algorithm() Algorithm {
	switch k.Public.(type) {
	case ed25519.PublicKey:
		if k.Algorithm == "" || k.Algorithm == "Ed25519" { // the name of RFC 9864
			return EdDSA
		}
	case *ecdsa.PublicKey:
		if k.Algorithm == "" {
			return ES256
		}
	case *rsa.PublicKey:
		if k.Algorithm == "" {
			return PS256
		}
	}
	return k.Algorithm
}

// fits reports whether the key can sign with its algorithm.
func (k Key) fits() bool {
	a := k.algorithm()
	switch k.Public.(type) {
	case ed25519.PublicKey:
		return a == EdDSA
	case *ecdsa.PublicKey:
		return a == ES256
	case *rsa.PublicKey:
		return a == PS256 || a == RS256 || a == RSARecovery
	}
	return a == "" // another kind has only its own
}

func (k Key) signatureSize() int {
	if own, ok := k.Public.(PublicKey); ok {
		return own.SignatureSize()
	}
	return jwk.SignatureSize(k.Public)
}

// thumbprint of a key that [checkKey] takes.
func (k Key) thumbprint() (sum [sha256.Size]byte, ok bool) {
	if own, ok := k.Public.(PublicKey); ok {
		return own.Thumbprint(), true
	}
	if _, secret := k.Public.(jwk.Secret); secret {
		return sum, false
	}
	id, err := jwk.ID(k.Public)
	if err != nil {
		return sum, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(id)
	return [sha256.Size]byte(raw), err == nil
}

// verifies reports whether a signature of the key's size is true. The message
// stays on the caller's stack for the algorithms that allow it.
func (k *liveKey) verifies(message, signature []byte) bool {
	if len(signature) != k.size {
		return false
	}
	switch public := k.Public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(public, message, signature)
	case *ecdsa.PublicKey:
		return jwk.Verify(public, bytes.Clone(message), bytes.Clone(signature))
	case *rsa.PublicKey:
		return verifyRSA(public, k.algorithm(), bytes.Clone(message), bytes.Clone(signature))
	case PublicKey:
		return public.Verify(bytes.Clone(message), bytes.Clone(signature))
	}
	return false
}

func verifyRSA(public *rsa.PublicKey, a Algorithm, message, signature []byte) bool {
	sum := sha256.Sum256(message)
	switch a {
	case PS256:
		return rsa.VerifyPSS(public, crypto.SHA256, sum[:], signature, pss()) == nil
	case RS256:
		return rsa.VerifyPKCS1v15(public, crypto.SHA256, sum[:], signature) == nil
	case RSARecovery:
		return rsa.VerifyPKCS1v15(public, crypto.Hash(0), message, signature) == nil
	}
	return false
}

func pss() *rsa.PSSOptions {
	return &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA256}
}

// signWith signs as the algorithm says.
func signWith(signer crypto.Signer, a Algorithm, message []byte) ([]byte, error) {
	sum := sha256.Sum256(message)
	switch a {
	case ES256:
		return jwk.Sign(signer, message)
	case PS256:
		return signer.Sign(rand.Reader, sum[:], pss())
	case RS256:
		return signer.Sign(rand.Reader, sum[:], crypto.SHA256)
	}
	return signer.Sign(rand.Reader, message, crypto.Hash(0)) // what signs messages, not hashes
}
