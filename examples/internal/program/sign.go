package program

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"os"

	"github.com/anyscan/anyscan/order/wire"
)

// SigningKey is the one key of a program that signs files, under its name in the file
// of secrets; in the environment where file is "".
func SigningKey(file, name string) (ed25519.PrivateKey, error) {
	var lookup Lookup = os.LookupEnv
	if file != "" {
		var err error
		if lookup, err = Kept(file, []string{name}); err != nil {
			return nil, fmt.Errorf("-keys: %w", err)
		}
	}
	read := NewSecrets(lookup)
	key := read.Key("the key that it signs with", name)
	return key, read.Err()
}

// PrintPublic writes the public half of a signing key as a JWK Set, for who checks
// what it signs.
func PrintPublic(out io.Writer, key ed25519.PrivateKey) error {
	jwks, err := wire.FormatKeySet(wire.Key{Public: key.Public()})
	if err == nil {
		_, err = fmt.Fprintf(out, "%s\n", jwks)
	}
	return err
}
