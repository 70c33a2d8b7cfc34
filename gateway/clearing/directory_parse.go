package clearing

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/anyscan/anyscan/internal/jwk"
)

// Bounds of what a directory is read from.
const (
	maxFile  = 16 << 20 // bytes of a configuration file
	maxEntry = 1 << 20  // bytes of one acquirer in the store
)

// ParseDirectory reads the acquirers of a configuration file, JSON of at most
// 16 MiB such as
//
//	{"acquirers": [{
//	  "name": "north",
//	  "keys": {"keys": [
//	    {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "exp": 1798761600},
//	    {"kty": "oct", "secret_env": "NORTH_SECRET", "nbf": 1798675200}]},
//	  "tls_keys": {"keys": [{"kty": "EC", "crv": "P-256", "x": "…", "y": "…"}]},
//	  "merchants": [{"id": "tea", "name": "Tea House", "domains": ["tea.example"]}],
//	  "notify": "https://north.example/v1/notifications",
//	  "return_origins": ["https://tea.example"],
//	  "components": ["blue"],
//	  "limits": {"amounts": {"CNY": 1000000}, "rate": 50, "burst": 100},
//	  "disabled": ""
//	}]}
//
// in which all but the name may be missing. A member means what the field of
// [Acquirer] means; keys are JWK Sets (RFC 7517) with nbf and exp in seconds
// since 1970. A file never holds a secret: a key of the kind oct names, in
// secret_env, the environment variable that does.
//
// Reading is strict: members that are not known, stand twice or are in other
// letter case are refused, except in keys, where RFC 7517 has readers skip what
// they do not know. The error is an *order.Error with order.CodeInvalid and
// every problem, such as /acquirers/0/keys/keys/1/x. What [NewDirectory] checks
// is not checked yet.
func ParseDirectory(raw []byte) ([]Acquirer, error) {
	proposed, others := proposals(raw)
	var p problems
	var all []Acquirer
	for _, c := range proposed {
		p = append(p, c.p...)
		all = append(all, c.next)
	}
	p = append(p, others...)
	if err := p.err("clearing.ParseDirectory", "the configuration file is not valid"); err != nil {
		return nil, err
	}
	return all, nil
}

// proposals are the entries of a configuration file, each with its problems; the
// others are the file's.
func proposals(raw []byte) (all []proposal, p problems) {
	o, ok := p.document("", raw, maxFile)
	if !ok {
		return nil, p
	}
	if _, there := o.members["acquirers"]; !there {
		p.add("/acquirers", "is missing: want a list, which may be empty")
	}
	o.each("acquirers", func(path string, raw json.RawMessage) {
		c := proposal{path: path}
		o, _ := c.p.object(path, raw)
		c.next = o.acquirer()
		all = append(all, c)
	})
	o.end()
	return all, p
}

// parseEntry reads one acquirer, as the store keeps it.
func parseEntry(p *problems, path string, raw string) (a Acquirer) {
	if o, ok := p.document(path, []byte(raw), maxEntry); ok {
		a = o.acquirer()
	}
	return a
}

func (o object) acquirer() (a Acquirer) {
	o.take("name", "a string", &a.Name)
	a.Keys, a.TLSKeys = o.keys("keys"), o.keys("tls_keys")
	o.each("merchants", func(path string, raw json.RawMessage) {
		o, _ := o.p.object(path, raw)
		a.Merchants = append(a.Merchants, o.merchant())
	})
	o.take("notify", "a string", &a.Notify)
	o.take("return_origins", "a list of strings", &a.ReturnOrigins)
	o.take("components", "a list of strings", &a.Components)
	if l, ok := o.inner("limits"); ok {
		a.Limits = l.limits()
	}
	o.take("disabled", "a string", &a.Disabled)
	o.end()
	return a
}

func (o object) merchant() (m Merchant) {
	o.take("id", "a string", &m.ID)
	o.take("name", "a string", &m.Name)
	o.take("domains", "a list of strings", &m.Domains)
	o.end()
	return m
}

func (o object) limits() (l Limits) {
	if amounts, ok := o.inner("amounts"); ok {
		l.Amounts = map[string]int64{}
		for _, currency := range amounts.names() {
			var most int64
			amounts.take(currency, "a whole number of minor units", &most)
			l.Amounts[currency] = most
		}
	}
	o.take("rate", "a number", &l.Rate)
	o.take("burst", "a whole number", &l.Burst)
	o.end()
	return l
}

// keys reads a JWK Set in which a shared secret is named.
func (o object) keys(name string) (keys []Key) {
	set, ok := o.inner(name)
	if !ok {
		return nil
	}
	set.each("keys", func(path string, raw json.RawMessage) {
		keys = append(keys, o.p.key(path, raw))
	})
	if len(keys) > jwk.MaxKeys {
		o.p.add(set.path+"/keys", "has %d keys: at most %d", len(keys), jwk.MaxKeys)
	}
	return keys
}

// A namedSecret is a key of the kind oct without its secret.
type namedSecret struct {
	Kty       string  `json:"kty"`
	K         *string `json:"k,omitempty"`
	SecretEnv string  `json:"secret_env"`
	Nbf       *int64  `json:"nbf,omitempty"`
	Exp       *int64  `json:"exp,omitempty"`
}

func (p *problems) key(path string, raw json.RawMessage) Key {
	var named namedSecret
	if err := json.Unmarshal(raw, &named); err == nil && (named.K != nil || named.SecretEnv != "" || named.Kty == "oct") {
		switch {
		case named.K != nil:
			p.add(path+"/k", "is a secret, which does not belong here: replace it, and name it by secret_env")
		case named.Kty != "oct":
			p.add(path+"/kty", `is %.16q: want "oct" for what secret_env names`, named.Kty)
		case named.SecretEnv == "":
			p.add(path+"/secret_env", "is missing: it names the environment variable that holds the secret")
		}
		return Key{SecretEnv: named.SecretEnv, NotBefore: p.date(path+"/nbf", named.Nbf), NotAfter: p.date(path+"/exp", named.Exp)}
	}
	keys, err := jwk.ParseSet([]byte(`{"keys":[` + string(raw) + `]}`))
	if bad, ok := errors.AsType[*jwk.Error](err); ok {
		if bad.Member != "" {
			path += "/" + bad.Member
		}
		p.add(path, "%v", bad.Err)
	}
	if len(keys) != 1 {
		return Key{}
	}
	return Key{Public: keys[0].Public, NotBefore: keys[0].NotBefore, NotAfter: keys[0].NotAfter}
}

// date reads seconds since 1970, the zero time where there are none.
func (p *problems) date(path string, seconds *int64) time.Time {
	if seconds == nil {
		return time.Time{}
	}
	if *seconds < 0 || *seconds > maxDate {
		p.add(path, "is %d: want seconds since 1970, and the year 9999 at most", *seconds)
		return time.Time{}
	}
	return time.Unix(*seconds, 0).UTC()
}
