package verify_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
	"github.com/google/go-cmp/cmp"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// testKey returns a key that depends on n alone.
func testKey(n uint64) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint64(seed, n)
	return ed25519.NewKeyFromSeed(seed)
}

func public(n uint64) verify.Key { return verify.Key{Public: testKey(n).Public()} }

func sign(t testing.TB, key uint64, raw string, c verify.Claims) string {
	t.Helper()
	if c.Expires.IsZero() {
		c.Expires = noon().Add(time.Hour)
	}
	a, err := verify.Parse(raw, development())
	if err != nil {
		t.Fatal(err)
	}
	signed, err := verify.Sign(testKey(key), a, c)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := verify.Parse(signed.String(), development()); err != nil || again != signed {
		t.Fatalf("Sign returned %+v, which parses to %+v, %v", signed, again, err)
	}
	return signed.String()
}

// signaturePolicy accepts what one of the keys signed, at noon.
func signaturePolicy(t testing.TB, o *verify.SignatureOptions, keys ...verify.Key) *verify.Policy {
	t.Helper()
	m, err := verify.NewSignature(keys, o)
	if err != nil {
		t.Fatal(err)
	}
	p, err := verify.Any([]verify.Method{m}, &verify.Options{Now: noon, Development: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wantCode(t *testing.T, p verify.Verifier, raw string, want verify.Code) {
	t.Helper()
	v, err := p.Verify(t.Context(), raw)
	if got := firstCode(err); got != want {
		t.Errorf("%s: code %q, want %q", raw, got, want)
	}
	if err != nil && (v.Address != verify.Address{} || v.Matches != nil) {
		t.Errorf("%s: a verdict beside an error", raw)
	}
}

func TestSignatureAccepts(t *testing.T) {
	p := signaturePolicy(t, nil, public(1), public(2))
	for _, raw := range []string{
		"https://pay.example/", "https://pay.example/?", "https://pay.example/a?b=c&d", "https://pay.example:8443/a?",
		"https://pay.example/?vv=1&V=2&a=v=3&", "http://pay.localhost:8080/a", "https://pay.example/" + label(1918),
	} {
		signed := sign(t, 2, raw, verify.Claims{Merchant: "m-1"})
		if len(signed) != len(raw)+110 {
			t.Errorf("%s: %d bytes longer, want 110", raw, len(signed)-len(raw))
		}
		v, err := p.Verify(t.Context(), signed)
		if err != nil {
			t.Fatal(err)
		}
		id, err := verify.CodeIDOf(mustParseIn(t, signed))
		if err != nil {
			t.Fatal(err)
		}
		want := []verify.Match{{Method: "signature", Key: public(2).ID(), Merchant: verify.MerchantOf("m-1"), Expires: noon().Add(time.Hour), Code: id}}
		if diff := cmp.Diff(want, v.Matches); diff != "" || v.Address.String() != signed {
			t.Errorf("%s: %s", v.Address, diff)
		}
	}
	upper := strings.Replace(sign(t, 1, "https://pay.example/", verify.Claims{}), "https://pay.example", "HTTPS://PAY.EXAMPLE:443", 1)
	wantCode(t, p, upper, "")
}

// The attack matrix: whatever differs from what was signed is refused.
func TestSignatureRefusesMoves(t *testing.T) {
	signed := sign(t, 1, "https://pay.example/s?m=1", verify.Claims{Merchant: "m-1"})
	token := signed[strings.Index(signed, "v="):]
	p := signaturePolicy(t, nil, public(1))
	wantCode(t, p, signed, "")
	for name, c := range map[string]struct {
		raw  string
		code verify.Code
	}{
		"other path":            {strings.Replace(signed, "/s?", "/t?", 1), verify.CodeSignature},
		"open redirect":         {strings.Replace(signed, "m=1", "m=1&to=//evil.example", 1), verify.CodeSignature},
		"other merchant":        {strings.Replace(signed, "m=1", "m=2", 1), verify.CodeSignature},
		"other port":            {strings.Replace(signed, ".example/", ".example:8443/", 1), verify.CodeSignature},
		"other host":            {strings.Replace(signed, "pay.", "evil.", 1), verify.CodeSignature},
		"sibling host":          {strings.Replace(signed, "pay.", "a.pay.", 1), verify.CodeSignature},
		"fragment":              {signed + "#a", verify.CodeFragment},
		"empty fragment":        {signed + "#", verify.CodeFragment},
		"parameter behind":      {signed + "&a=1", verify.CodeTokenForm},
		"parameter before":      {strings.Replace(signed, "v=", "a=1&v=", 1), verify.CodeSignature},
		"token twice":           {signed + "&" + token, verify.CodeTokenRepeated},
		"escaped token name":    {strings.Replace(signed, "v=", "%76=1&v=", 1), verify.CodeTokenRepeated},
		"token under %76":       {strings.Replace(signed, "v=", "%76=", 1), verify.CodeTokenForm},
		"token first":           {"https://pay.example/s?" + token + "&m=1", verify.CodeTokenForm},
		"token in the path":     {"https://pay.example/s/" + token, verify.CodeNoToken},
		"token of another pair": {"https://pay.example/s?v=1&av=" + token[2:], verify.CodeTokenForm},
		"empty pair before":     {strings.Replace(signed, "&v=", "&&v=", 1), verify.CodeSignature},
		"wrong separator":       {"https://pay.example/s?m=1?" + token, verify.CodeNoToken},
		"no token":              {"https://pay.example/s?m=1", verify.CodeNoToken},
		"empty token":           {"https://pay.example/s?m=1&v=", verify.CodeTokenForm},
		"bare name":             {"https://pay.example/s?m=1&v", verify.CodeTokenForm},
		"short token":           {signed[:len(signed)-1], verify.CodeTokenForm},
		"padded token":          {signed + "=", verify.CodeTokenForm},
		"long token":            {signed + "A", verify.CodeTokenForm},
		"standard alphabet":     {signed[:len(signed)-9] + "+" + signed[len(signed)-8:], verify.CodeTokenForm},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, p, c.raw, c.code) })
	}
}

