package clearing

import (
	"crypto"
	"crypto/ed25519"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/verify"
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
	// Codes signs merchants' codes, with an Ed25519 key that is used for nothing
	// else. To rotate, let terminals know the next key's public half before it
	// is set here, and the old one's for as long as its codes live. Default:
	// none; every request for a code is refused.
	Codes crypto.Signer `json:"-"`
	// Files signs clearing files: an Ed25519 key, or one on P-256 or of RSA with 2048 to
	// 4096 bits. Acquirers need the public half, the old one too for as long as they
	// keep files. Default: none; no clearing files are made.
	Files crypto.Signer `json:"-"`
	// Webhooks are what the secrets of webhook endpoints are computed from, by
	// version from 1; package webhook says how to rotate and revoke them. None
	// means that endpoints cannot be made.
	Webhooks map[int]Secret
}

// Format writes, for every verb, which keys there are. None of them prints:
// those of Codes and Files could be their bytes.
func (k Keys) Format(f fmt.State, _ rune) {
	there := func(key crypto.Signer) string {
		if key == nil {
			return "none"
		}
		return "[secret]"
	}
	fmt.Fprintf(f, "{Tokens:%v Codes:%s Files:%s Webhooks:%v}", k.Tokens, there(k.Codes), there(k.Files), k.Webhooks)
}

func (k Keys) validate() error {
	var p problems
	if len(k.Tokens) == 0 {
		p.add("/tokens", "is empty: give at least one secret of 32 random bytes")
	}
	seen := map[Secret]string{}
	p.secrets("/tokens", k.Tokens, seen)
	p.secrets("/webhooks", k.Webhooks, seen)
	if key, ok := k.Codes.(ed25519.PrivateKey); ok && len(key) != ed25519.PrivateKeySize {
		p.add("/codes", "is an Ed25519 key of %d bytes: want %d", len(key), ed25519.PrivateKeySize)
	} else if k.Codes != nil && !isEd25519(k.Codes) {
		p.add("/codes", "holds a %T: codes are signed with Ed25519", k.Codes.Public())
	}
	if key, ok := k.Files.(ed25519.PrivateKey); ok && len(key) != ed25519.PrivateKeySize {
		p.add("/files", "is an Ed25519 key of %d bytes: want %d", len(key), ed25519.PrivateKeySize)
	} else if k.Files != nil {
		if err := jwk.Check(k.Files.Public()); err != nil {
			p.add("/files", "is %v", err)
		}
	}
	return p.err("clearing.New", "the keys are not valid")
}

// isEd25519 because addresses of codes have room for its signature, and no larger.
func isEd25519(signer crypto.Signer) bool {
	public, ok := signer.Public().(ed25519.PublicKey)
	return ok && (verify.Key{Public: public}).ID() != ""
}

// secrets checks those of one purpose; seen are those of others.
func (p *problems) secrets(path string, secrets map[int]Secret, seen map[Secret]string) {
	for _, version := range slices.Sorted(maps.Keys(secrets)) {
		at, secret := fmt.Sprintf("%s/%d", path, version), secrets[version]
		if version < 1 {
			p.add(at, "is no version: they count from 1")
		}
		if secret == (Secret{}) {
			p.add(at, "is all zero: give 32 random bytes")
		}
		if other, again := seen[secret]; again {
			p.add(at, "is the secret at %s: give each version its own", other)
		}
		seen[secret] = at
	}
}

// webhooks are the secrets as package webhook takes them.
func (k Keys) webhooks() webhook.Keys {
	keys := webhook.Keys{}
	for version, secret := range k.Webhooks {
		keys[version] = webhook.Secret(secret)
	}
	return keys
}
