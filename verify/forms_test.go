package verify_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"github.com/anyscan/anyscan/verify"
)

// own is a key of another kind: HMAC would do as well as SM2 to show the seam.
type own struct{ ed25519.PublicKey }

func (k own) Thumbprint() [32]byte { return sha256.Sum256(append([]byte("own"), k.PublicKey...)) }
func (k own) SignatureSize() int   { return 65 }
func (k own) Verify(message, signature []byte) bool {
	return signature[0] == 0x30 && ed25519.Verify(k.PublicKey, message, signature[1:])
}

// ownSigner signs for it.
type ownSigner struct{ ed25519.PrivateKey }

func (s ownSigner) Public() crypto.PublicKey {
	return own{s.PrivateKey.Public().(ed25519.PublicKey)}
}

func (s ownSigner) Sign(r io.Reader, m []byte, o crypto.SignerOpts) ([]byte, error) {
	signature, err := s.PrivateKey.Sign(r, m, o)
	return append([]byte{0x30}, signature...), err
}

// institution is a key of each kind; making RSA keys takes long.
type institution struct {
	name   string
	signer crypto.Signer
	key    verify.Key
}

func institutions(t testing.TB) []institution {
	t.Helper()
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey := oneRSA()
	return []institution{
		{"Ed25519", testKey(1), public(1)},
		{"P-256", ec, verify.Key{Public: ec.Public()}},
		{"RSA by default", rsaKey, verify.Key{Public: rsaKey.Public()}},
		{"PS256", rsaKey, verify.Key{Public: rsaKey.Public(), Algorithm: verify.PS256}},
		{"RS256", rsaKey, verify.Key{Public: rsaKey.Public(), Algorithm: verify.RS256}},
		{"another", ownSigner{testKey(1)}, verify.Key{Public: own{testKey(1).Public().(ed25519.PublicKey)}}},
	}
}

var oneRSA = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// Keys of every kind sign and verify in both forms, and no key's signature is
// another's.
func TestKindsOfKeys(t *testing.T) {
	all := institutions(t)
	for _, inPath := range []bool{false, true} {
		for i, by := range all {
			signed, err := verify.Sign(by.signer, mustParse(t, "HTTPS://PAY.EXAMPLE/S/"), verify.Claims{
				Expires: noon().Add(time.Hour), Merchant: "m-1", InPath: inPath, Algorithm: by.key.Algorithm})
			if err != nil {
				t.Fatalf("%s: %v", by.name, err)
			}
			for j, at := range all {
				same := i == j || i+j == 5 && (i == 2 || i == 3) // PS256, by default and by name
				v, err := signaturePolicy(t, nil, at.key).Verify(t.Context(), signed.String())
				if (err == nil) != same {
					t.Errorf("in the path %t: signed with %s, verified with %s: %v", inPath, by.name, at.name, err)
				}
				if err == nil && (v.Merchant() != verify.MerchantOf("m-1") || v.Matches[0].Key != at.key.ID()) {
					t.Errorf("%s: %+v", at.name, v.Matches)
				}
			}
			onlyBitsOf(t, signaturePolicy(t, nil, by.key), signed.String())
		}
	}
}

// onlyBitsOf changes some characters of a signed address.
func onlyBitsOf(t *testing.T, p verify.Verifier, signed string) {
	t.Helper()
	for i := 8; i < len(signed); i += 7 {
		for _, c := range "A2z/" {
			onlyTheSame(t, p, signed, signed[:i]+string(c)+signed[i+1:])
		}
	}
}