func TestSignatureExpiryKeysMerchant(t *testing.T) {
	const raw = "https://pay.example/"
	for name, c := range map[string]struct {
		claims verify.Claims
		key    verify.Key
		only   string
		code   verify.Code
	}{
		"last second":           {verify.Claims{Expires: noon().Add(time.Second)}, public(1), "", ""},
		"expires now":           {verify.Claims{Expires: noon()}, public(1), "", verify.CodeExpired},
		"expired":               {verify.Claims{Expires: noon().Add(-time.Hour)}, public(1), "", verify.CodeExpired},
		"fractions count down":  {verify.Claims{Expires: noon().Add(time.Second - 1)}, public(1), "", verify.CodeExpired},
		"latest":                {verify.Claims{Expires: time.Unix(1<<32-1, 0)}, public(1), "", ""},
		"unknown key":           {verify.Claims{}, public(2), "", verify.CodeUnknownKey},
		"key from now":          {verify.Claims{}, verify.Key{Public: public(1).Public, NotBefore: noon()}, "", ""},
		"key not yet":           {verify.Claims{}, verify.Key{Public: public(1).Public, NotBefore: noon().Add(1)}, "", verify.CodeKeyPeriod},
		"key no longer":         {verify.Claims{}, verify.Key{Public: public(1).Public, NotAfter: noon()}, "", verify.CodeKeyPeriod},
		"key still":             {verify.Claims{}, verify.Key{Public: public(1).Public, NotAfter: noon().Add(1)}, "", ""},
		"right merchant":        {verify.Claims{Merchant: "m-1"}, public(1), "m-1", ""},
		"wrong merchant":        {verify.Claims{Merchant: "m-2"}, public(1), "m-1", verify.CodeMerchant},
		"bound to no merchant":  {verify.Claims{}, public(1), "m-1", verify.CodeMerchant},
		"any merchant accepted": {verify.Claims{Merchant: "m-2"}, public(1), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := signaturePolicy(t, &verify.SignatureOptions{Merchant: c.only}, c.key)
			wantCode(t, p, sign(t, 1, raw, c.claims), c.code)
		})
	}
}

