package alipay_test

import (
	"errors"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/alipay"
	"github.com/anyscan/anyscan/order"
)

// lab is a component and the fake that it reaches, with a clock for both.
type lab struct {
	testing.TB
	*alipay.Component
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

func (l *lab) make(s alipay.Settings, o *alipay.Options) *alipay.Component {
	l.Helper()
	if o == nil {
		o = &alipay.Options{}
	}
	o.Transport, o.Now = l.fake, l.clock
	c, err := alipay.New("alipay", s, o)
	if err != nil {
		l.Fatal(err)
	}
	return c
}

func settings() alipay.Settings {
	return alipay.Settings{Title: "Alipay", AppID: testApp, Seller: testSeller,
		PrivateKey: component.NewSecret(readPEM("app")), AlipayKeys: []string{publicPEM("next"), publicPEM("alipay")}}
}

// attempt is one that expires in 15 minutes.
func (l *lab) attempt() component.Attempt {
	return component.Attempt{
		ID: string(order.NewID(l.now)), Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas & a bun",
		Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: l.now.Add(15*time.Minute + 300*time.Millisecond),
		ReturnAddress: "https://gateway.test/return/a?t=1", NotifyAddress: "https://gateway.test/notify/alipay",
		Actions: []component.ActionKind{component.ActionForm, component.ActionRedirect},
	}
}

// begin begins an attempt; address is where the payer is sent.
func (l *lab) begin(a component.Attempt) (address string) {
	l.Helper()
	p, err := l.Begin(l.Context(), a)
	if err != nil || p.Action == nil {
		l.Fatalf("Begin: %+v, %v", p, err)
	}
	return p.Action.Address()
}

// paid is an attempt that the payer has paid.
func (l *lab) paid() component.Attempt {
	l.Helper()
	a := l.attempt()
	if err := l.fake.pay(l.begin(a)); err != nil {
		l.Fatal(err)
	}
	return a
}

func (l *lab) query(a component.Attempt) component.Evidence {
	l.Helper()
	e, err := l.Query(l.Context(), a)
	if err != nil {
		l.Fatal(err)
	}
	return e
}

// isUnknown reports whether the error says that nothing is known, so that the
// gateway asks again.
func isUnknown(err error) bool {
	e, ok := errors.AsType[*order.Error](err)
	return ok && e.Code.Retryable()
}
