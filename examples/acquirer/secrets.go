package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/order/wire"
)

// secrets are the backend's.
type secrets struct {
	key   ed25519.PrivateKey // signs its messages
	forms []byte             // makes its forms idempotent
	sales string             // password of /sales
	jwks  []byte             // the public half of key, that others know it by
}

// Format prints none of them, whatever the verb.
func (secrets) Format(f fmt.State, _ rune) { io.WriteString(f, "[secrets]") }

// Names of the secrets in the environment.
const (
	keyName   = "ACQUIRER_KEY"
	formsName = "ACQUIRER_FORMS"
	salesName = "ACQUIRER_SALES"
)

func secretNames() []string { return []string{keyName, formsName, salesName} }

// secrets reads them, and tells of every one that is missing.
func (f flags) secrets() (secrets, error) {
	var lookup program.Lookup = os.LookupEnv
	if f.keys != "" {
		var err error
		if lookup, err = program.Kept(f.keys, secretNames()); err != nil {
			return secrets{}, fmt.Errorf("-keys: %w", err)
		}
	}
	read := program.NewSecrets(lookup)
	s := secrets{key: read.Key("the key that it signs with", keyName), forms: read.Read("the key of its forms", formsName),
		sales: base64.StdEncoding.EncodeToString(read.Read("the password of /sales", salesName))}
	err := read.Err()
	if err != nil && f.keys == "" {
		err = errors.Join(err, errors.New("or -keys FILE keeps them in a file, made at first use"))
	}
	if err == nil {
		s.jwks, err = wire.FormatKeySet(wire.Key{Public: s.key.Public()})
	}
	return s, err
}