// No single character of a signed address can be changed, dropped or added.
func TestSignatureCoversEveryCharacter(t *testing.T) {
	signed := sign(t, 1, "https://pay.example/s?m=1", verify.Claims{})
	p := signaturePolicy(t, nil, public(1))
	for i := range signed {
		for _, c := range "AaZz09-_./?&=%#:" {
			for _, changed := range []string{
				signed[:i] + string(c) + signed[i+1:], signed[:i] + string(c) + signed[i:], signed[:i] + signed[i+1:],
			} {
				onlyTheSame(t, p, signed, changed)
			}
		}
	}
	for _, last := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" {
		onlyTheSame(t, p, signed, signed[:len(signed)-1]+string(last)) // has two unused bits
	}
}

func onlyTheSame(t *testing.T, p verify.Verifier, signed, changed string) {
	t.Helper()
	if v, err := p.Verify(t.Context(), changed); err == nil && v.Address.String() != signed {
		t.Fatalf("%q was signed, %q accepted", signed, changed)
	}
}

func FuzzVerifyNeverAcceptsChanged(f *testing.F) {
	f.Add("https://pay.example/s?m=1", uint16(9), byte('b'), byte(0))
	f.Add("https://pay.example?", uint16(20), byte('&'), byte(1))
	f.Add("https://pay.example/a?b&", uint16(23), byte(0), byte(2))
	f.Add("HTTPS://PAY.EXAMPLE:443/", uint16(0), byte('H'), byte(0))
	p := signaturePolicy(f, nil, public(1))
	f.Fuzz(func(t *testing.T, raw string, at uint16, c, how byte) {
		a, err := verify.Parse(raw, nil)
		if err != nil {
			return
		}
		s, err := verify.Sign(testKey(1), a, verify.Claims{Expires: noon().Add(time.Hour)})
		if err != nil {
			return
		}
		signed := s.String()
		if _, err := p.Verify(t.Context(), signed); err != nil {
			t.Fatal(err)
		}
		i := int(at) % len(signed)
		onlyTheSame(t, p, signed, [...]string{
			signed[:i] + string([]byte{c}) + signed[i+1:], signed[:i] + string([]byte{c}) + signed[i:], signed[:i] + signed[i+1:],
		}[how%3])
	})
}

// forge makes a token by the written format, independently of Sign.
func forge(prefix, unsigned, separator string, header []byte) string {
	signature := ed25519.Sign(testKey(1), []byte(prefix+string(header)+unsigned))
	return unsigned + separator + base64.RawURLEncoding.EncodeToString(append(header, signature...))
}

// The format is the documented one, and a true signature over another version,
// scope or prefix is refused.
func TestSignatureFormat(t *testing.T) {
	const prefix, unsigned = "anyscan code address v1\x00", "https://pay.example/s?m=1"
	id, err := base64.RawURLEncoding.DecodeString(public(1).ID())
	if err != nil {
		t.Fatal(err)
	}
	merchant := verify.MerchantOf("m-1")
	header := func(version, scope byte) []byte {
		h := append([]byte{version}, id[:2]...)
		h = binary.BigEndian.AppendUint32(h, uint32(noon().Add(time.Hour).Unix()))
		return append(append(h, merchant[:]...), scope)
	}
	p := signaturePolicy(t, nil, public(1))
	want := sign(t, 1, unsigned, verify.Claims{Merchant: "m-1"})
	if got := forge(prefix, unsigned, "&v=", header(1, 3)); got != want {
		t.Errorf("Sign gives %s, the format %s", want, got)
	}
	wantCode(t, p, forge(prefix, unsigned, "&v=", header(2, 3)), verify.CodeTokenVersion)
	wantCode(t, p, forge(prefix, unsigned, "&v=", header(0, 3)), verify.CodeTokenVersion)
	wantCode(t, p, forge(prefix, unsigned, "&v=", header(1, 0)), verify.CodeTokenScope)
	wantCode(t, p, forge(prefix, unsigned, "&v=", header(1, 2)), verify.CodeTokenScope)
	wantCode(t, p, forge("", unsigned, "&v=", header(1, 3)), verify.CodeSignature)
	wantCode(t, p, forge(prefix, unsigned+"&v=1", "&v=", header(1, 3)), verify.CodeTokenRepeated)
	wantCode(t, p, forge(prefix, unsigned, "&%76=", header(1, 3)), verify.CodeTokenForm)
}

