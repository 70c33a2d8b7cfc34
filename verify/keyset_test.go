package verify_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/verify"
)

func base64URL(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// set is a JWK Set of one key, with members added.
func set(t *testing.T, k verify.Key, members string) string {
	t.Helper()
	raw, err := jwk.FormatSet(jwk.Key{Public: k.Public, NotBefore: k.NotBefore, NotAfter: k.NotAfter})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(raw), `"use"`, members+`"use"`, 1)
}

// Keys read from a set verify what their halves signed, by the algorithm that the
// set names.
func TestParseKeys(t *testing.T) {
	for _, by := range institutions(t)[:5] {
		member := ""
		if by.key.Algorithm != "" {
			member = fmt.Sprintf(`"alg":%q,`, by.key.Algorithm)
		}
		keys, err := verify.ParseKeys([]byte(set(t, by.key, member)))
		if err != nil {
			t.Fatal(by.name, err)
		}
		signed, err := verify.Sign(by.signer, mustParse(t, "https://pay.example/"), verify.Claims{Expires: noon().Add(1e9), Algorithm: by.key.Algorithm})
		if err != nil {
			t.Fatal(by.name, err)
		}
		wantCode(t, signaturePolicy(t, nil, keys...), signed.String(), "")
	}
	dated := verify.Key{Public: public(1).Public, NotBefore: noon(), NotAfter: noon().Add(time.Hour)}
	keys, err := verify.ParseKeys([]byte(set(t, dated, `"alg":"Ed25519",`)))
	if err != nil || !keys[0].NotBefore.Equal(dated.NotBefore) || !keys[0].NotAfter.Equal(dated.NotAfter) {
		t.Errorf("%+v, %v", keys, err)
	}
}

func TestParseKeysRefuses(t *testing.T) {
	for name, jwks := range map[string]string{
		"no set":            `x`,
		"no keys":           `{"keys":[]}`,
		"another algorithm": set(t, public(1), `"alg":"RS256",`),
		"none":              set(t, public(1), `"alg":"none",`),
		"HMAC":              set(t, institutions(t)[2].key, `"alg":"HS256",`),
		"a secret":          `{"keys":[{"kty":"oct","k":"` + base64URL(make([]byte, 32)) + `"}]}`,
		"a private key":     set(t, public(1), `"d":"AAAA",`),
		"two lists":         `{"keys":[],` + set(t, public(1), "")[1:],
		"too long":          strings.Repeat(" ", 1<<20) + set(t, public(1), ""),
	} {
		if keys, err := verify.ParseKeys([]byte(jwks)); err == nil || keys != nil {
			t.Errorf("%s: %d keys, %v", name, len(keys), err)
		}
	}
}

