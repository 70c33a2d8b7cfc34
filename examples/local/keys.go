package local

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
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
	if err := checkOwn(file); err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err := writeNew(dir, file); err != nil {
			return nil, fmt.Errorf("local: making keys: %w", err)
		}
		raw, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, fmt.Errorf("local: reading keys: %w", err)
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

// checkOwn refuses keys that others can read or could have planted. Where files
// have no such permissions, nothing is known.
func checkOwn(file string) error {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("local: reading keys: %w", err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("local: %s is not a file of its own", file)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("local: %s can be used by others (%v): chmod 600, or remove it to get new keys", file, info.Mode().Perm())
	}
	return nil
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
	seed := func(n int) []byte {
		b := make([]byte, n)
		rand.Read(b)
		return b
	}
	key := func() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(seed(ed25519.SeedSize)) }
	return &Keys{Codes: key(), Gateway: key(), Acquirer: key(),
		Tokens: seed(secretSize), Forms: seed(secretSize), Wallet: seed(secretSize)}
}

// writeNew makes the file whole or not at all; whoever comes second keeps the
// first one's keys.
func writeNew(dir, file string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	raw, err := json.MarshalIndent(NewKeys(), "", "  ")
	if err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, "keys-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	_, err = draft.Write(raw)
	if err := errors.Join(err, draft.Close()); err != nil {
		return err
	}
	if err := os.Link(draft.Name(), file); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }
