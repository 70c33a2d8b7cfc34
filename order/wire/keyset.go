package wire

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/order"
)

// Key is a public key or [Secret] and when it is in force: from NotBefore until
// just before NotAfter, without a limit where one is zero.
//
// To rotate a key, publish the new one before it signs, and let the old one end
// when the last message that it signed is past the window of [Options]. In
// between both are in force.
type Key = jwk.Key

// KeyError is what is wrong with one key of a set: its place, and the member.
type KeyError = jwk.Error

// ParseKeySet reads a JWK Set (RFC 7517 section 5) of 1 to 64 keys: OKP with
// Ed25519, EC with P-256, RSA, and oct for a [Secret]. The members nbf and exp
// (NumericDate, RFC 7519) say when a key is in force; a kid must be the one that
// [KeyID] gives, a use "sig". A private key is refused: whoever sent it has
// leaked it.
//
// The error is [ErrKey] and tells all problems, each a *[KeyError].
func ParseKeySet(jwks []byte) ([]Key, error) {
	keys, err := jwk.ParseSet(jwks)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return keys, nil
}

// FormatKeySet writes public keys as a JWK Set, for peers to read: each with its
// kid, use and, where it has limits, nbf and exp. The error is [ErrKey] with a
// *[KeyError]: for a key that [KeyID] does not take, and for a [Secret], which is
// never published.
func FormatKeySet(keys ...Key) (jwks []byte, err error) {
	jwks, err = jwk.FormatSet(keys...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	return jwks, nil
}

// NewKeySet is a set of keys of which each counts while it is in force, by the
// clock of o at every use; at any other time it is as if it were not there. It
// fails with [ErrKey] for a key that [KeyID] does not take, and for one that
// stands twice.
func NewKeySet(keys []Key, o *Options) (Keys, error) {
	set := datedKeys{map[string]Key{}, o}
	var errs []error
	for i, k := range keys {
		id, err := KeyID(k.Public)
		if _, again := set.keys[id]; err == nil && again {
			err = fmt.Errorf("%w: %s stands twice", ErrKey, id)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("key %d: %w", i, err))
		}
		set.keys[id] = k
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return set, nil
}

type datedKeys struct {
	keys map[string]Key
	o    *Options
}

func (s datedKeys) Key(_ context.Context, keyID string) (crypto.PublicKey, error) {
	k, ok := s.keys[keyID]
	switch now := s.o.now(); {
	case !ok:
		return nil, noKey(len(s.keys))
	case now.Before(k.NotBefore):
		return nil, order.Errorf(order.CodeNotFound, "wire.Keys", "that key is in force from %s", k.NotBefore.Format(time.RFC3339))
	case !k.InForce(now):
		return nil, order.Errorf(order.CodeNotFound, "wire.Keys", "that key was in force until %s", k.NotAfter.Format(time.RFC3339))
	}
	return k.Public, nil
}