// A token in the path is the last segment, and fits one address as one in the
// query does.
func TestTokenInPath(t *testing.T) {
	s, err := verify.Sign(testKey(1), mustParse(t, "HTTPS://PAY.EXAMPLE/S/"), verify.Claims{Expires: noon().Add(time.Hour), InPath: true})
	if err != nil {
		t.Fatal(err)
	}
	signed := s.String()
	if parsed := mustParse(t, signed); parsed != s || s.Path() != signed[len("https://pay.example"):] || len(signed) != len("https://pay.example/S/")+128 {
		t.Errorf("%+v and %+v", parsed, s)
	}
	token := signed[len("https://pay.example/S/"):]
	p := signaturePolicy(t, nil, public(1))
	wantCode(t, p, "HTTPS://PAY.EXAMPLE/S/"+token, "")
	for raw, want := range map[string]verify.Code{
		"https://pay.example/T/" + token:                  verify.CodeSignature,
		"https://pay.example/" + token:                    verify.CodeSignature,
		"https://pay.example/S/S/" + token:                verify.CodeSignature,
		"https://pay.example/S//" + token:                 verify.CodeSignature,
		"https://pay.example:8443/S/" + token:             verify.CodeSignature,
		"https://evil.example/S/" + token:                 verify.CodeSignature,
		signed + "/":                                      verify.CodeNoToken,
		signed + "?":                                      verify.CodeNoToken,
		signed + "?a=1":                                   verify.CodeNoToken,
		signed + "#":                                      verify.CodeFragment,
		signed + "#a":                                     verify.CodeFragment,
		signed + "?v=1":                                   verify.CodeTokenForm,
		signed + "A":                                      verify.CodeTokenForm,
		signed[:len(signed)-1]:                            verify.CodeNoToken,
		"https://pay.example/S/?v=" + token:               verify.CodeTokenVersion, // other bits altogether
		"https://pay.example/S/" + strings.ToLower(token): verify.CodeNoToken,
		"https://pay.example/S/" + token[:20] + "1" + token[21:]: verify.CodeNoToken,
	} {
		wantCode(t, p, raw, want)
	}
}

// In upper case the address is one version smaller as a QR code.
func TestTokenInPathIsSmaller(t *testing.T) {
	version := func(text string) int {
		q, err := qrcode.New(text, qrcode.Low)
		if err != nil {
			t.Fatal(err)
		}
		return q.VersionNumber
	}
	const host, path = "QR.SAMPLEDOMAIN.EXAMPLE", "/MPM/3/2811KH10100/"
	a := mustParse(t, "https://"+host+path)
	claims := verify.Claims{Expires: noon(), Merchant: "m-1"}
	inQuery, err := verify.Sign(testKey(1), a, claims)
	if err != nil {
		t.Fatal(err)
	}
	claims.InPath = true
	inPath, err := verify.Sign(testKey(1), a, claims)
	if err != nil {
		t.Fatal(err)
	}
	upper := "HTTPS://" + host + inPath.Path()
	if again := mustParse(t, upper); again != inPath {
		t.Errorf("%s is %s, want %s", upper, again, inPath)
	}
	if large, small := version(inQuery.String()), version(upper); small >= large {
		t.Errorf("version %d in the path, %d in the query", small, large)
	}
}

func TestScopes(t *testing.T) {
	const at = "https://a.pay.example:8443/shop/7?x=1"
	moves := map[string]string{ // what is changed, and to what
		"nothing": at, "parameter": "https://a.pay.example:8443/shop/7?x=2", "below": "https://a.pay.example:8443/shop/8/9",
		"path": "https://a.pay.example:8443/other", "port": "https://a.pay.example/shop/7?x=1",
		"host": "https://b.pay.example:8443/shop/7?x=1", "domain": "https://a.evil.example:8443/shop/7?x=1",
		"dots": "https://a.pay.example:8443/shop/../other", "escaped dots": "https://a.pay.example:8443/shop/%2e%2E/other",
		"escaped slash": "https://a.pay.example:8443/shop/..%2Fother", "prefix without /": "https://a.pay.example:8443/shopping",
	}
	for scope, want := range map[verify.Scope]string{
		verify.ScopeAddress: "nothing",
		verify.ScopePrefix:  "nothing parameter below",
		verify.ScopeHost:    "nothing parameter below path dots escaped-dots escaped-slash prefix-without-/",
		verify.ScopeDomain:  "nothing parameter below path port host dots escaped-dots escaped-slash prefix-without-/",
	} {
		claims := verify.Claims{Expires: noon().Add(time.Hour), Scope: scope}
		if scope == verify.ScopePrefix {
			claims.Prefix = "/shop/"
		}
		signed := sign(t, 1, at, claims)
		token := signed[strings.Index(signed, "v="):]
		p := signaturePolicy(t, &verify.SignatureOptions{Widest: scope}, public(1))
		for name, raw := range moves {
			separator := "?"
			if strings.Contains(raw, "?") {
				separator = "&"
			}
			_, err := p.Verify(t.Context(), raw+separator+token)
			if wanted := strings.Contains(" "+want+" ", " "+strings.ReplaceAll(name, " ", "-")+" "); (err == nil) != wanted {
				t.Errorf("scope %d, %s changed: %v", scope, name, err)
			}
		}
		for widest := verify.ScopeAddress; widest < scope; widest++ { // narrower than what is signed
			wantCode(t, signaturePolicy(t, &verify.SignatureOptions{Widest: widest}, public(1)), signed, verify.CodeTokenScope)
		}
	}
}

