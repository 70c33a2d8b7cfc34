package webpayment_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/order"
)

// New says everything that is wrong with the settings, where, and no key.
func TestNewTellsEveryProblem(t *testing.T) {
	_, err := webpayment.New("example-pay", webpayment.Settings{Method: "basic-card", Client: "Gateway 1", Server: "http://pay.test/", Currencies: []string{"EURO"}},
		&webpayment.Options{Timeout: -1})
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeInvalid || e.Op != "webpayment.New" {
		t.Fatal(err)
	}
	want := []order.Problem{
		{Path: "/title", Detail: "is missing"},
		{Path: "/method", Detail: `"basic-card" is not an address: want https://host/path, without user name and fragment`},
		{Path: "/client", Detail: `"Gateway 1" is not 1 to 64 of a-z 0-9 -`},
		{Path: "/server", Detail: `"http://pay.test/" is not https`},
		{Path: "/currencies/0", Detail: `"EURO" is not in ISO 4217`},
		{Path: "/timeout", Detail: "is negative: want a time to wait for an answer"},
		{Path: "/private_key", Detail: "is missing: want this gateway's Ed25519 key, or a crypto.Signer that has it"},
		{Path: "/operator_keys", Detail: "has 0 keys: want 1 to 8"},
	}
	if diff := cmp.Diff(want, e.Problems); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A method is an address with a host that everybody reads alike.
func TestMethodsThatAreNone(t *testing.T) {
	for _, method := range []string{"", "http://pay.test/method", "https://user@pay.test/", "https://pay.test/#x", "https://pay.test;script-src/m", "https://p\u00e4y.test/",
		"//pay.test/", "https:///method", "ftp://pay.test/", "https://pay.test/" + strings.Repeat("m", 256), "\x00", "https://pay.test /"} {
		s := settings()
		s.Method = method
		refused(t, s, nil, "/method", "")
	}
	for _, method := range []string{"https://pay.test", "https://pay.test:8443/method?v=1", "http://localhost:8080/method", "http://[::1]/m", "https://PAY.test/"} {
		s := settings()
		s.Method = method
		if _, err := webpayment.New("example-pay", s, nil); err != nil {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// A key in the wrong place or the wrong encoding is called what it is.
func TestKeysThatAreNone(t *testing.T) {
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: one()}, &x509.Certificate{SerialNumber: one()}, seeded(2).Public(), seeded(2))
	if err != nil {
		t.Fatal(err)
	}
	small, err := x509.MarshalPKIXPublicKey(make(ed25519.PublicKey, ed25519.PublicKeySize))
	if err != nil {
		t.Fatal(err)
	}
	public := publicPEM(seeded(2))
	for says, key := range map[string]string{
		"is empty: want a key":                        " \n",
		"is the public key of this gateway":           publicPEM(seeded(1)),
		"is a private key: want the operator's":       privatePEM(seeded(2)),
		"is a certificate: want":                      block("CERTIFICATE", certificate),
		"is neither PEM nor base64":                   "correct horse!",
		"is no key in PKCS #8 or X.509":               "c2VjcmV0",
		"is 32 bare bytes, perhaps the x of a JWK":    base64.StdEncoding.EncodeToString(seeded(2).Public().(ed25519.PublicKey)),
		"are its line breaks lost":                    strings.ReplaceAll(public, "\n", " "),
		"or is there more than the key?":              public + publicPEM(seeded(3)),
		"is a key of the type *ecdsa.PublicKey: want": publicPEM(curve),
		"of small order, for which anybody can sign":  block("PUBLIC KEY", small),
		"at most 8192":                                strings.Repeat("A", 9000),
	} {
		s := settings()
		s.OperatorKeys[1] = key
		refused(t, s, nil, "/operator_keys/1", says)
	}
	for says, key := range map[string]string{
		"is a public key: want this gateway's private key": public,
		"is encrypted: want":                        block("ENCRYPTED PRIVATE KEY", []byte("sealed")),
		"want Ed25519, which EdDSA signs with here": privatePEM(curve),
	} {
		s := settings()
		s.PrivateKey = component.NewSecret([]byte(key))
		refused(t, s, nil, "/private_key", says)
	}
	refused(t, settings(), &webpayment.Options{Signer: seeded(1)}, "/private_key", "is given twice")
	s := settings()
	s.PrivateKey = component.Secret{}
	refused(t, s, &webpayment.Options{Signer: curve}, "/private_key", "want Ed25519")
}

func refused(t *testing.T, s webpayment.Settings, o *webpayment.Options, path, says string) {
	t.Helper()
	_, err := webpayment.New("example-pay", s, o)
	e, ok := errors.AsType[*order.Error](err)
	if !ok || len(e.Problems) != 1 || e.Problems[0].Path != path || !strings.Contains(e.Problems[0].Detail, says) {
		t.Errorf("want %s …%s…, got %v", path, says, err)
	}
	if err != nil && strings.Contains(err.Error(), "MC4CAQ") {
		t.Errorf("the error holds a key: %v", err)
	}
}

// Keys are good as PEM and as bare base64, and from a signer that keeps them.
func TestKeysInEveryForm(t *testing.T) {
	bare := func(pem string) string {
		lines := strings.Split(strings.TrimSpace(pem), "\n")
		return strings.Join(lines[1:len(lines)-1], "\r\n")
	}
	for name, private := range map[string]string{"PEM": privatePEM(seeded(1)), "base64": bare(privatePEM(seeded(1))), "a signer": ""} {
		l := newLab(t)
		s, o := settings(), &webpayment.Options{}
		s.PrivateKey, s.OperatorKeys = component.NewSecret([]byte(private)), []string{bare(publicPEM(seeded(2)))}
		if private == "" {
			s.PrivateKey, o.Signer = component.Secret{}, seeded(1)
		}
		l.Component = l.make(s, o)
		if a, _ := l.paid(); l.query(a).Outcome != component.OutcomeSucceeded {
			t.Errorf("%s: not paid", name)
		}
	}
}

// The schema takes what the settings are read from, and names what is no setting.
func TestSettingsSchema(t *testing.T) {
	schema, err := webpayment.SettingsSchema()
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]any{"title": "Example Pay", "method": testMethod, "client": testClient, "server": testServer, "private_key": "operator-key",
		"operator_keys": []any{publicPEM(seeded(2))}, "currencies": []any{"EUR"}, "limits": []any{map[string]any{"currency": "EUR", "min": 1, "max": 5000}},
		"apps": map[string]any{"not": []any{"chat"}}}
	find := func(name string) (component.Secret, error) {
		if name != "operator-key" {
			return component.Secret{}, errors.New("no such file")
		}
		return component.NewSecret([]byte(privatePEM(seeded(1)))), nil
	}
	s, err := component.ReadSettings[webpayment.Settings](text(good), schema, find)
	if err != nil {
		t.Fatal(err)
	}
	c, err := webpayment.New("example-pay", s, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := c.Describe()
	if diff := cmp.Diff([]component.Limit{{Currency: "EUR", Min: 1, Max: 5000}}, d.Limits); diff != "" || d.Apps.Not[0] != "chat" || d.Currencies[0] != "EUR" {
		t.Errorf("described as %+v", d)
	}
	if _, err := component.NewRegistry(c); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]any{"title": "", "client": "Gateway", "operator_keys": []any{}, "private_key": 1, "color": "red", "limits": "EUR", "apps": map[string]any{"x": 1}} {
		if _, err := component.ReadSettings[webpayment.Settings](text(with(good, name, wrong)), schema, find); !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%s: %v fits the schema: %v", name, wrong, err)
		}
	}
}

// A private key never prints: not the settings, not the component, not by any verb.
func TestSecretNeverPrints(t *testing.T) {
	s := settings()
	c, err := webpayment.New("example-pay", s, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept := s
	kept.PrivateKey = component.Secret{}
	signed, err := webpayment.New("example-pay", kept, &webpayment.Options{Signer: seeded(1)})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range []any{s, &s, c, *c, signed, *signed} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
	}
	raw, err := json.Marshal(s)
	if err != nil || !strings.Contains(string(raw), `"private_key":"[secret]"`) {
		t.Errorf("as JSON: %s, %v", raw, err)
	}
	seed := seeded(1).Seed()
	for _, told := range []string{"MC4CAQ", strings.Trim(fmt.Sprint(seed), "[]"), fmt.Sprintf("%x", seed)} {
		if strings.Contains(out.String()+string(raw), told) {
			t.Errorf("the private key was printed, as %q", told)
		}
	}
}