func TestRevocations(t *testing.T) {
	signed := sign(t, 1, "https://pay.example/s?m=1", verify.Claims{Merchant: "m-1"})
	id, err := verify.CodeIDOf(mustParse(t, signed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(verify.Revocations{Codes: []verify.CodeID{id}})
	if err != nil {
		t.Fatal(err)
	}
	published, err := verify.ParseRevocations(raw)
	if diff := cmp.Diff([]verify.CodeID{id}, published.Codes); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
	for name, c := range map[string]struct {
		revoked verify.Revocations
		want    verify.Code
	}{
		"nothing":        {verify.Revocations{}, ""},
		"the code":       {published, verify.CodeRevoked},
		"another code":   {verify.Revocations{Codes: []verify.CodeID{{1}}}, ""},
		"the key":        {verify.Revocations{Keys: []string{public(1).ID()}}, verify.CodeRevokedKey},
		"another key":    {verify.Revocations{Keys: []string{public(2).ID()}}, ""},
		"the merchant":   {verify.Revocations{Merchants: []string{"m-1"}}, verify.CodeRevoked},
		"other merchant": {verify.Revocations{Merchants: []string{"m-2"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, signaturePolicy(t, &verify.SignatureOptions{Revoked: c.revoked}, public(1)), signed, c.want)
		})
	}
	if v, err := signaturePolicy(t, nil, public(1)).Verify(t.Context(), signed); err != nil || v.Matches[0].Code != id {
		t.Errorf("%+v, %v", v, err)
	}
}

// One of the plain form is revoked with its domain, or its key.
func TestRevokedDomain(t *testing.T) {
	a, err := verify.SignDomain(testKey(1), mustParse(t, "https://www.xxxx.com/"), "")
	if err != nil {
		t.Fatal(err)
	}
	id, err := verify.CodeIDOf(a)
	if err != nil {
		t.Fatal(err)
	}
	for want, r := range map[verify.Code]verify.Revocations{
		"": {}, verify.CodeRevoked: {Codes: []verify.CodeID{id}}, verify.CodeRevokedKey: {Keys: []string{public(1).ID()}},
	} {
		wantCode(t, signaturePolicy(t, &verify.SignatureOptions{Plain: true, Revoked: r}, public(1)), a.String(), want)
	}
	if _, err := verify.CodeIDOf(mustParse(t, "https://pay.example/")); err == nil {
		t.Error("an address without a signature has a CodeID")
	}
}

func TestRevocationsThatAreNone(t *testing.T) {
	for _, raw := range []string{``, `[]`, `{"key":[]}`, `{} {}`, `{"keys":["short"]}`, `{"merchants":[""]}`, `{"codes":["00"]}`, `null`, `{"codes":null}`, `{"codes":[null]}`, `{"merchants":["a"],"merchants":[]}`, `{"merchants":["a"],"Merchants":[]}`,
		"{\"merchants\":[\"a\xff\"]}", `{"merchants":["\ud800"]}`, `{"keys":["` + strings.Repeat("+", 42) + `A"]}`, `{"keys":["` + strings.Repeat("_", 43) + `"]}`,
		`{"keys":["` + strings.Repeat("A", 42) + `\n"]}`, strings.Repeat(" ", 16<<20) + `{}`} {
		if _, err := verify.ParseRevocations([]byte(raw)); err == nil {
			t.Errorf("%.20q was read", raw)
		}
	}
}

// What has not been heard of for too long decides nothing.
func TestLive(t *testing.T) {
	l := verify.NewLive("a")
	p, err := verify.Any([]verify.Method{l}, &verify.Options{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, p, "https://pay.example/", verify.CodeStale)
	for _, c := range []struct {
		method verify.Method
		until  time.Time
		want   verify.Code
	}{
		{yes("a"), time.Time{}, ""},
		{no("a"), time.Time{}, verify.CodeNoRule},
		{yes("a"), noon().Add(1), ""},
		{yes("a"), noon(), verify.CodeStale},
	} {
		if err := l.Set(c.method, c.until); err != nil {
			t.Fatal(err)
		}
		wantCode(t, p, "https://pay.example/", c.want)
	}
	if l.Set(nil, time.Time{}) == nil || l.Set(yes("b"), time.Time{}) == nil {
		t.Error("a method that does not fit was set")
	}
}

func TestOrdered(t *testing.T) {
	expired := fake{name: "signature", err: &verify.Reason{Code: verify.CodeExpired, Detail: "expired"}}
	nothing := fake{name: "signature", err: &verify.Reason{Code: verify.CodeNoToken, Detail: "none"}}
	for name, c := range map[string]struct {
		methods []verify.Method
		want    verify.Code
	}{
		"the first accepts":             {[]verify.Method{yes("a"), expired}, ""},
		"nothing to say":                {[]verify.Method{nothing, no("domain"), yes("b")}, ""},
		"nobody has anything to say":    {[]verify.Method{nothing, no("domain")}, verify.CodeNoToken},
		"a refusal is final":            {[]verify.Method{expired, yes("b")}, verify.CodeExpired},
		"and so is an error":            {[]verify.Method{fake{name: "broken", err: io.ErrUnexpectedEOF}, yes("b")}, verify.CodeUndecided},
		"what comes first counts first": {[]verify.Method{yes("b"), expired}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			wantCode(t, policy(t, verify.Ordered, c.methods...), "https://pay.example/", c.want)
		})
	}
}
