package wechatpay_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// lab is a component and the fake that it reaches, with a clock for both.
type lab struct {
	testing.TB
	*wechatpay.Component
	fake    *fake
	now     time.Time
	product wechatpay.Product
}

// everyProduct runs a test for each product.
func everyProduct(t *testing.T, test func(t *testing.T, l *lab)) {
	for _, p := range []wechatpay.Product{wechatpay.ProductH5, wechatpay.ProductJSAPI, wechatpay.ProductNative} {
		t.Run(string(p), func(t *testing.T) { test(t, newLab(t, p)) })
	}
}

func newLab(t testing.TB, p wechatpay.Product) *lab {
	l := &lab{TB: t, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), product: p}
	l.fake = newFake(l.clock)
	l.Component = l.make(settings(p), nil)
	return l
}

func (l *lab) clock() time.Time { return l.now }

func (l *lab) make(s wechatpay.Settings, o *wechatpay.Options) *wechatpay.Component {
	l.Helper()
	if o == nil {
		o = &wechatpay.Options{}
	}
	o.Transport, o.Now = l.fake, l.clock
	c, err := wechatpay.New("wechatpay", s, o)
	if err != nil {
		l.Fatal(err)
	}
	return c
}

const payerIP = "::ffff:" + testAddress

func settings(p wechatpay.Product) wechatpay.Settings {
	return wechatpay.Settings{Title: "WeChat Pay", MchID: testMch, AppID: testApp, Product: p, SerialNo: testSerial,
		AppSecret: component.NewSecret([]byte(testSecret)), PrivateKey: component.NewSecret(readFile("merchant.pem")),
		APIv3Key:     component.NewSecret([]byte(testAPIv3)),
		PlatformKeys: []wechatpay.PlatformKey{{Serial: keySerial, Key: publicPEM("platform")}, {Serial: nextSerial, Key: string(readFile("next.crt"))}}}
}

// attempt is one that expires in 15 minutes.
func (l *lab) attempt() component.Attempt {
	return component.Attempt{
		ID: string(order.NewID(l.now)), Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas & a bun",
		Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: l.now.Add(15*time.Minute + 300*time.Millisecond),
		ReturnAddress: "https://gateway.test/return/a?t=1", NotifyAddress: "https://gateway.test/notify/wechatpay", PayerAddress: payerIP,
		Actions: []component.ActionKind{component.ActionRedirect, component.ActionDeepLink, component.ActionBridge},
	}
}

// begin begins an attempt: how the payer gets to the payment.
func (l *lab) begin(a component.Attempt) component.Action {
	l.Helper()
	p, err := l.Begin(l.Context(), a)
	if err == nil && p.Action != nil {
		p, err = l.identified(a, *p.Action)
	}
	if err != nil || p.Action == nil {
		l.Fatalf("Begin: %+v, %v", p, err)
	}
	return *p.Action
}

// identified lets the payer say who they are, where they are asked.
func (l *lab) identified(a component.Attempt, action component.Action) (component.Progress, error) {
	if l.product != wechatpay.ProductJSAPI {
		return component.Progress{Action: &action}, nil
	}
	query, err := l.fake.identify(action.Address(), "o-payer")
	if err != nil {
		return component.Progress{}, err
	}
	return l.Resume(l.Context(), a, component.Return{Query: "t=1&" + query})
}

// paid is an attempt that the payer has paid.
func (l *lab) paid() component.Attempt { return l.paidAs(l.attempt().ID) }

// paidAs has a number that is the same in every process, for fuzz targets.
func (l *lab) paidAs(id string) component.Attempt {
	l.Helper()
	a := l.attempt()
	a.ID = id
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

// stampedBy is the headers of an answer that another key signed.
func stampedBy(f *fake, key, body string) http.Header {
	return stamped(readKey(key), f.serial, strconv.FormatInt(f.now().Unix(), 10), nonce, []byte(body))
}

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(raw)
}