// The thumbprint of RFC 8037 appendix A.3.
func TestKeyID(t *testing.T) {
	x, err := base64.RawURLEncoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := (verify.Key{Public: ed25519.PublicKey(x)}).ID(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Keys whose ids begin alike are all tried.
func TestSignatureKeyCollision(t *testing.T) {
	seen := map[string]uint64{}
	for n := uint64(1); ; n++ {
		id := public(n).ID()[:3] // 18 bits, of which the token has 16
		first, found := seen[id]
		if !found {
			seen[id] = n
			continue
		}
		p := signaturePolicy(t, nil, public(first), public(n))
		for _, key := range []uint64{first, n} {
			v, err := p.Verify(t.Context(), sign(t, key, "https://pay.example/", verify.Claims{}))
			if err != nil || v.Matches[0].Key != public(key).ID() {
				t.Errorf("key %d of %d and %d: %+v, %v", key, first, n, v, err)
			}
		}
		wantCode(t, signaturePolicy(t, nil, public(first)), sign(t, n, "https://pay.example/", verify.Claims{}), verify.CodeSignature)
		return
	}
}

func TestNewSignatureRefusesKeys(t *testing.T) {
	period := verify.Key{Public: public(2).Public, NotBefore: noon(), NotAfter: noon()}
	for name, k := range map[string]verify.Key{
		"nil":        {},
		"short":      {Public: ed25519.PublicKey(make([]byte, 31))},
		"private":    {Public: testKey(2)},
		"zeros":      {Public: ed25519.PublicKey(make([]byte, 32))},
		"one":        {Public: ed25519.PublicKey(append([]byte{1}, make([]byte, 31)...))},
		"twice":      public(1),
		"no period":  period,
		"other kind": {Public: &rsa.PublicKey{}},
	} {
		_, err := verify.NewSignature([]verify.Key{public(1), k}, nil)
		if got, ok := errors.AsType[*verify.ArgumentError](err); !ok || got.Index != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := verify.NewSignature(nil, nil); err == nil {
		t.Error("a method without keys was made")
	}
}

// badSigner says it holds one key and signs with another, or fails.
type badSigner struct {
	key ed25519.PrivateKey
	err error
}

func (s badSigner) Public() crypto.PublicKey { return testKey(1).Public() }
func (s badSigner) Sign(r io.Reader, m []byte, o crypto.SignerOpts) ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.key.Sign(r, m, o)
}

func TestSignRefuses(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good, claims := mustParse(t, "https://pay.example/"), verify.Claims{Expires: noon()}
	for name, c := range map[string]struct {
		signer  crypto.Signer
		address verify.Address
		claims  verify.Claims
	}{
		"no signer":       {nil, good, claims},
		"P-384":           {key, good, claims},
		"wrong signer":    {badSigner{key: testKey(2)}, good, claims},
		"zero address":    {testKey(1), verify.Address{}, claims},
		"fragment":        {testKey(1), mustParse(t, "https://pay.example/#a"), claims},
		"signed already":  {testKey(1), mustParse(t, "https://pay.example/?v="), claims},
		"escaped v":       {testKey(1), mustParse(t, "https://pay.example/?a&%76"), claims},
		"too long":        {testKey(1), mustParse(t, "https://pay.example/"+label(1919)), claims},
		"dot segments":    {testKey(1), mustParse(t, "https://pay.example/a/../b"), claims},
		"escaped dots":    {testKey(1), mustParse(t, "https://pay.example/a/.%2E/b"), claims},
		"apostrophe":      {testKey(1), mustParse(t, "https://pay.example/?a='b'"), claims},
		"no expiry":       {testKey(1), good, verify.Claims{}},
		"expiry too late": {testKey(1), good, verify.Claims{Expires: time.Unix(1<<32, 0)}},
	} {
		a, err := verify.Sign(c.signer, c.address, c.claims)
		if _, ok := errors.AsType[*verify.ArgumentError](err); !ok || a != (verify.Address{}) {
			t.Errorf("%s: %q, %v", name, a, err)
		}
	}
	wide := claims
	wide.Scope = verify.ScopeHost // covers nothing that is rewritten
	if _, err := verify.Sign(testKey(1), mustParse(t, "https://pay.example/a/../b?'"), wide); err != nil {
		t.Error(err)
	}
	if _, err := verify.Sign(badSigner{err: io.ErrUnexpectedEOF}, good, claims); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the signer's error is lost: %v", err)
	}
}
