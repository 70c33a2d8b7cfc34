package wechatpay_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// New says everything that is wrong with the settings, where, and no key.
func TestNewTellsEveryProblem(t *testing.T) {
	_, err := wechatpay.New("wechatpay", wechatpay.Settings{MchID: "m", AppID: "app", Product: "app", Gateway: "https://api.mch.weixin.qq.com/v3", SerialNo: "no"},
		&wechatpay.Options{Timeout: -1})
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeInvalid || e.Op != "wechatpay.New" {
		t.Fatal(err)
	}
	want := []order.Problem{
		{Path: "/title", Detail: "is missing"},
		{Path: "/mchid", Detail: `"m" is not 1 to 32 digits`},
		{Path: "/appid", Detail: `"app" is no APPID: want wx and 16 more of a-z 0-9`},
		{Path: "/product", Detail: `"app" does not exist: want "h5", "jsapi" or "native"`},
		{Path: "/gateway", Detail: `"https://api.mch.weixin.qq.com/v3" is not the address of a host: want https://host alone`},
		{Path: "/serial_no", Detail: `"no" is no serial number: want 1 to 64 hexadecimal digits, as openssl x509 -serial writes them`},
		{Path: "/timeout", Detail: "is negative: want a time to wait for an answer"},
		{Path: "/private_key", Detail: "is missing: want the merchant's RSA key, or a crypto.Signer that has it"},
		{Path: "/apiv3_key", Detail: "has 0 bytes: want the APIv3 key, which has 32"},
		{Path: "/platform_keys", Detail: "has 0 keys: want 1 to 8"},
	}
	if diff := cmp.Diff(want, e.Problems); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s := settings(wechatpay.ProductJSAPI)
	s.AppSecret = component.Secret{}
	refused(t, s, nil, "/app_secret", "which jsapi needs")
	for _, gateway := range []string{"https://h/?x=1", "https://u@h", "https://h#f", "api.mch.weixin.qq.com", "ftp://h", "https://h/", "\x00", "http://h"} {
		s := settings(wechatpay.ProductNative)
		s.Gateway = gateway
		refused(t, s, nil, "/gateway", "")
	}
}

func refused(t *testing.T, s wechatpay.Settings, o *wechatpay.Options, path, says string) {
	t.Helper()
	_, err := wechatpay.New("wechatpay", s, o)
	e, ok := errors.AsType[*order.Error](err)
	if !ok || len(e.Problems) != 1 || e.Problems[0].Path != path || !strings.Contains(e.Problems[0].Detail, says) {
		t.Errorf("want %s …%s…, got %v", path, says, err)
	}
	if err != nil && strings.Contains(err.Error(), "MII") {
		t.Errorf("the error holds a key: %v", err)
	}
}

// A key in the wrong place or the wrong encoding is called what it is.
func TestKeysThatAreNone(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := publicPEM("platform")
	for says, key := range map[string]string{
		"is empty: want PEM":                             " \n",
		"is the merchant's own key: want WeChat Pay's":   publicPEM("merchant"),
		"is a private key: want WeChat Pay's public":     string(readFile("platform.pem")),
		"is not PEM: want the text of the file":          "certs/pub_key.pem",
		"is no key in PKCS #8, PKCS #1 or X.509":         block("PUBLIC KEY", []byte("x")),
		"are its line breaks lost":                       strings.ReplaceAll(public, "\n", " "),
		"or is there more than the key?":                 public + publicPEM("next"),
		"has 1024 bits: want 2048":                       block("PUBLIC KEY", pkix(t, &small.PublicKey)),
		"is a key of the type *ecdsa.PublicKey: want R":  block("PUBLIC KEY", pkix(t, &curve.PublicKey)),
		"at most 16384":                                  strings.Repeat("A", 20000),
		"serial number 5157F09EFDC096DE15EBE81A47057A72": string(readFile("next.crt")),
	} {
		s := settings(wechatpay.ProductNative)
		s.PlatformKeys = []wechatpay.PlatformKey{{Serial: "PUB_KEY_ID_1", Key: key}}
		refused(t, s, nil, "/platform_keys/0/key", says)
	}
	for says, serial := range map[string]string{
		"is that of the merchant's own API certificate": strings.ToLower(testSerial),
		"stands in the list twice":                      strings.ToLower(nextSerial),
		"is not the ID of a public key":                 "PUB_KEY_ID_",
		"is not the ID of a public key: want":           "PUB_KEY_ID_1 2",
		"hexadecimal digits, as openssl":                "",
	} {
		s := settings(wechatpay.ProductNative)
		s.PlatformKeys = append(s.PlatformKeys, wechatpay.PlatformKey{Serial: serial, Key: publicPEM("other")})
		refused(t, s, nil, "/platform_keys/2/serial", says)
	}
	curved, err := x509.MarshalPKCS8PrivateKey(curve)
	if err != nil {
		t.Fatal(err)
	}
	for says, key := range map[string]string{
		"is a public key: want the merchant's private key":  public,
		"is a certificate: want the merchant's private key": string(readFile("next.crt")),
		"is encrypted: want":                        block("ENCRYPTED PRIVATE KEY", []byte("sealed")),
		"has 1024 bits":                             block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(small)),
		"want RSA, which WECHATPAY2-SHA256-RSA2048": block("PRIVATE KEY", curved),
	} {
		s := settings(wechatpay.ProductNative)
		s.PrivateKey = component.NewSecret([]byte(key))
		refused(t, s, nil, "/private_key", says)
	}
	refused(t, settings(wechatpay.ProductNative), &wechatpay.Options{Signer: readKey("merchant")}, "/private_key", "is given twice")
	s := settings(wechatpay.ProductNative)
	s.PrivateKey = component.Secret{}
	refused(t, s, &wechatpay.Options{Signer: curve}, "/private_key", "want RSA")
}

