package wechatpay_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// sent is a request of the component.
type sent struct {
	call, body string
	header     http.Header
}

// spy keeps what is sent to the fake while act runs.
func (l *lab) spy(act func()) (all []sent) {
	l.Helper()
	watch := roundTrip(func(r *http.Request) (*http.Response, error) {
		var body []byte
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		all = append(all, sent{r.Method + " " + r.URL.String(), string(body), r.Header})
		return l.fake.RoundTrip(r)
	})
	c, err := wechatpay.New("wechatpay", settings(l.product), &wechatpay.Options{Transport: watch, Now: l.clock})
	if err != nil {
		l.Fatal(err)
	}
	before := l.Component
	l.Component = c
	act()
	l.Component = before
	return all
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What is asked for says what the attempt says, in WeChat Pay's terms.
func TestPayment(t *testing.T) {
	const common = `{"appid":"wxd678efh567hg6787","mchid":"1900000109","description":"Two teas & a bun","out_trade_no":"attempt1","time_expire":"2026-11-23T17:15:00+08:00",` +
		`"notify_url":"https://gateway.test/notify/wechatpay","amount":{"total":1230,"currency":"CNY"}`
	want := map[wechatpay.Product]string{
		wechatpay.ProductH5:     common + `,"scene_info":{"payer_client_ip":"203.0.113.7","h5_info":{"type":"Wap"}}}`,
		wechatpay.ProductJSAPI:  common + `,"payer":{"openid":"o-payer"}}`,
		wechatpay.ProductNative: common + `}`,
	}
	everyProduct(t, func(t *testing.T, l *lab) {
		a := l.attempt()
		a.ID = "attempt1"
		all := l.spy(func() { l.begin(a) })
		last := all[len(all)-1]
		if call := "POST https://api.mch.weixin.qq.com/v3/pay/transactions/" + string(l.product); last.call != call {
			t.Errorf("%s, want %s", last.call, call)
		}
		if diff := cmp.Diff(want[l.product], last.body); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got := last.header.Get("Wechatpay-Serial"); got != keySerial {
			t.Errorf("answers are wanted signed with %q", got)
		}
	})
}

// The way to the payment is of the kind that the product has, and comes back here.
func TestWays(t *testing.T) {
	everyProduct(t, func(t *testing.T, l *lab) {
		a := l.attempt()
		got := l.begin(a)
		if err := got.Validate(); err != nil {
			t.Fatal(err)
		}
		want := component.Action{Redirect: &component.Redirect{Address: "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx2026000000000000000001" +
			"&package=2150917749&redirect_url=" + url.QueryEscape(a.ReturnAddress)}}
		switch l.product {
		case wechatpay.ProductNative:
			want = component.Action{DeepLink: &component.DeepLink{Address: "weixin://wxpay/bizpayurl?pr=wx2026000000000000000001"}}
		case wechatpay.ProductJSAPI:
			want = component.Action{Bridge: &component.Bridge{Object: "WeixinJSBridge", Method: "invoke", Parameters: got.Bridge.Parameters}}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// However often an attempt begins, also later and with a time that a store kept less
// precisely, its payer pays one payment.
func TestBeginAgain(t *testing.T) {
	everyProduct(t, func(t *testing.T, l *lab) {
		a := l.attempt()
		first := l.begin(a)
		stored := a
		stored.Expires = a.Expires.Truncate(time.Millisecond).In(time.FixedZone("", -5*3600))
		l.now = l.now.Add(time.Minute)
		second := l.begin(stored)
		if err := l.fake.pay(second); err != nil {
			t.Fatal(err)
		}
		if err := l.fake.pay(first); err == nil || l.fake.payments[a.ID].charges != 1 || len(l.fake.payments) != 1 {
			t.Errorf("paid again: %v", err)
		}
	})
}

// What is over at WeChat Pay is not begun again: Begin says what became of it.
func TestBeginWhatIsOver(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	paid, closed, other := l.paid(), l.attempt(), l.attempt()
	l.begin(closed)
	if _, err := l.Cancel(t.Context(), closed); err != nil {
		t.Fatal(err)
	}
	l.begin(other)
	other.Amount.Amount++
	for a, want := range map[*component.Attempt]component.Outcome{&paid: component.OutcomeSucceeded, &closed: component.OutcomeFailed} {
		p, err := l.Begin(t.Context(), *a)
		if err != nil || p.Action != nil || p.Evidence.Outcome != want || p.Evidence.Check(*a) != nil {
			t.Errorf("%+v, %v; want %s", p, err, want)
		}
	}
	if p, err := l.Begin(t.Context(), other); !errors.Is(err, order.CodeConflict) {
		t.Errorf("another amount under the same number: %+v, %v", p, err)
	}
	late := l.attempt()
	l.now = late.Expires
	if p, err := l.Begin(t.Context(), late); err != nil || p.Action != nil || p.Evidence.Outcome != component.OutcomePending {
		t.Errorf("after its expiry: %+v, %v", p, err)
	}
}

// What WeChat Pay cannot take, or the terminal cannot do, is refused before anything
// is asked.
func TestBeginRefuses(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	for says, change := range map[string]func(a *component.Attempt){
		"is not 6 to 32 of a-z 0-9":        func(a *component.Attempt) { a.ID = "short" },
		"not 1.00 EUR":                     func(a *component.Attempt) { a.Amount.Amount, a.Amount.Currency = 100, "EUR" },
		"not 0.00 CNY":                     func(a *component.Attempt) { a.Amount.Amount = 0 },
		"takes 0.01 to 21474836.47 CNY":    func(a *component.Attempt) { a.Amount.Amount = 1 << 31 },
		"7 days at most":                   func(a *component.Attempt) { a.Expires = l.now.Add(7*24*time.Hour + time.Second) },
		"without a query":                  func(a *component.Attempt) { a.NotifyAddress += "?x=1" },
		"an address of 1 to 255 bytes":     func(a *component.Attempt) { a.NotifyAddress += strings.Repeat("a", 300) },
		"the terminal can [form]":          func(a *component.Attempt) { a.Actions = []component.ActionKind{component.ActionForm} },
		"h5 needs [redirect]":              func(a *component.Attempt) { a.Actions = nil },
		"has no address to return to":      func(a *component.Attempt) { a.ReturnAddress = "" },
		"notifies an address of 1 to 255 ": func(a *component.Attempt) { a.NotifyAddress = "" },
	} {
		a := l.attempt()
		change(&a)
		p, err := l.Begin(t.Context(), a)
		if code := order.CodeOf(err); code != order.CodeRefused && code != order.CodeInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v, %v; want …%s…", p, err, says)
		}
	}
	half := newLab(t, wechatpay.ProductJSAPI)
	a := half.attempt()
	a.Actions = []component.ActionKind{component.ActionRedirect}
	if p, err := half.Begin(t.Context(), a); !errors.Is(err, order.CodeRefused) {
		t.Errorf("jsapi without a bridge: %+v, %v", p, err)
	}
	nobody := l.attempt()
	nobody.PayerAddress = ""
	if p, err := l.Begin(t.Context(), nobody); !errors.Is(err, order.CodeRefused) || !strings.Contains(err.Error(), "the address of the payer's device") {
		t.Errorf("a payer without an address: %+v, %v", p, err)
	}
	if len(l.fake.calls)+len(half.fake.calls) != 0 {
		t.Errorf("%q were asked", l.fake.calls)
	}
}

// An answer that leads nowhere sensible is none.
func TestWaysThatAreNone(t *testing.T) {
	for product, bodies := range map[wechatpay.Product][]string{
		wechatpay.ProductH5:     {`{}`, `{"h5_url":"http://wx.tenpay.com/?x=1"}`, `{"h5_url":"https://wx.tenpay.com/"}`, `{"h5_url":"https://h/?x=1#f"}`, `{"h5_url":"javascript:x?y"}`, `[]`},
		wechatpay.ProductNative: {`{}`, `{"code_url":"javascript:x"}`, `{"code_url":7}`},
		wechatpay.ProductJSAPI:  {`{}`, `{"prepay_id":"a\nb"}`, `{"prepay_id":"` + strings.Repeat("x", 200) + `"}`},
	} {
		l := newLab(t, product)
		for _, body := range bodies {
			l.fake.fault = func(call string, answer func() *http.Response) (*http.Response, error) {
				if !strings.Contains(call, "/v3/") {
					return answer(), nil
				}
				return l.fake.said(200, body), nil
			}
			a := l.attempt()
			p, err := l.Begin(t.Context(), a)
			if product == wechatpay.ProductJSAPI {
				p, err = l.identified(a, *p.Action)
			}
			if !errors.Is(err, order.CodeInternal) || p.Action != nil {
				t.Errorf("%s %s: %+v, %v", product, body, p, err)
			}
		}
	}
}

// said is an answer with this body, signed.
func (f *fake) said(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: f.stamp([]byte(body)), Body: io.NopCloser(strings.NewReader(body))}
}

// What people read is one line, fits, and is never empty.
func TestDescription(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	for _, c := range []struct{ description, merchant, want string }{
		{"Two\nteas\u202e ", "Shop", "Two teas"},
		{"", "Corner shop", "Corner shop"},
		{" \u2028", "", ""},
		{strings.Repeat("茶", 100), "", strings.Repeat("茶", 42)},
	} {
		a := l.attempt()
		a.Description, a.MerchantName = c.description, c.merchant
		l.begin(a)
		if c.want == "" {
			c.want = a.ID
		}
		if asked := l.fake.payments[a.ID].asked; !strings.Contains(asked, `"description":"`+c.want+`"`) {
			t.Errorf("%s, want %q", asked, c.want)
		}
	}
}
