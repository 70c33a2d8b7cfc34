package wire

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/order"
)

// Keys finds the public keys of those whose messages are to be believed. It is
// safe for concurrent use.
type Keys interface {
	// Key is the key with the identifier that [KeyID] gives it. An error that is
	// [order.CodeNotFound] says that there is none; any other says that it is not
	// known now whether there is one.
	Key(ctx context.Context, keyID string) (crypto.PublicKey, error)
}

// ErrKey is wrapped by every error about a key that cannot sign or verify
// messages here.
var ErrKey = errors.New("wire: not a usable key")

// KeyID is the identifier of a public key: its JWK thumbprint (RFC 7638 with
// SHA-256, RFC 8037) in base64url, 43 characters. It takes an
// ed25519.PublicKey; any other key is [ErrKey].
func KeyID(pub crypto.PublicKey) (string, error) {
	key, ok := pub.(ed25519.PublicKey)
	if !ok {
		return "", fmt.Errorf("%w: it is %T, want ed25519.PublicKey", ErrKey, pub)
	}
	if len(key) != ed25519.PublicKeySize {
		return "", fmt.Errorf("%w: it has %d bytes, want %d", ErrKey, len(key), ed25519.PublicKeySize)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, base64.RawURLEncoding.EncodeToString(key)))
	return base64.RawURLEncoding.EncodeToString(sum[:]), nil
}

// checkSignature verifies with the algorithm that belongs to the key.
func checkSignature(pub crypto.PublicKey, base string, signature []byte) error {
	if _, err := KeyID(pub); err != nil {
		return err
	}
	if !ed25519.Verify(pub.(ed25519.PublicKey), []byte(base), signature) {
		return errors.New("does not verify: the message was changed, or another key signed it")
	}
	return nil
}

// NewKeys is a set of keys that does not change. It fails with [ErrKey] for a
// key that [KeyID] does not take.
func NewKeys(pubs ...crypto.PublicKey) (Keys, error) {
	set := keySet{}
	for i, pub := range pubs {
		id, err := KeyID(pub)
		if err != nil {
			return nil, fmt.Errorf("key %d: %w", i, err)
		}
		set[id] = pub
	}
	return set, nil
}

type keySet map[string]crypto.PublicKey

func (s keySet) Key(_ context.Context, keyID string) (crypto.PublicKey, error) {
	if pub, ok := s[keyID]; ok {
		return pub, nil
	}
	return nil, order.Errorf(order.CodeNotFound, "wire.Keys", "there is no key %.64q among %d", keyID, len(s))
}