// Keys are good in every form in which WeChat Pay's console and openssl hand them out,
// and from a signer that keeps them.
func TestKeysInEveryForm(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	a := l.paid()
	merchant, public := readKey("merchant"), readKey("platform").PublicKey
	pkcs1 := settings(l.product)
	pkcs1.PrivateKey = component.NewSecret([]byte(block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(merchant))))
	pkcs1.PlatformKeys = []wechatpay.PlatformKey{{Serial: keySerial, Key: block("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&public))}}
	kept := settings(l.product)
	kept.PrivateKey, kept.SerialNo = component.Secret{}, strings.ToLower(testSerial)
	for name, c := range map[string]struct {
		s wechatpay.Settings
		o wechatpay.Options
	}{"PKCS #1": {pkcs1, wechatpay.Options{}}, "a signer, and a serial in small letters": {kept, wechatpay.Options{Signer: merchant}}} {
		if e, err := l.make(c.s, &c.o).Query(t.Context(), a); err != nil || e.Outcome != component.OutcomeSucceeded {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// The schema takes what the settings are read from, and names what is no setting.
func TestSettingsSchema(t *testing.T) {
	schema, err := wechatpay.SettingsSchema()
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]any{"title": "WeChat Pay", "mchid": testMch, "appid": testApp, "product": "native", "gateway": "https://api2.mch.weixin.qq.com",
		"serial_no": testSerial, "private_key": string(readFile("merchant.pem")), "apiv3_key": testAPIv3, "app_secret": testSecret,
		"platform_keys": []any{map[string]any{"serial": keySerial, "key": publicPEM("platform")}}}
	s, err := component.ReadSettings[wechatpay.Settings]([]byte(encode(good)), schema, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wechatpay.New("wechatpay", s, nil); err != nil {
		t.Error(err)
	}
	for name, wrong := range map[string]any{"mchid": "x", "appid": "1", "product": "app", "platform_keys": []any{}, "private_key": 1, "title": "", "color": "red",
		"apiv3_key": "short", "serial_no": "z"} {
		bad := map[string]any{}
		for k, v := range good {
			bad[k] = v
		}
		bad[name] = wrong
		if _, err := component.ReadSettings[wechatpay.Settings]([]byte(encode(bad)), schema, nil); err == nil {
			t.Errorf("%s: %v fits the schema", name, wrong)
		}
	}
	for _, name := range []string{"private_key", "apiv3_key", "app_secret"} {
		if !schema.Properties[name].WriteOnly {
			t.Errorf("%s is not said to be write-only", name)
		}
	}
}

// No secret prints: not the settings, not the component, not by any verb.
func TestSecretsNeverPrint(t *testing.T) {
	key := readKey("merchant")
	s := settings(wechatpay.ProductJSAPI)
	c, err := wechatpay.New("wechatpay", s, nil)
	if err != nil {
		t.Fatal(err)
	}
	kept := s
	kept.PrivateKey = component.Secret{}
	signed, err := wechatpay.New("wechatpay", kept, &wechatpay.Options{Signer: key})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range []any{s, &s, c, *c, signed, *signed} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%08b"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		log.Info("x", "v", v)
	}
	out.WriteString(encode(s))
	body := strings.Split(string(readFile("merchant.pem")), "\n")[5]
	for what, told := range map[string]string{"PEM": body, "hexadecimal": fmt.Sprintf("%x", body), "bytes": strings.Trim(fmt.Sprint([]byte(body)[:8]), "[]"),
		"d": key.D.String(), "p": key.Primes[0].String(), "the APIv3 key": testAPIv3, "the APIv3 key's bytes": strings.Trim(fmt.Sprint([]byte(testAPIv3)[:8]), "[]"),
		"the app's secret": testSecret, "its bytes": strings.Trim(fmt.Sprint([]byte(testSecret)[:8]), "[]")} {
		if strings.Contains(out.String(), told) {
			t.Errorf("a secret was printed: %s", what)
		}
	}
}

// An offer says which product it is, and is made where that works.
func TestDescribe(t *testing.T) {
	for product, want := range map[wechatpay.Product]component.Description{
		wechatpay.ProductH5:     {Actions: []component.ActionKind{"redirect"}, Apps: component.AppRule{Not: []string{"wechat"}}},
		wechatpay.ProductJSAPI:  {Actions: []component.ActionKind{"redirect", "bridge"}, Apps: component.AppRule{Only: []string{"wechat"}}},
		wechatpay.ProductNative: {Actions: []component.ActionKind{"deep_link"}},
	} {
		d := newLab(t, product).Describe()
		if diff := cmp.Diff(want, component.Description{Actions: d.Actions, Apps: d.Apps}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", product, diff)
		}
		if encode(d.Parameters) != `{"product":"`+string(product)+`"}` || d.Limits[0] != (component.Limit{Currency: "CNY", Min: 1, Max: 1<<31 - 1}) {
			t.Errorf("%+v, %+v", d.Parameters, d.Limits)
		}
	}
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func pkix(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
