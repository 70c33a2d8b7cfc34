package local

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"

	"github.com/anyscan/anyscan/examples/internal/program"
)

// Keys are all secrets of the system, each with one purpose. In production they
// belong to different parties.
type Keys struct {
	Codes    ed25519.PrivateKey `json:"codes"`    // the clearing institution signs merchants' codes with it
	Gateway  ed25519.PrivateKey `json:"gateway"`  // the gateway signs its messages with it
	Acquirer ed25519.PrivateKey `json:"acquirer"` // the acquirer signs its messages with it
	Tokens   []byte             `json:"tokens"`   // makes gateway addresses
	Forms    []byte             `json:"forms"`    // makes the forms of the pages idempotent
	Wallet   []byte             `json:"wallet"`   // shared by the gateway and the wallet company
}

// Format prints none of them, whatever the verb.
func (Keys) Format(f fmt.State, _ rune) { io.WriteString(f, "[keys]") }

// LoadKeys reads the keys of a directory, or makes them at first use, readable
// by the owner alone. Programs that start at once end up with the same keys.
func LoadKeys(dir string) (*Keys, error) {
	file := filepath.Join(dir, "keys.json")
	raw, err := program.OwnFile(file, func() ([]byte, error) { return json.MarshalIndent(NewKeys(), "", "  ") })
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	k := &Keys{}
	err = json.Unmarshal(raw, k)
	if err == nil {
		err = k.check()
	}
	if err != nil {
		return nil, fmt.Errorf("local: %s does not hold keys, remove it to get new ones: %w", file, err)
	}
	return k, nil
}

// secretSize is the length in bytes of the keys that are not Ed25519.
const secretSize = 32

// check names the first key that is not as long as NewKeys makes it.
func (k *Keys) check() error {
	for _, key := range []struct {
		name      string
		got, want int
	}{
		{"codes", len(k.Codes), ed25519.PrivateKeySize},
		{"gateway", len(k.Gateway), ed25519.PrivateKeySize},
		{"acquirer", len(k.Acquirer), ed25519.PrivateKeySize},
		{"tokens", len(k.Tokens), secretSize},
		{"forms", len(k.Forms), secretSize},
		{"wallet", len(k.Wallet), secretSize},
	} {
		if key.got != key.want {
			return fmt.Errorf("key %q has %d bytes, want %d", key.name, key.got, key.want)
		}
	}
	return nil
}

// NewKeys makes keys that are kept nowhere.
func NewKeys() *Keys {
	key := func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(program.NewSecret()) }
	return &Keys{Codes: key(), Gateway: key(), Acquirer: key(),
		Tokens: program.NewSecret(), Forms: program.NewSecret(), Wallet: program.NewSecret()}
}
