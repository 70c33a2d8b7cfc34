package reconcile

import (
	"context"
	"crypto"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/anyscan/anyscan/internal/jwk"
)

// Keys finds the public keys of clearing institutions; a wire.Keys is one. A file
// is verified by the key that it names, also years later: keep the keys of files
// that are kept.
type Keys interface {
	// Key is the key with the identifier, its JWK thumbprint (RFC 7638).
	Key(ctx context.Context, keyID string) (crypto.PublicKey, error)
}

// The signature records, in their order.
const (
	pairKey    = "key"
	pairDigest = "sha256"
	pairValue  = "value"
)

// signed is what is signed: the file's bytes by their hash, so that a file of any
// length is signed and verified while it is streamed.
func signed(keyID, digest string) []byte {
	return fmt.Appendf(nil, "%s\nkey %s\nsha256 %s\n", version, keyID, digest)
}

// sign makes the signature records of the bytes with the SHA-256 sum.
func sign(key crypto.Signer, sum []byte) ([]pair, error) {
	id, err := jwk.ID(key.Public())
	if err != nil {
		return nil, err
	}
	digest := hex.EncodeToString(sum)
	made, err := jwk.Sign(key, signed(id, digest))
	if err != nil {
		return nil, err
	}
	if !jwk.Verify(key.Public(), signed(id, digest), made) {
		return nil, errors.New("the key made a signature that does not verify")
	}
	return []pair{{pairKey, id}, {pairDigest, digest}, {pairValue, base64.RawURLEncoding.EncodeToString(made)}}, nil
}

// verify checks the signature records of the bytes with the SHA-256 sum. name is
// the record that is wrong.
func verify(ctx context.Context, keys Keys, pairs []pair, sum []byte) (name string, err error) {
	id, digest := pairs[0].value, hex.EncodeToString(sum)
	pub, err := publicKey(ctx, keys, id)
	if err != nil {
		return pairKey, fmt.Errorf("%w: %w", ErrSignature, err)
	}
	if pairs[1].value != digest {
		return pairDigest, fmt.Errorf("%w: is %.64q, the lines above have %q: was the file changed on its way?", ErrSignature, pairs[1].value, digest)
	}
	made, err := base64.RawURLEncoding.Strict().DecodeString(pairs[2].value)
	if err != nil {
		return pairValue, fmt.Errorf("%w: is not base64url without padding", ErrSignature)
	}
	if !jwk.Verify(pub, signed(id, digest), made) {
		return pairValue, fmt.Errorf("%w: was not made by the key %.43q over this file", ErrSignature, id)
	}
	return "", nil
}

// publicKey finds a key that one party alone can sign with.
func publicKey(ctx context.Context, keys Keys, id string) (crypto.PublicKey, error) {
	pub, err := keys.Key(ctx, id)
	if err != nil {
		return nil, err
	}
	if _, shared := pub.(jwk.Secret); shared {
		return nil, errors.New("is a shared secret, with which either party can sign: want a public key")
	}
	is, err := jwk.ID(pub)
	if err == nil && is != id {
		err = fmt.Errorf("is %.43q, and the key that was found for it %q", id, is)
	}
	return pub, err
}
