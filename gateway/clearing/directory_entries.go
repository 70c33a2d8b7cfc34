package clearing

import (
	"fmt"

	"github.com/anyscan/anyscan/internal/jwk"
)

// entries are a directory as it is at one moment. They never change: what is
// read of one value fits together.
type entries struct {
	list      []Acquirer // in the order in which they were given
	acquirers map[string]Acquirer
	merchants map[merchantKey]Merchant
	keys      map[string]holder // by key identifier
	tlsKeys   map[string]holder
}

type merchantKey struct{ acquirer, id string }

func newEntries() *entries {
	return &entries{acquirers: map[string]Acquirer{}, merchants: map[merchantKey]Merchant{},
		keys: map[string]holder{}, tlsKeys: map[string]holder{}}
}

// add checks an acquirer, by itself and against those that are there, and adds
// it. After a problem the entries are good for nothing but finding more.
func (e *entries) add(p *problems, path string, a Acquirer, env func(string) (string, bool)) {
	p.acquirer(path, a)
	a = a.clone()
	e.list = append(e.list, a)
	if _, taken := e.acquirers[a.Name]; taken {
		p.add(path+"/name", "%q stands twice: give each acquirer once", a.Name)
		return
	}
	for i, m := range a.Merchants {
		key := merchantKey{a.Name, m.ID}
		if _, taken := e.merchants[key]; taken {
			p.add(fmt.Sprintf("%s/merchants/%d/id", path, i), "%q stands twice: give each merchant once", m.ID)
		}
		e.merchants[key] = m
	}
	e.addKeys(p, path, a, env)
	e.acquirers[a.Name] = a
}

// keep adds an acquirer that was checked, with the secrets that it has.
func (e *entries) keep(a Acquirer) {
	e.list = append(e.list, a)
	e.acquirers[a.Name] = a
	for _, m := range a.Merchants {
		e.merchants[merchantKey{a.Name, m.ID}] = m
	}
	keepKeys(e.keys, a.Name, a.Keys)
	keepKeys(e.tlsKeys, a.Name, a.TLSKeys)
}

func keepKeys(into map[string]holder, acquirer string, keys []Key) {
	for _, k := range keys {
		if id, err := jwk.ID(k.Public); err == nil {
			into[id] = holder{acquirer, k}
		}
	}
}

// owner is the acquirer that has the key for either purpose, "" for none.
func (e *entries) owner(keyID string) string {
	if h, ok := e.keys[keyID]; ok {
		return h.acquirer
	}
	return e.tlsKeys[keyID].acquirer
}

// addKeys puts copies in place of the keys of a, in which secrets are in their
// place.
func (e *entries) addKeys(p *problems, path string, a Acquirer, env func(string) (string, bool)) {
	for i := range a.Keys {
		a.Keys[i] = e.addKey(p, fmt.Sprintf("%s/keys/%d", path, i), e.keys, holder{a.Name, a.Keys[i]}, env)
	}
	for i := range a.TLSKeys {
		at := fmt.Sprintf("%s/tls_keys/%d", path, i)
		if _, shared := a.TLSKeys[i].Public.(SharedSecret); shared || a.TLSKeys[i].SecretEnv != "" {
			p.add(at, "is a shared secret: a certificate has a public key")
			continue
		}
		a.TLSKeys[i] = e.addKey(p, at, e.tlsKeys, holder{a.Name, a.TLSKeys[i]}, env)
	}
}

func (e *entries) addKey(p *problems, path string, into map[string]holder, h holder, env func(string) (string, bool)) Key {
	key, id, member, err := h.key.resolved(env)
	if err != nil {
		p.add(path+member, "%v", err)
		return h.key
	}
	for _, keys := range []map[string]holder{e.keys, e.tlsKeys} {
		if have, taken := keys[id]; taken {
			p.add(path, "is a key of %q already: a key has one acquirer and one purpose", have.acquirer)
			return key
		}
	}
	into[id] = holder{h.acquirer, key}
	return key
}

// merchant is who an order is for, if its acquirer may place orders for it.
func (e *entries) merchant(acquirer, id string) (Merchant, bool) {
	m, ok := e.merchants[merchantKey{acquirer, id}]
	return m, ok
}
