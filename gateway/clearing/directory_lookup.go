package clearing

import (
	"context"
	"crypto"

	"github.com/anyscan/anyscan/order"
)

// Acquirer is the acquirer of that name. What it refers to must not be modified.
func (d *Directory) Acquirer(name string) (a Acquirer, ok bool) {
	a, ok = d.load().acquirers[name]
	return a, ok
}

// Rate is how many requests a second the acquirer may make and how many at
// once. It is false where the acquirer has no limit of its own, or is not known.
func (d *Directory) Rate(acquirer string) (perSecond float64, burst int, limited bool) {
	a, ok := d.Acquirer(acquirer)
	return a.Limits.Rate, a.Limits.Burst, ok && a.Limits.Rate > 0
}

// Holder is the name of the acquirer whose signing key has the identifier, the
// key's JWK thumbprint (RFC 7638, RFC 8037) in base64url. A key that is not in
// force has no holder.
func (d *Directory) Holder(keyID string) (acquirer string, ok bool) {
	return d.holder(d.load().keys, keyID)
}

// Key is the key with that identifier, for whoever verifies messages: of a kind
// that [Key] lists. The error has [order.CodeNotFound], also for a key that is not
// in force.
func (d *Directory) Key(_ context.Context, keyID string) (crypto.PublicKey, error) {
	return d.key("clearing.Directory.Key", d.load().keys, keyID)
}

func (d *Directory) holder(keys map[string]holder, keyID string) (acquirer string, ok bool) {
	h, ok := keys[keyID]
	if !ok || !h.key.inForce(d.now()) {
		return "", false
	}
	return h.acquirer, true
}

func (d *Directory) key(op string, keys map[string]holder, keyID string) (crypto.PublicKey, error) {
	h, ok := keys[keyID]
	switch {
	case !ok:
		return nil, order.Errorf(order.CodeNotFound, op, "no acquirer has the key %.64q", keyID)
	case !h.key.inForce(d.now()):
		return nil, order.Errorf(order.CodeNotFound, op, "the key %s of %q is in force %s", keyID, h.acquirer, h.key.period())
	}
	return h.key.Public, nil
}

// KeysOf are the keys of one acquirer, for whoever tells it of its orders.
func (d *Directory) KeysOf(acquirer string) AcquirerKeys { return AcquirerKeys{d, acquirer} }

// AcquirerKeys are those of one acquirer: what another signed acknowledges nothing
// in its name. It is live and safe for concurrent use, as its [Directory] is, and
// finds nothing while that does not have the acquirer.
type AcquirerKeys struct {
	directory *Directory
	acquirer  string
}

// Key is the acquirer's key with that identifier, as [Directory.Key] has it. The
// error has [order.CodeNotFound], also for a key of another acquirer.
func (k AcquirerKeys) Key(_ context.Context, keyID string) (crypto.PublicKey, error) {
	const op = "clearing.AcquirerKeys.Key"
	keys := k.directory.load().keys
	if h, ok := keys[keyID]; ok && h.acquirer != k.acquirer {
		return nil, order.Errorf(order.CodeNotFound, op, "%q does not have the key %.64q", k.acquirer, keyID)
	}
	return k.directory.key(op, keys, keyID)
}

// Secret is the shared secret to sign with what the acquirer is told: the first of
// its keys that is one and in force. ok is false while there is none.
func (k AcquirerKeys) Secret() (secret SharedSecret, ok bool) {
	now := k.directory.now()
	for _, key := range k.directory.load().acquirers[k.acquirer].Keys {
		if secret, ok := key.Public.(SharedSecret); ok && key.inForce(now) {
			return secret, true
		}
	}
	return SharedSecret{}, false
}

// TLSKeys are the keys of TLS client certificates, as [Directory.Key] and
// [Directory.Holder] are those of signatures.
func (d *Directory) TLSKeys() TLSKeys { return TLSKeys{d} }

// TLSKeys finds acquirers by the public key of their client certificate. It is
// live and safe for concurrent use, as its [Directory] is.
type TLSKeys struct{ directory *Directory }

// Holder is the name of the acquirer whose certificate has the key with that
// identifier, which is made as for [Directory.Holder].
func (t TLSKeys) Holder(keyID string) (acquirer string, ok bool) {
	return t.directory.holder(t.directory.load().tlsKeys, keyID)
}

// Key is the public key with that identifier. The error has [order.CodeNotFound].
func (t TLSKeys) Key(_ context.Context, keyID string) (crypto.PublicKey, error) {
	return t.directory.key("clearing.TLSKeys.Key", t.directory.load().tlsKeys, keyID)
}
