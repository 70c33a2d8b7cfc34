package webpayment_test

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/order"
)

// lab is a component and the fake that it reaches, with a clock for both.
type lab struct {
	testing.TB
	*webpayment.Component
	fake *fake
	now  time.Time
}

func newLab(t testing.TB) *lab {
	l := &lab{TB: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	l.fake = newFake(l.clock)
	l.Component = l.make(settings(), nil)
	return l
}

func (l *lab) clock() time.Time { return l.now }

func (l *lab) make(s webpayment.Settings, o *webpayment.Options) *webpayment.Component {
	l.Helper()
	if o == nil {
		o = &webpayment.Options{}
	}
	o.Transport, o.Now = l.fake, l.clock
	c, err := webpayment.New("example-pay", s, o)
	if err != nil {
		l.Fatal(err)
	}
	return c
}

// settings know the operator by two keys, of which the fake signs with the second.
func settings() webpayment.Settings {
	return webpayment.Settings{Title: "Example Pay", Method: testMethod, Client: testClient, Server: testServer,
		PrivateKey: component.NewSecret([]byte(privatePEM(seeded(1)))), OperatorKeys: []string{publicPEM(seeded(3)), publicPEM(seeded(2))}}
}

func privatePEM(key crypto.Signer) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return block("PRIVATE KEY", der)
}

func publicPEM(key crypto.Signer) string {
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		panic(err)
	}
	return block("PUBLIC KEY", der)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// attempt is one that expires in 15 minutes.
func (l *lab) attempt() component.Attempt {
	return component.Attempt{
		ID: string(order.NewID(l.now)), Acquirer: "north", Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas & a bun",
		Amount: order.Money{Amount: 1230, Currency: "EUR"}, Expires: l.now.Add(15*time.Minute + 300*time.Millisecond),
		ReturnAddress: "https://gateway.test/return/a", NotifyAddress: "https://gateway.test/notify/example-pay",
		Actions: []component.ActionKind{component.ActionRedirect, component.ActionPaymentRequest},
	}
}

// begin begins an attempt.
func (l *lab) begin(a component.Attempt) component.Action {
	l.Helper()
	p, err := l.Begin(l.Context(), a)
	if err != nil || p.Action == nil {
		l.Fatalf("Begin: %+v, %v", p, err)
	}
	return *p.Action
}

// paid is an attempt that the payer has paid, and what the window gave back.
func (l *lab) paid() (a component.Attempt, token string) {
	l.Helper()
	a = l.attempt()
	token, err := l.fake.decide(l.begin(a), true)
	if err != nil {
		l.Fatal(err)
	}
	return a, token
}

// response is the details of a payment response with the token.
func response(token string) component.Return {
	raw, err := json.Marshal(map[string]string{"token": token})
	if err != nil {
		panic(err)
	}
	return component.Return{Data: string(raw)}
}

// isUnknown reports whether the error says that nothing is known, so that the
// gateway asks again.
func isUnknown(err error) bool {
	e, ok := errors.AsType[*order.Error](err)
	return ok && e.Code.Retryable()
}

// request is a token that the component signs to begin the attempt.
func (l *lab) request(a component.Attempt) string {
	l.Helper()
	a.ID += "x"
	var data struct{ Request string }
	if err := json.Unmarshal(l.begin(a).PaymentRequest.Data, &data); err != nil {
		l.Fatal(err)
	}
	return data.Request
}

// answer is one of the operator's server, with this body.
func answer(body string) *http.Response {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/jwt")
	w.WriteString(body)
	return w.Result()
}

// thumbprint is that of RFC 7638, by its text.
func thumbprint(t testing.TB, key ed25519.PrivateKey) string {
	t.Helper()
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + b64(key.Public().(ed25519.PublicKey)) + `"}`))
	return b64(sum[:])
}

func (l *lab) query(a component.Attempt) component.Evidence {
	l.Helper()
	e, err := l.Query(l.Context(), a)
	if err != nil {
		l.Fatal(err)
	}
	return e
}

func one() *big.Int { return big.NewInt(1) }
