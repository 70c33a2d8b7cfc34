package clearing

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
)

// Key is a key of an acquirer and when it is in force.
type Key struct {
	// Public is an ed25519.PublicKey, an *ecdsa.PublicKey on P-256, an
	// *rsa.PublicKey of 2048 to 4096 bits, or a SharedSecret.
	Public crypto.PublicKey
	// SecretEnv names the environment variable that holds a shared secret, in
	// base64 as "openssl rand -base64 32" writes it. It stands in place of
	// Public in configuration files and in the store, which never hold secrets.
	SecretEnv string
	// NotBefore is the first moment at which it is in force; zero: from ever.
	NotBefore time.Time
	// NotAfter is the first moment at which it is no longer in force; zero: for
	// ever. Files and the store keep whole seconds of both.
	NotAfter time.Time
}

// SharedSecret is a key that the acquirer and the clearing institution share, for
// messages signed with hmac-sha256; [NewSharedSecret] makes one. It never
// prints, neither by itself nor in whatever holds it.
type SharedSecret = jwk.Secret

// NewSharedSecret makes a SharedSecret of a copy of key: 32 bytes or more, made at
// random.
func NewSharedSecret(key []byte) SharedSecret { return jwk.NewSecret(key) }

// maxDate is the end of the year 9999, the last moment that a date can be.
const maxDate = 253402300799

// A holder is the acquirer of a key.
type holder struct {
	acquirer string
	key      Key
}

func (k Key) inForce(now time.Time) bool {
	return jwk.Key{NotBefore: k.NotBefore, NotAfter: k.NotAfter}.InForce(now)
}

// period is when the key is in force, for whoever wonders why it is not.
func (k Key) period() string {
	text := "from ever"
	if !k.NotBefore.IsZero() {
		text = "from " + k.NotBefore.UTC().Format(time.RFC3339)
	}
	if !k.NotAfter.IsZero() {
		text += " to " + k.NotAfter.UTC().Format(time.RFC3339)
	}
	return text
}

// resolved is the key with its secret from the environment, and its identifier.
// It shares nothing with k. The path is that of the member that is wrong.
func (k Key) resolved(env func(string) (string, bool)) (_ Key, id, path string, err error) {
	if k.SecretEnv != "" {
		k.Public, err = secretFrom(env, k.SecretEnv)
		if err != nil {
			return k, "", "/secret_env", err
		}
	}
	if id, err = jwk.ID(k.Public); err != nil {
		return k, "", "", fmt.Errorf("is %w", err)
	}
	for _, at := range []time.Time{k.NotBefore, k.NotAfter} {
		if !at.IsZero() && (at.Unix() < 0 || at.Unix() > maxDate) {
			return k, "", "", fmt.Errorf("is in force %s: want times from 1970 to 9999", k.period())
		}
	}
	if !k.NotAfter.IsZero() && k.NotBefore.Unix() >= k.NotAfter.Unix() {
		return k, "", "", fmt.Errorf("is in force %s: want a second or more", k.period())
	}
	k.Public = clonePublic(k.Public)
	return k, id, "", nil
}

const maxEnvName = 64 // bytes

// variable is the name for an error, unless somebody may have written the secret
// in its place: one of 32 bytes has small letters or more characters.
func variable(name string) string {
	if len(name) > 40 || strings.Trim(name, strings.ToUpper(lowers)+digits+"_") != "" {
		return "a variable"
	}
	return name
}

// secretFrom reads a shared secret. The error does not tell what was read.
func secretFrom(env func(string) (string, bool), name string) (secret SharedSecret, err error) {
	if len(name) > maxEnvName || strings.Trim(name, lowers+strings.ToUpper(lowers)+digits+"_") != "" || strings.Contains(digits, name[:1]) {
		return secret, fmt.Errorf("is not the name of an environment variable: want 1 to %d of A-Z a-z 0-9 _, no digit first, and never the secret itself", maxEnvName)
	}
	text, ok := env(name)
	if !ok {
		return secret, fmt.Errorf("names %s, which the environment does not have", variable(name))
	}
	key, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(text))
	if err != nil {
		return secret, fmt.Errorf(`names %s, whose value is not base64, as "openssl rand -base64 32" writes it`, variable(name))
	}
	secret = NewSharedSecret(key)
	if err := jwk.Check(secret); err != nil {
		return secret, fmt.Errorf("names %s, which holds %w", variable(name), err)
	}
	return secret, nil
}

// clonePublic copies a key that was checked.
func clonePublic(pub crypto.PublicKey) crypto.PublicKey {
	switch key := pub.(type) {
	case ed25519.PublicKey:
		return slices.Clone(key)
	case *ecdsa.PublicKey:
		if point, err := key.Bytes(); err == nil {
			if again, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point); err == nil {
				return again
			}
		}
	case *rsa.PublicKey:
		return &rsa.PublicKey{N: new(big.Int).Set(key.N), E: key.E}
	}
	return pub // a SharedSecret does not change
}
