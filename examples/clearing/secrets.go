package main

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order/wire"
)

// secrets are the values of the variables that the configuration names.
type secrets struct {
	messages   ed25519.PrivateKey
	clearing   clearing.Keys
	components map[string][]byte // by the component's name
}

// Format prints none of them, whatever the verb.
func (secrets) Format(f fmt.State, _ rune) { io.WriteString(f, "[secrets]") }

// secrets reads all of them, and tells of every one that is missing.
func (c config) secrets(lookup program.Lookup) (secrets, error) {
	read := program.NewSecrets(lookup)
	s := secrets{messages: read.Key("/keys/messages_env", c.Keys.Messages), components: map[string][]byte{},
		clearing: clearing.Keys{Codes: read.Key("/keys/codes_env", c.Keys.Codes),
			Tokens: versions(read, "/keys/tokens_env", c.Keys.Tokens), Webhooks: versions(read, "/keys/webhooks_env", c.Keys.Webhooks)}}
	for i, a := range c.Components {
		s.components[a.Name] = read.Read(fmt.Sprintf("/components/%d/secret_env", i), a.SecretEnv)
	}
	return s, read.Err()
}

// versions reads the secrets of one purpose; check has seen to the numbers.
func versions(read *program.Secrets, at string, names map[string]string) map[int]clearing.Secret {
	all := map[int]clearing.Secret{}
	for _, text := range slices.Sorted(maps.Keys(names)) {
		version, err := strconv.Atoi(text)
		if secret := read.Read(at+"/"+text, names[text]); secret != nil && err == nil {
			all[version] = clearing.Secret(secret)
		}
	}
	return all
}

// generate prints new secrets for every variable that the configuration or its
// directory names.
func (c config) generate(out io.Writer) error {
	names := []string{c.Keys.Messages, c.Keys.Codes}
	names = slices.AppendSeq(slices.AppendSeq(names, maps.Values(c.Keys.Tokens)), maps.Values(c.Keys.Webhooks))
	for _, a := range c.Components {
		names = append(names, a.SecretEnv)
	}
	acquirers, _, err := c.acquirers()
	if err != nil {
		return err
	}
	for _, a := range acquirers {
		for _, k := range slices.Concat(a.Keys, a.TLSKeys) {
			if k.SecretEnv != "" {
				names = append(names, k.SecretEnv)
			}
		}
	}
	slices.Sort(names)
	return program.Export(out, slices.Compact(names))
}

// publishIn writes the public halves of the keys: what acquirers believe messages
// by, and what terminals and acquirers believe codes by.
func (c config) publishIn(dir string, lookup program.Lookup) error {
	read := program.NewSecrets(lookup)
	messages, codes := read.Key("/keys/messages_env", c.Keys.Messages), read.Key("/keys/codes_env", c.Keys.Codes)
	if err := read.Err(); err != nil {
		return err
	}
	for name, key := range map[string]ed25519.PrivateKey{"gateway.jwks": messages, "codes.jwks": codes} {
		jwks, err := wire.FormatKeySet(wire.Key{Public: key.Public()})
		if err != nil {
			return err
		}
		if err := program.WriteFile(filepath.Join(dir, name), func(f *os.File) error { return writePublic(f, jwks) }); err != nil {
			return err
		}
	}
	return nil
}

// writePublic writes what everybody may read.
func writePublic(f *os.File, text []byte) error {
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	_, err := f.Write(append(text, '\n'))
	return err
}
