package verify_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"strings"
	"time"

	"github.com/anyscan/anyscan/verify"
)

func exampleKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte("an example's seed is no secret.."))
}

func exampleAddress(raw string) verify.Address {
	a, err := verify.Parse(raw, nil)
	if err != nil {
		fmt.Println(err)
	}
	return a
}

// The printed code of a counter: in upper case a QR code has room to spare.
func ExampleSign_inPath() {
	claims := verify.Claims{Expires: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Merchant: "m-42", InPath: true}
	signed, err := verify.Sign(exampleKey(), exampleAddress("HTTPS://PAY.EXAMPLE/7/"), claims)
	if err != nil {
		fmt.Println(err)
		return
	}
	printed := "HTTPS://PAY.EXAMPLE" + signed.Path()
	fmt.Println(printed == strings.ToUpper(printed), len(signed.Path()))
	// Output: true 131
}

// A booth whose page has many paths: all of them below /fair/ are legal.
func ExampleSign_prefix() {
	claims := verify.Claims{Expires: time.Now().Add(time.Hour), Scope: verify.ScopePrefix, Prefix: "/fair/"}
	signed, err := verify.Sign(exampleKey(), exampleAddress("https://pay.example/fair/"), claims)
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := verify.NewSignature([]verify.Key{{Public: exampleKey().Public()}}, &verify.SignatureOptions{Widest: verify.ScopePrefix})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, path := range []string{"/fair/booth/7", "/elsewhere", "/fair/../elsewhere"} {
		_, err := m.Check(context.Background(), exampleAddress("https://pay.example"+path+"?"+signed.Query()), time.Now())
		fmt.Println(path, err == nil)
	}
	// Output:
	// /fair/booth/7 true
	// /elsewhere false
	// /fair/../elsewhere false
}

// The specification's example of method 3: A is the signature of XXXX.com.
func ExampleSignDomain() {
	signed, err := verify.SignDomain(exampleKey(), exampleAddress("https://www.XXXX.com/"), "")
	if err != nil {
		fmt.Println(err)
		return
	}
	m, err := verify.NewSignature([]verify.Key{{Public: exampleKey().Public()}}, &verify.SignatureOptions{Plain: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = m.Check(context.Background(), signed, time.Now())
	fmt.Println(err)

	// It vouches for no more than the domain: this is legal, too.
	moved := exampleAddress("https://evil.xxxx.com/redirect" + signed.Path() + "?to=//evil.example")
	_, err = m.Check(context.Background(), moved, time.Now())
	fmt.Println(err)
	// Output:
	// <nil>
	// <nil>
}

// An expired code stays closed although its host is legal.
func ExampleOrdered() {
	signature, err := verify.NewSignature([]verify.Key{{Public: exampleKey().Public()}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	database, err := verify.NewDomains([]string{"pay.example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := verify.Ordered([]verify.Method{signature, database}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	expired, err := verify.Sign(exampleKey(), exampleAddress("https://pay.example/7"), verify.Claims{Expires: time.Unix(1, 0)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, raw := range []string{"https://pay.example/7", expired.String()} {
		_, err := policy.Verify(context.Background(), raw)
		fmt.Println(err == nil)
	}
	// Output:
	// true
	// false
}

func ExampleParseKeys() {
	keys, err := verify.ParseKeys([]byte(`{"keys": [{"kty": "OKP", "crv": "Ed25519", "exp": 1893456000,
		"x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`))
	fmt.Println(keys[0].ID(), "until", keys[0].NotAfter.Year(), err)
	// Output: kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k until 2030 <nil>
}

// One code is revoked; all others of its key stay legal.
func ExampleCodeIDOf() {
	lost, err := verify.Sign(exampleKey(), exampleAddress("https://pay.example/7"), verify.Claims{Expires: time.Now().Add(time.Hour)})
	if err != nil {
		fmt.Println(err)
		return
	}
	id, err := verify.CodeIDOf(lost)
	if err != nil {
		fmt.Println(err)
		return
	}
	revoked := verify.Revocations{Codes: []verify.CodeID{id}}
	m, err := verify.NewSignature([]verify.Key{{Public: exampleKey().Public()}}, &verify.SignatureOptions{Revoked: revoked})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = m.Check(context.Background(), lost, time.Now())
	fmt.Println(err)
	// Output: the code was revoked; ask for a new one (revoked)
}

func ExampleParseRevocations() {
	revoked, err := verify.ParseRevocations([]byte(`{"merchants": ["m-42"]}`))
	fmt.Println(revoked.Merchants, err)
	_, err = verify.ParseRevocations([]byte(`{"merchant": "m-42"}`))
	fmt.Println(err)
	// Output:
	// [m-42] <nil>
	// verify: revocations: are no JSON object with keys, merchants and codes: json: unknown field "merchant"
}

// Keys are replaced while codes are verified. Package verify/feed does this.
func ExampleNewLive() {
	live := verify.NewLive("signature")
	next, err := verify.NewSignature([]verify.Key{{Public: exampleKey().Public()}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	a := exampleAddress("https://pay.example/7")
	_, err = live.Check(context.Background(), a, time.Now())
	fmt.Println(err)
	fmt.Println(live.Set(next, time.Now().Add(24*time.Hour)))
	_, err = live.Check(context.Background(), a, time.Now())
	fmt.Println(err)
	// Output:
	// what this device knows is too old to decide by; bring it up to date (stale)
	// <nil>
	// the address carries no signature (query parameter v, or the last path segment) (no_token)
}

// rules are kept elsewhere: in a table of yours.
type rules map[string]verify.RuleKind

func (r rules) Rules(name string) verify.RuleKind { return r[name] }

func ExampleNewDomainsOf() {
	d := verify.NewDomainsOf(rules{"pay.example": verify.RuleDomain, "shop.example": verify.RuleExact})
	for _, raw := range []string{"https://a.pay.example/", "https://a.shop.example/"} {
		m, err := d.Check(context.Background(), exampleAddress(raw), time.Now())
		fmt.Println(m.Rule, err)
	}
	// Output:
	// pay.example <nil>
	//  the host is in no rule of the legal-domain database (no_rule)
}

func ExampleParseRule() {
	name, kind, err := verify.ParseRule("*.Shop.Example")
	fmt.Println(name, kind == verify.RuleBelow, err)
	_, _, err = verify.ParseRule("co.uk")
	fmt.Println(err)
	// Output:
	// shop.example true <nil>
	// verify: rule "co.uk": is a public suffix that many owners share; name a host or domain below it
}
