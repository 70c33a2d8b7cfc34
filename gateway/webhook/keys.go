package webhook

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/order"
)

// Secret is 32 random bytes that the secrets of endpoints are computed from. It
// never prints: fmt, encoding/json and log/slog write "[secret]".
type Secret [32]byte

// Format writes the placeholder for every verb.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, "[secret]") }

// MarshalText is the placeholder, for JSON and the log.
func (Secret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// Keys are the secrets by version from 1; the highest is that of new endpoints
// and of rotations. Without any, no endpoint can be made. The package comment
// says how to rotate and how to revoke.
type Keys map[int]Secret

func (k Keys) validate() error {
	seen := map[Secret]bool{}
	for _, version := range slices.Sorted(maps.Keys(k)) {
		if version < 1 || k[version] == (Secret{}) || seen[k[version]] {
			return order.Errorf(order.CodeInvalid, "webhook.New",
				"version %d of the keys is not usable: versions count from 1, each with 32 random bytes of its own", version)
		}
		seen[k[version]] = true
	}
	return nil
}

// current is the version for new secrets, 0 for none.
func (k Keys) current() (version int) {
	for v := range k {
		version = max(version, v)
	}
	return version
}

// derive computes 32 bytes for one purpose of one endpoint; ok is false when the
// version is not held any more.
func (k Keys) derive(purpose string, endpoint order.ID, r secretRef) (sum []byte, ok bool) {
	secret, ok := k[r.Version]
	if !ok {
		return nil, false
	}
	mac := hmac.New(sha256.New, secret[:])
	mac.Write([]byte("anyscan webhook v1\x00" + purpose + "\x00" + string(endpoint) + "\x00" + strconv.Itoa(r.Generation)))
	return mac.Sum(nil), true
}

// A secretRef says which secret of an endpoint: the row holds these instead of
// secrets.
type secretRef struct {
	Generation int       `json:"generation"` // counts the rotations, from 1
	Version    int       `json:"version"`    // of the Secret it is computed from
	Until      time.Time `json:"until,omitzero"`
}

// shared is the secret of v1 signatures.
func (k Keys) shared(endpoint order.ID, r secretRef) ([]byte, bool) {
	return k.derive("shared", endpoint, r)
}

// private is the key of v1a signatures.
func (k Keys) private(endpoint order.ID, r secretRef) (ed25519.PrivateKey, bool) {
	seed, ok := k.derive("ed25519", endpoint, r)
	if !ok {
		return nil, false
	}
	return ed25519.NewKeyFromSeed(seed), true
}

// sharedText is the secret as its receiver is told.
func (k Keys) sharedText(endpoint order.ID, r secretRef) (order.EndpointSecret, bool) {
	raw, ok := k.shared(endpoint, r)
	return order.EndpointSecret("whsec_" + base64.StdEncoding.EncodeToString(raw)), ok
}

// publicText is the key that verifies v1a signatures; "" when it is not held.
func (k Keys) publicText(endpoint order.ID, r secretRef) string {
	key, ok := k.private(endpoint, r)
	if !ok {
		return ""
	}
	return "whpk_" + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}