// No server can be led out of a signed prefix, whatever it decodes, cuts off or
// resolves, and in whatever order.
func TestPrefixIsNotLeft(t *testing.T) {
	signed := sign(t, 1, "https://pay.example/shop/7", verify.Claims{Expires: noon().Add(time.Hour), Scope: verify.ScopePrefix, Prefix: "/shop/"})
	token := signed[strings.Index(signed, "v="):]
	p := signaturePolicy(t, &verify.SignatureOptions{Widest: verify.ScopePrefix}, public(1))
	for path := range strings.FieldsSeq(`/shop/../x /shop/./x /shop/.. /shop/..;/x /shop/..;a=b/x /shop/.;/x /shop/%2e%2e;/x /shop/%2E./x /shop/..%3b/x
		/shop/%252e%252e/x /shop/..%252fx /shop/..%2fx /shop/..%5Cx /shop/%c0%ae%c0%ae/x /shop/..%c0%afx /shop/%e0%80%ae./x /shop/..%00/x
		/shop/..%20/x /shop/%20../x /shop/.%09./x /shop/.%0d%0a./x /shop/..%23/x /shop/..%3f/x /shop/.../x /shop/%7f../x /shop /shopping/x`) {
		wantCode(t, p, "https://pay.example"+path+"?"+token, verify.CodeTokenPrefix)
	}
	for path := range strings.FieldsSeq(`/shop/ /shop/7 /shop/8/9 /shop/7;a=b /shop/a.b /shop/.well-known/x /shop/a..b /shop/%E8%8C%B6 /shop/a%20b /shop//x`) {
		wantCode(t, p, "https://pay.example"+path+"?"+token, "")
	}
}

// short is a key whose signatures have so many bytes, the first of the message's hash.
type short int

func (short) Thumbprint() [32]byte       { return sha256.Sum256([]byte("short")) }
func (k short) SignatureSize() int       { return int(k) }
func (k short) Public() crypto.PublicKey { return k }
func (k short) Verify(message, signature []byte) bool {
	sum := sha512.Sum512(message)
	return bytes.Equal(signature, sum[:k])
}

func (k short) Sign(_ io.Reader, message []byte, _ crypto.SignerOpts) ([]byte, error) {
	sum := sha512.Sum512(message)
	return sum[:k], nil
}

// Whatever is signed verifies: signatures too short to be found in an address are
// not put into one.
func TestShortSignatures(t *testing.T) {
	to := mustParse(t, "https://pay.example/")
	for size, want := range map[short]string{1: "", 2: "query", 31: "query", 32: "query plain", 48: "query plain", 64: "query plain path"} {
		p := signaturePolicy(t, &verify.SignatureOptions{Plain: true}, verify.Key{Public: size})
		for form, sign := range map[string]func() (verify.Address, error){
			"query": func() (verify.Address, error) {
				return verify.Sign(size, to, verify.Claims{Expires: noon().Add(time.Hour)})
			},
			"path": func() (verify.Address, error) {
				return verify.Sign(size, to, verify.Claims{Expires: noon().Add(time.Hour), InPath: true})
			},
			"plain": func() (verify.Address, error) { return verify.SignDomain(size, to, "") },
		} {
			a, err := sign()
			if _, ok := errors.AsType[*verify.ArgumentError](err); ok == strings.Contains(want, form) {
				t.Errorf("%d bytes, %s: %v", size, form, err)
			}
			if err == nil {
				wantCode(t, p, a.String(), "")
			}
		}
	}
}

