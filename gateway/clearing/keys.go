package clearing

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// Secret is 32 random bytes. It never prints: fmt, encoding/json and log/slog
// write "[secret]".
type Secret [32]byte

// Format writes the placeholder for every verb.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "[secret]") }

// MarshalText is the placeholder, for JSON and the log.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// Keys are the server's secrets, by purpose.
type Keys struct {
	// Tokens authenticate gateway addresses and return addresses, by version
	// from 1. The highest version makes new addresses; an address is good for
	// as long as the version that made it is here.
	//
	// To rotate, add the next version and remove the old one when the last
	// order that was placed before is past its time. To revoke a secret that
	// leaked, remove it at once: the addresses made with it are dead, and the
	// acquirer that places such an order again gets a new one. A version is
	// never used for another secret.
	Tokens map[int]Secret
}

func (k Keys) validate() error {
	var p problems
	if len(k.Tokens) == 0 {
		p.add("/tokens", "is empty: give at least one secret of 32 random bytes")
	}
	seen := map[Secret]int{}
	for _, version := range slices.Sorted(maps.Keys(k.Tokens)) {
		at, secret := fmt.Sprintf("/tokens/%d", version), k.Tokens[version]
		if version < 1 {
			p.add(at, "is no version: they count from 1")
		}
		if secret == (Secret{}) {
			p.add(at, "is all zero: give 32 random bytes")
		}
		if other, again := seen[secret]; again {
			p.add(at, "is the secret of version %d: give each version its own", other)
		}
		seen[secret] = version
	}
	return p.err("clearing.New", "the keys are not valid")
}
