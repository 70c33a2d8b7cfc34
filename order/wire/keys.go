package wire

import (
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/internal/jwk"
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

// Secret is a key that two parties share, for messages signed with hmac-sha256;
// [NewSecret] makes one. It never prints, neither by itself nor in whatever holds
// it: fmt, encoding/json and log/slog write "[secret]". Its zero value is none.
//
// Whoever can verify with a secret can sign with it, so it proves nothing to a
// third party, and one secret is for one pair.
type Secret = jwk.Secret

// NewSecret makes a Secret of a copy of key: 32 bytes or more, made at random,
// for its identifier and every message that it signs let others try out guesses.
func NewSecret(key []byte) Secret { return jwk.NewSecret(key) }

// KeyID is the identifier of a public key or [Secret]: its JWK thumbprint (RFC
// 7638 with SHA-256) in base64url, 43 characters. It takes an ed25519.PublicKey,
// an *ecdsa.PublicKey on P-256, an *rsa.PublicKey of 2048 to 4096 bits with the
// exponent 65537, and a [Secret]; any other key is [ErrKey].
func KeyID(pub crypto.PublicKey) (string, error) {
	id, err := jwk.ID(pub)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return id, nil
}

// NewKeys is a set of public keys and secrets that does not change, for ever in
// force; [NewKeySet] is one for keys that come and go. It fails with [ErrKey] for
// a key that [KeyID] does not take.
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
	return nil, noKey(len(s))
}

func noKey(among int) error {
	return order.Errorf(order.CodeNotFound, "wire.Keys", "no such key among %d", among)
}
