package webpayment_test

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
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
