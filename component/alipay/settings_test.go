package alipay_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/alipay"
	"github.com/anyscan/anyscan/order"
)

// New says everything that is wrong with the settings, where, and no key.
func TestNewTellsEveryProblem(t *testing.T) {
	_, err := alipay.New("alipay", alipay.Settings{AppID: "app", Seller: "2089000000000000", Product: "app", Gateway: "http://openapi.alipay.com/gateway.do"},
		&alipay.Options{Timeout: -1})
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeInvalid || e.Op != "alipay.New" {
		t.Fatal(err)
	}
	want := []order.Problem{
		{Path: "/title", Detail: "is missing"},
		{Path: "/app_id", Detail: `"app" is not 1 to 32 digits`},
		{Path: "/seller_id", Detail: `"2089000000000000" is no account of Alipay: want 2088 and 12 more digits`},
		{Path: "/product", Detail: `"app" does not exist: want "wap" or "page"`},
		{Path: "/gateway", Detail: `"http://openapi.alipay.com/gateway.do" is not https`},
		{Path: "/timeout", Detail: "is negative: want a time to wait for an answer"},
		{Path: "/private_key", Detail: "is missing: want the app's RSA key, or a crypto.Signer that has it"},
		{Path: "/alipay_keys", Detail: "has 0 keys: want 1 to 8"},
	}
	if diff := cmp.Diff(want, e.Problems); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A key in the wrong place or the wrong encoding is called what it is.
func TestKeysThatAreNone(t *testing.T) {
	small := testKey(t, 1024)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	app := readKey("app")
	certificate, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Alipay"}},
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &app.PublicKey, app)
	if err != nil {
		t.Fatal(err)
	}
	public := publicPEM("alipay")
	for says, key := range map[string]string{
		"is empty: want a key":                          " \n",
		"is the app's own public key: want Alipay's":    publicPEM("app"),
		"is a private key: want Alipay's public key":    string(readPEM("alipay")),
		"is a certificate, of Alipay's other way":       block("CERTIFICATE", certificate),
		"is neither PEM nor base64":                     "correct horse!",
		"is no key in PKCS #8, PKCS #1 or X.509":        "c2VjcmV0",
		"are its line breaks lost":                      strings.ReplaceAll(public, "\n", " "),
		"or is there more than the key?":                public + publicPEM("next"),
		"has 1024 bits: want 2048":                      block("PUBLIC KEY", pkix509(t, &small.PublicKey)),
		"is a key of the type *ecdsa.PublicKey: want R": block("PUBLIC KEY", pkix509(t, &curve.PublicKey)),
		"at most 16384":                                 strings.Repeat("A", 20000),
	} {
		s := settings()
		s.AlipayKeys[1] = key
		refused(t, s, nil, "/alipay_keys/1", says)
	}
	sealed := block("ENCRYPTED PRIVATE KEY", []byte("sealed"))
	for says, key := range map[string]string{
		"is a public key: want the app's private key": public,
		"is encrypted: want":                          sealed,
		"has 1024 bits":                               block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)),
		"want RSA, which RSA2 signs with":             block("PRIVATE KEY", pkcs8(t, curve)),
	} {
		s := settings()
		s.PrivateKey = component.NewSecret([]byte(key))
		refused(t, s, nil, "/private_key", says)
	}
	refused(t, settings(), &alipay.Options{Signer: app}, "/private_key", "is given twice")
	s := settings()
	s.PrivateKey = component.Secret{}
	refused(t, s, &alipay.Options{Signer: curve}, "/private_key", "want RSA")
	for _, gateway := range []string{"https://h/?x=1", "https://u@h/", "https://h/#f", "gateway.do", "ftp://h/", "https://h/?", "\x00"} {
		s := settings()
		s.Gateway = gateway
		refused(t, s, nil, "/gateway", "")
	}
}

func refused(t *testing.T, s alipay.Settings, o *alipay.Options, path, says string) {
	t.Helper()
	_, err := alipay.New("alipay", s, o)
	e, ok := errors.AsType[*order.Error](err)
	if !ok || len(e.Problems) != 1 || e.Problems[0].Path != path || !strings.Contains(e.Problems[0].Detail, says) {
		t.Errorf("want %s …%s…, got %v", path, says, err)
	}
	if err != nil && strings.Contains(err.Error(), "MII") {
		t.Errorf("the error holds a key: %v", err)
	}
}