// The weakness of the specification's plain form, in full: one token opens the
// whole domain, in every way that the envelope refuses.
func TestPlainFormVouchesForTheDomainAlone(t *testing.T) {
	a, err := verify.SignDomain(testKey(1), mustParse(t, "https://www.XXXX.com/"), "")
	if err != nil {
		t.Fatal(err)
	}
	token := strings.TrimPrefix(a.String(), "https://www.xxxx.com/")
	p := signaturePolicy(t, &verify.SignatureOptions{Plain: true}, public(1))
	for name, c := range map[string]struct {
		raw  string
		code verify.Code
	}{
		"as it was signed":  {a.String(), ""},
		"other path":        {"https://www.xxxx.com/other/" + token, ""},
		"open redirect":     {"https://www.xxxx.com/redirect/" + token + "?to=//evil.example", ""},
		"other merchant":    {"https://www.xxxx.com/m-2/" + token, ""},
		"other port":        {"https://www.xxxx.com:8443/" + token, ""},
		"fragment":          {a.String() + "#x", ""},
		"parameter":         {a.String() + "?a=1", ""},
		"token twice":       {"https://www.xxxx.com/" + token + "/" + token, ""},
		"sibling host":      {"https://evil.xxxx.com/" + token, ""},
		"other domain":      {"https://www.yyyy.com/" + token, verify.CodeSignature},
		"the domain in it":  {"https://xxxx.com.evil.com/" + token, verify.CodeSignature},
		"public suffix":     {"https://github.io/" + token, verify.CodeNoDomain},
		"not the last":      {a.String() + "/x", verify.CodeNoToken},
		"dot segments":      {"https://www.xxxx.com/a/../" + token, verify.CodeNoToken},
		"one bit":           {a.String()[:len(a.String())-1] + "B", verify.CodeNoToken}, // not the strict spelling
		"another character": {strings.Replace(a.String(), token[:1], "_", 1), verify.CodeSignature},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, p, c.raw, c.code) })
	}
	wantCode(t, signaturePolicy(t, nil, public(1)), a.String(), verify.CodeNoToken) // unless it is asked for
	if _, err := verify.NewSignature([]verify.Key{public(1)}, &verify.SignatureOptions{Plain: true, Merchant: "m-1"}); err == nil {
		t.Error("the plain form is bound to no merchant, and was accepted for one")
	}
}

// Every kind of key signs domains, RSA also by the text of the specification: the
// signature decrypts to the domain.
func TestPlainFormOfEveryKind(t *testing.T) {
	key := oneRSA()
	all := append(institutions(t), institution{"recovery", key, verify.Key{Public: key.Public(), Algorithm: verify.RSARecovery}})
	for _, by := range all {
		a, err := verify.SignDomain(by.signer, mustParse(t, "https://www.XXXX.com/"), by.key.Algorithm)
		if err != nil {
			t.Fatal(by.name, err)
		}
		for _, at := range all {
			p := signaturePolicy(t, &verify.SignatureOptions{Plain: true}, at.key)
			_, err := p.Verify(t.Context(), a.String())
			if same := by.name == at.name || strings.Contains("RSA by default PS256", by.name) && strings.Contains("RSA by default PS256", at.name); (err == nil) != same {
				t.Errorf("signed with %s, verified with %s: %v", by.name, at.name, err)
			}
		}
	}
}

