package verify

import (
	"encoding/json"
	"errors"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/internal/plainjson"
)

const maxKeySet = 1 << 20 // bytes

// ParseKeys reads the clearing institution's public keys from a JWK Set
// (RFC 7517): OKP with Ed25519, EC with P-256, and RSA with 2048 to 4096 bits and
// the exponent 65537; nbf and exp are when a key is in force. alg, where there is
// one, names the key's [Algorithm].
//
// A private or a shared key is refused: whoever sent it has leaked it. The error
// says which key is wrong; all are told at once. At most 1 MiB and 64 keys are
// read.
func ParseKeys(jwks []byte) ([]Key, error) {
	if len(jwks) > maxKeySet {
		return nil, argumentError("keys", "have more than 1 MiB")
	}
	if err := plainjson.Check(jwks); err != nil {
		return nil, argumentError("keys", "are no JWK Set: it "+err.Error())
	}
	parsed, err := jwk.ParseSet(jwks)
	if err != nil {
		return nil, err
	}
	var named struct {
		Keys []struct {
			Alg Algorithm `json:"alg"`
		} `json:"keys"`
	}
	if err := json.Unmarshal(jwks, &named); err != nil {
		return nil, err
	}
	keys := make([]Key, len(parsed))
	var problems []error
	for i, k := range parsed {
		keys[i] = Key{Public: k.Public, NotBefore: k.NotBefore, NotAfter: k.NotAfter, Algorithm: named.Keys[i].Alg}
		if problem := checkKey(keys[i], false); problem != "" {
			problems = append(problems, &ArgumentError{Argument: "key", Index: i, Problem: problem})
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return keys, nil
}
