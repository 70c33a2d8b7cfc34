package examples_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/alipay"
	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/component/stripe"
	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/component/wechatpay"
)

const referenceHead = `# Payment components

What each component of this module can do, and what an operator configures, made of their
schemas (ANYSCAN_UPDATE=1 go test ./examples -run TestReference). A gateway publishes the same of
its own components at GET /v1/components. ` + "`go doc ./component/NAME`" + ` has the flow and the
provider's own terms; ` + "`examples/skeleton`" + ` is where to begin one of your own.

`

// The document of all components is made of what they say of themselves.
func TestReference(t *testing.T) {
	const file = "../component/README.md"
	r, err := component.NewRegistry(oneOfEach(t)...)
	if err != nil {
		t.Fatal(err)
	}
	want := referenceHead + component.Reference(r.Catalog())
	if os.Getenv("ANYSCAN_UPDATE") != "" {
		writeText(t, file, want)
	}
	if diff := cmp.Diff(want, readText(t, file)); diff != "" {
		t.Errorf("%s is not what the components say (-want +got):\n%s", file, diff)
	}
}

// oneOfEach is a component of each kind, with settings that nobody uses.
func oneOfEach(t *testing.T) []component.Component {
	t.Helper()
	must := func(c component.Component, err error) component.Component {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	private, _ := pemKeys(t, newRSA(t))
	_, public := pemKeys(t, newRSA(t))
	own, _ := pemKeys(t, newEd25519(t))
	_, theirs := pemKeys(t, newEd25519(t))
	return []component.Component{
		must(alipay.New("alipay", alipay.Settings{Title: "Alipay", AppID: "2021000122671080", PrivateKey: component.NewSecret(private), AlipayKeys: []string{string(public)}}, nil)),
		must(stripe.New("stripe", stripe.Settings{Title: "Card or wallet", SecretKey: component.NewSecret([]byte("sk_test_51Pxxxxxxxxxxxxxxxxxxxxxx")),
			WebhookSecrets: []component.Secret{component.NewSecret([]byte("whsec_0123456789abcdef0123456789abcdef"))}}, nil)),
		must(webpayment.New("webpayment", webpayment.Settings{Title: "Example Pay", Method: "https://pay.example/method", Client: "gateway-1", Server: "https://pay.example/requests",
			PrivateKey: component.NewSecret(own), OperatorKeys: []string{string(theirs)}}, nil)),
		must(wechatpay.New("wechatpay", wechatpay.Settings{Title: "WeChat Pay", MchID: "1900000109", AppID: "wx8888888888888888", Product: wechatpay.ProductNative,
			SerialNo: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1", PrivateKey: component.NewSecret(private), APIv3Key: component.NewSecret([]byte("0123456789abcdef0123456789abcdef")),
			PlatformKeys: []wechatpay.PlatformKey{{Serial: "PUB_KEY_ID_0119000001092024", Key: string(public)}}}, nil)),
		must(sandbox.New("sandbox", sandbox.Settings{Provider: "https://wallet.example", Merchant: "shop-1", Secret: component.NewSecret([]byte("0123456789abcdef")), Title: "Sandbox wallet"}, nil)),
	}
}

func newRSA(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newEd25519(t *testing.T) crypto.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// pemKeys are both halves of a key.
func pemKeys(t *testing.T, key crypto.Signer) (private, public []byte) {
	t.Helper()
	one, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	other, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: one}), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: other})
}
