package clearing

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"

	"github.com/anyscan/anyscan/order"
)

// Acquirer is what the clearing institution knows about one first server.
type Acquirer struct {
	// Name identifies it for ever: 1 to 64 of a-z 0-9 -. Orders are stored under
	// it, so it is never changed and never given to another.
	Name string
	// Keys are the public keys that its messages are signed with, each an
	// ed25519.PublicKey. During a rotation there are two.
	Keys []crypto.PublicKey
	// Merchants are those it may place orders for.
	Merchants []Merchant
	// Notify is the address that takes notifications; "" where the notifier
	// needs none.
	Notify string
	// ReturnOrigins are the origins, such as "https://shop.example", that a
	// payer may go back to.
	ReturnOrigins []string
	// Components are the names that its payers may pay with. Default: all.
	Components []string
}

// Merchant is one who is paid.
type Merchant struct {
	ID   string // at its acquirer: 1 to 128 of A-Z a-z 0-9 . _ -
	Name string // that payers are shown, 1 to 128 bytes
	// Domains are the hosts that its codes may lead to, in lower case, each as a
	// rule of verify.NewDomains: tea.example with every name below it,
	// =tea.example alone, or *.tea.example. Without any, it gets no codes.
	Domains []string
}

// Directory is who takes part: the acquirers with their keys and merchants. It
// never changes after it was made and is safe for concurrent use.
type Directory struct {
	acquirers map[string]Acquirer
	merchants map[merchantKey]Merchant
	keys      map[string]keyHolder // by key identifier
}

type merchantKey struct{ acquirer, id string }

type keyHolder struct {
	acquirer string
	key      ed25519.PublicKey
}

// NewDirectory checks the acquirers and makes a directory of them. The error is
// an *order.Error with [order.CodeInvalid] and every problem of every acquirer,
// such as /1/merchants/0/name for the second acquirer's first merchant.
func NewDirectory(acquirers ...Acquirer) (*Directory, error) {
	d := &Directory{map[string]Acquirer{}, map[merchantKey]Merchant{}, map[string]keyHolder{}}
	var p problems
	for i, a := range acquirers {
		p.acquirer(fmt.Sprintf("/%d", i), a)
		if _, taken := d.acquirers[a.Name]; taken {
			p.add(fmt.Sprintf("/%d/name", i), "%q stands twice: give each acquirer once", a.Name)
			continue
		}
		d.add(&p, fmt.Sprintf("/%d", i), a)
	}
	if err := p.err("clearing.NewDirectory", "the directory is not valid"); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Directory) add(p *problems, path string, a Acquirer) {
	a.Keys, a.Merchants = slices.Clone(a.Keys), slices.Clone(a.Merchants)
	a.ReturnOrigins, a.Components = slices.Clone(a.ReturnOrigins), slices.Clone(a.Components)
	for i := range a.Merchants {
		a.Merchants[i].Domains = slices.Clone(a.Merchants[i].Domains)
		key := merchantKey{a.Name, a.Merchants[i].ID}
		if _, taken := d.merchants[key]; taken {
			p.add(fmt.Sprintf("%s/merchants/%d/id", path, i), "%q stands twice: give each merchant once", key.id)
		}
		d.merchants[key] = a.Merchants[i]
	}
	for i := range a.Keys {
		key, ok := a.Keys[i].(ed25519.PublicKey)
		if !ok {
			continue // a problem already
		}
		key = slices.Clone(key)
		a.Keys[i] = key
		id := thumbprint(key)
		if have, taken := d.keys[id]; taken {
			p.add(fmt.Sprintf("%s/keys/%d", path, i), "is a key of %q already: a key names one acquirer", have.acquirer)
		}
		d.keys[id] = keyHolder{a.Name, key}
	}
	d.acquirers[a.Name] = a
}

// Acquirer is the acquirer of that name. Its slices must not be modified.
func (d *Directory) Acquirer(name string) (a Acquirer, ok bool) {
	a, ok = d.acquirers[name]
	return a, ok
}

// Holder is the name of the acquirer whose key has the identifier, the key's
// JWK thumbprint (RFC 7638, RFC 8037) in base64url.
func (d *Directory) Holder(keyID string) (acquirer string, ok bool) {
	h, ok := d.keys[keyID]
	return h.acquirer, ok
}

// Key is the public key with that identifier, for whoever verifies messages.
// The error has [order.CodeNotFound].
func (d *Directory) Key(_ context.Context, keyID string) (crypto.PublicKey, error) {
	if h, ok := d.keys[keyID]; ok {
		return h.key, nil
	}
	return nil, order.Errorf(order.CodeNotFound, "clearing.Directory.Key", "no acquirer has the key %.64q", keyID)
}

// merchant is who the order is for, if its acquirer may place orders for it.
func (d *Directory) merchant(acquirer, id string) (Merchant, bool) {
	m, ok := d.merchants[merchantKey{acquirer, id}]
	return m, ok
}

// names are the acquirers' names in a fixed order.
func (d *Directory) names() []string { return slices.Sorted(maps.Keys(d.acquirers)) }

// thumbprint is the RFC 7638 identifier of an Ed25519 key (RFC 8037, 2).
func thumbprint(key ed25519.PublicKey) string {
	jwk := fmt.Sprintf(`{"crv":"Ed25519","kty":"OKP","x":"%s"}`, base64.RawURLEncoding.EncodeToString(key))
	sum := sha256.Sum256([]byte(jwk))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// allows reports whether the acquirer's payers may pay with the component.
func (a Acquirer) allows(component string) bool {
	return a.Components == nil || slices.Contains(a.Components, component)
}