// Keys are good in every form in which Alipay's console and tools, and openssl,
// hand them out, and from a signer that keeps them.
func TestKeysInEveryForm(t *testing.T) {
	app, public := readKey("app"), readKey("alipay").PublicKey
	for name, c := range map[string]struct {
		private, public string
	}{
		"PKCS #8 and X.509 in PEM":      {string(readPEM("app")), publicPEM("alipay")},
		"PKCS #1 in PEM":                {block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(app)), block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&public))},
		"PKCS #8 and X.509 in base64":   {lines(pkcs8(t, app)), lines(pkix509(t, &public))},
		"PKCS #1 in base64, one string": {base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(app)), base64.StdEncoding.EncodeToString(pkix509(t, &public))},
		"a signer":                      {"", publicPEM("alipay")},
	} {
		l := newLab(t)
		a := l.paid()
		s, o := settings(), &alipay.Options{}
		s.PrivateKey, s.AlipayKeys = component.NewSecret([]byte(c.private)), []string{c.public}
		if c.private == "" {
			s.PrivateKey, o.Signer = component.Secret{}, app
		}
		if e, err := l.make(s, o).Query(t.Context(), a); err != nil || e.Outcome != component.OutcomeSucceeded {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// The schema takes what the settings are read from, and names what is no setting.
func TestSettingsSchema(t *testing.T) {
	schema, err := alipay.SettingsSchema()
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]any{"title": "Alipay", "app_id": testApp, "seller_id": testSeller, "product": "page",
		"gateway": "https://openapi.alipay.com/gateway.do", "private_key": string(readPEM("app")), "alipay_keys": []any{publicPEM("alipay")}}
	if err := resolved.Validate(good); err != nil {
		t.Error(err)
	}
	raw, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	var s alipay.Settings
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	if _, err := alipay.New("alipay", s, nil); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]any{"app_id": "x", "seller_id": "1", "product": "app", "alipay_keys": []any{}, "private_key": 1, "title": "", "color": "red"} {
		bad := map[string]any{}
		for k, v := range good {
			bad[k] = v
		}
		bad[name] = wrong
		if resolved.Validate(bad) == nil {
			t.Errorf("%s: %v fits the schema", name, wrong)
		}
	}
	if !schema.Properties["private_key"].WriteOnly {
		t.Error("the private key is not said to be write-only")
	}
}

// A private key never prints: not the settings, not the component, not by any verb.
func TestSecretNeverPrints(t *testing.T) {
	key := readKey("app")
	s := settings()
	c, err := alipay.New("alipay", s, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := alipay.Options{Signer: key}
	s2 := s
	s2.PrivateKey = component.Secret{}
	signed, err := alipay.New("alipay", s2, &o)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	text := slog.New(slog.NewTextHandler(&out, nil))
	for _, v := range []any{s.PrivateKey, &s.PrivateKey, s, &s, c, *c, signed, *signed, o, &o, map[string]component.Secret{"x": s.PrivateKey}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
		text.Info("x", "v", v)
	}
	raw, err := json.Marshal(s)
	if err != nil || !strings.Contains(string(raw), `"private_key":"[secret]"`) {
		t.Errorf("as JSON: %s, %v", raw, err)
	}
	body := strings.Split(string(readPEM("app")), "\n")[5]
	for what, told := range map[string]string{"PEM": body, "hexadecimal": fmt.Sprintf("%x", body), "bytes": strings.Trim(fmt.Sprint([]byte(body)[:8]), "[]"),
		"d": key.D.String(), "p": key.Primes[0].String(), "d in hexadecimal": fmt.Sprintf("%x", key.D)} {
		if strings.Contains(out.String()+string(raw), told) {
			t.Errorf("the private key was printed, as %s", what)
		}
	}
	for _, got := range []string{fmt.Sprintf("%x", s.PrivateKey), s.PrivateKey.String(), s.PrivateKey.GoString(), s.PrivateKey.LogValue().String()} {
		if got != "[secret]" {
			t.Errorf("prints as %q", got)
		}
	}
}

// The caller may wipe the bytes that a secret was made of.
func TestSecretIsACopy(t *testing.T) {
	text := readPEM("app")
	s := settings()
	s.PrivateKey = component.NewSecret(text)
	clear(text)
	if _, err := alipay.New("alipay", s, nil); err != nil {
		t.Error(err)
	}
}

func testKey(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func lines(der []byte) string {
	text := base64.StdEncoding.EncodeToString(der)
	return text[:64] + "\n" + text[64:] + "\n"
}

func pkix509(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// FuzzKeys holds the readers of keys to saying no without telling what they read.
func FuzzKeys(f *testing.F) {
	f.Add(string(readPEM("app")))
	f.Add(publicPEM("alipay"))
	f.Add("c2VjcmV0")
	f.Add("-----BEGIN PUBLIC KEY-----")
	f.Fuzz(func(t *testing.T, text string) {
		s := settings()
		s.PrivateKey, s.AlipayKeys = component.NewSecret([]byte(text)), []string{text}
		_, err := alipay.New("alipay", s, nil)
		if err == nil {
			t.Errorf("%q is both keys", text)
		} else if len(text) > 40 && strings.Contains(err.Error(), text) {
			t.Error("the error tells the key")
		}
	})
}