// What a comparison of the decrypted tail would accept is refused: the whole block
// is compared. Such keys sign no envelopes, and small exponents are no keys.
func TestRecoveryComparesTheWholeBlock(t *testing.T) {
	private := oneRSA()
	key := verify.Key{Public: private.Public(), Algorithm: verify.RSARecovery}
	p := signaturePolicy(t, &verify.SignatureOptions{Plain: true}, key)
	block := func(pad func(b []byte)) string { // "decrypts" to a block that ends with the domain
		b := make([]byte, private.Size())
		b[1] = 1
		for i := 2; i < len(b)-len("xxxx.com")-1; i++ {
			b[i] = 0xff
		}
		copy(b[len(b)-len("xxxx.com"):], "xxxx.com")
		pad(b)
		s := new(big.Int).Exp(new(big.Int).SetBytes(b), private.D, private.N)
		return "https://www.xxxx.com/" + base64URL(s.FillBytes(make([]byte, private.Size())))
	}
	wantCode(t, p, block(func([]byte) {}), "")
	for name, pad := range map[string]func(b []byte){
		"no padding":    func(b []byte) { clear(b[:len(b)-len("xxxx.com")]) },
		"one pad byte":  func(b []byte) { b[100] = 0xfe },
		"short padding": func(b []byte) { b[50] = 0 },
		"type 2":        func(b []byte) { b[1] = 2 },
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, p, block(pad), verify.CodeSignature) })
	}
	if _, err := verify.Sign(private, mustParse(t, "https://www.xxxx.com/"), verify.Claims{Expires: noon(), Algorithm: verify.RSARecovery}); err == nil {
		t.Error("a key for domains alone signed an envelope")
	}
	wantCode(t, p, recoveryEnvelope(t, key, "https://www.xxxx.com/s"), verify.CodeTokenForm)
	small := &rsa.PublicKey{N: private.N, E: 3}
	if _, err := verify.NewSignature([]verify.Key{{Public: small, Algorithm: verify.RSARecovery}}, nil); err == nil {
		t.Error("a key with the exponent 3 was taken")
	}
}

func TestSignDomainRefuses(t *testing.T) {
	for _, raw := range []string{"https://www.xxxx.com/a", "https://www.xxxx.com/?", "https://www.xxxx.com/#", "https://github.io/", "https://www.xxxx.com/a/../"} {
		if a, err := verify.SignDomain(testKey(1), mustParse(t, raw), ""); err == nil {
			t.Errorf("%s became %s", raw, a)
		}
	}
	if _, err := verify.SignDomain(badSigner{key: testKey(2)}, mustParse(t, "https://www.xxxx.com/"), ""); err == nil {
		t.Error("a signature of another key was given out")
	}
	for name, c := range map[string]verify.Claims{
		"no scope":             {Scope: 4},
		"prefix without scope": {Prefix: "/"},
		"scope without prefix": {Scope: verify.ScopePrefix},
		"prefix elsewhere":     {Scope: verify.ScopePrefix, Prefix: "/b/"},
		"prefix without end":   {Scope: verify.ScopePrefix, Prefix: "/s"},
		"path not ending":      {InPath: true},
		"algorithm of RSA":     {Algorithm: verify.RS256},
	} {
		c.Expires = noon()
		_, err := verify.Sign(testKey(1), mustParse(t, "https://pay.example/s/7"), c)
		if _, ok := errors.AsType[*verify.ArgumentError](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// recoveryEnvelope is made by the written format with a key that is for domains
// alone.
func recoveryEnvelope(t *testing.T, key verify.Key, raw string) string {
	t.Helper()
	id, err := base64.RawURLEncoding.DecodeString(key.ID())
	if err != nil {
		t.Fatal(err)
	}
	head := append(append([]byte{1}, id[:2]...), make([]byte, 13)...)
	copy(head[3:7], "\xff\xff\xff\xff")
	head[15] = 3
	signature, err := rsa.SignPKCS1v15(nil, oneRSA(), crypto.Hash(0), []byte("anyscan code address v1\x00"+string(head)+raw))
	if err != nil {
		t.Fatal(err)
	}
	return raw + "?v=" + base64URL(append(head, signature...))
}
