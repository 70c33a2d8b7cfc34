package clearing

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
)

// An entry is an acquirer as JSON, in the form that parseEntry reads.
type entry struct {
	Name          string     `json:"name"`
	Keys          *keySet    `json:"keys,omitempty"`
	TLSKeys       *keySet    `json:"tls_keys,omitempty"`
	Merchants     []Merchant `json:"merchants,omitempty"`
	Notify        string     `json:"notify,omitempty"`
	ReturnOrigins []string   `json:"return_origins,omitempty"`
	Components    []string   `json:"components,omitzero"` // [] is none, nil is all
	Limits        Limits     `json:"limits,omitzero"`
	Disabled      string     `json:"disabled,omitempty"`
}

type keySet struct {
	Keys []json.RawMessage `json:"keys"`
}

// formatEntry writes an acquirer whose keys are valid but may be secrets that
// have no name, which are a problem.
func formatEntry(p *problems, path string, a Acquirer) string {
	e := entry{Name: a.Name, Merchants: a.Merchants, Notify: a.Notify, ReturnOrigins: a.ReturnOrigins, Components: a.Components,
		Limits: a.Limits, Disabled: a.Disabled, Keys: formatKeys(p, path+"/keys", a.Keys), TLSKeys: formatKeys(p, path+"/tls_keys", a.TLSKeys)}
	raw, err := json.Marshal(e)
	if err != nil {
		p.add(path, "cannot be written as JSON")
	}
	return string(raw)
}

func formatKeys(p *problems, path string, keys []Key) *keySet {
	if len(keys) == 0 {
		return nil
	}
	set := &keySet{}
	for i, k := range keys {
		raw, err := k.format()
		if err != nil {
			p.add(path+byIndex(i), "%v", err)
			continue
		}
		set.Keys = append(set.Keys, raw)
	}
	return set
}

func (k Key) format() (json.RawMessage, error) {
	if k.SecretEnv != "" {
		return json.Marshal(namedSecret{Kty: "oct", SecretEnv: k.SecretEnv, Nbf: unix(k.NotBefore), Exp: unix(k.NotAfter)})
	}
	if _, secret := k.Public.(SharedSecret); secret {
		return nil, errors.New("is a shared secret, which is never stored: name its environment variable in SecretEnv")
	}
	raw, err := jwk.FormatSet(jwk.Key{Public: k.Public, NotBefore: k.NotBefore, NotAfter: k.NotAfter})
	if bad, ok := errors.AsType[*jwk.Error](err); ok {
		return nil, bad.Err
	}
	var set keySet
	if err := json.Unmarshal(raw, &set); err != nil {
		return nil, err
	}
	return set.Keys[0], nil
}

// unix is the time in seconds, nil for none.
func unix(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	return new(t.Unix())
}
