package wechatpay_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// asks is whether progress asks WeChat who the payer is.
func asks(p component.Progress) bool {
	return p.Action != nil && p.Action.Redirect != nil && strings.HasPrefix(p.Action.Address(), "https://open.weixin.qq.com/connect/oauth2/authorize?appid="+testApp+"&redirect_uri=")
}

// The identity redirect says where to come back to, in the order that WeChat wants,
// and has a state of the attempt's own.
func TestIdentityRedirect(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	a, b := l.attempt(), l.attempt()
	states := map[string]bool{}
	for _, a := range []component.Attempt{a, b, a} {
		p, err := l.Begin(t.Context(), a)
		if err != nil || !asks(p) {
			t.Fatalf("%+v, %v", p, err)
		}
		u, err := url.Parse(p.Action.Address())
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		states[q.Get("state")] = true
		want := "appid=" + testApp + "&redirect_uri=" + url.QueryEscape(a.ReturnAddress) + "&response_type=code&scope=snsapi_base&state=" + q.Get("state")
		if diff := cmp.Diff(want, u.RawQuery); diff != "" || u.Fragment != "wechat_redirect" {
			t.Errorf("%s (-want +got):\n%s", u.Fragment, diff)
		}
	}
	if len(states) != 2 || len(l.fake.calls) != 0 {
		t.Errorf("two attempts have the states %v; asked %q", states, l.fake.calls)
	}
}

// A code without the state of this attempt's redirect is read by nobody: who lures a
// payer to an address cannot make them pay as somebody else.
func TestForeignCodes(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	a, other := l.attempt(), l.attempt()
	p, err := l.Begin(t.Context(), other)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := l.fake.identify(p.Action.Address(), "o-thief")
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{foreign, "code=code1", "code=code1&state=", "state=x&code=", foreign + "&" + foreign, "%zz", ""} {
		p, err := l.Resume(t.Context(), a, component.Return{Query: query})
		if err != nil || p.Action != nil || p.Evidence.Outcome != component.OutcomePending {
			t.Errorf("%q: %+v, %v", query, p, err)
		}
	}
	for _, call := range l.fake.calls {
		if !strings.HasPrefix(call, "GET /v3/pay/transactions/out-trade-no/") {
			t.Errorf("asked %s", call)
		}
	}
}

// A page that is loaded again brings a used code: the payer is asked again, unless
// all is decided.
func TestUsedCodes(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	a := l.attempt()
	p, err := l.Begin(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	query, err := l.fake.identify(p.Action.Address(), "o-payer")
	if err != nil {
		t.Fatal(err)
	}
	back := component.Return{Query: query}
	first, err := l.Resume(t.Context(), a, back)
	if err != nil || first.Action == nil || first.Action.Bridge == nil {
		t.Fatalf("%+v, %v", first, err)
	}
	if again, err := l.Resume(t.Context(), a, back); err != nil || !asks(again) {
		t.Errorf("a used code: %+v, %v", again, err)
	}
	if err := l.fake.pay(*first.Action); err != nil {
		t.Fatal(err)
	}
	if done, err := l.Resume(t.Context(), a, back); err != nil || done.Evidence == nil || done.Evidence.Outcome != component.OutcomeSucceeded {
		t.Errorf("a used code after the payment: %+v, %v", done, err)
	}
	l.now = a.Expires
	if done, err := l.Resume(t.Context(), a, back); err != nil || done.Evidence == nil {
		t.Errorf("a code after the expiry: %+v, %v", done, err)
	}
}

// A fresh code after the payment, in another tab, makes no second one.
func TestIdentityAfterPayment(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	a := l.attempt()
	p, err := l.Begin(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.fake.pay(l.begin(a)); err != nil {
		t.Fatal(err)
	}
	done, err := l.identified(a, *p.Action)
	if err != nil || done.Action != nil || done.Evidence.Outcome != component.OutcomeSucceeded || done.Evidence.Check(a) != nil {
		t.Errorf("%+v, %v", done, err)
	}
}

// What WeChat says in place of an openid is told to the operator, without the secret.
func TestIdentityRefused(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	for says, c := range map[string]struct {
		body    string
		unknown order.Code
	}{
		"the app_secret is another one":               {`{"errcode":40125,"errmsg":"invalid appsecret"}`, order.CodeInternal},
		"the appid is not that of an official":        {`{"errcode":40013,"errmsg":"x"}`, order.CodeInternal},
		"this machine's address is not on":            {`{"errcode":40164,"errmsg":"x"}`, order.CodeInternal},
		"has no right to ask":                         {`{"errcode":48001}`, order.CodeInternal},
		"errcode 99":                                  {`{"errcode":99,"errmsg":"new"}`, order.CodeInternal},
		"WeChat is busy":                              {`{"errcode":-1}`, order.CodeUnavailable},
		"there was no answer of WeChat's API":         {`<html>`, order.CodeUnavailable},
		"openid is not 1 to 128 visible characters":   {`{"openid":""}`, order.CodeInternal},
		"the openid is not 1 to 128 visible characte": {`{"openid":"a\u0000b"}`, order.CodeInternal},
	} {
		a := l.attempt()
		p, err := l.Begin(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		l.fake.fault = func(string, func() *http.Response) (*http.Response, error) { return l.fake.said(200, c.body), nil }
		p, err = l.identified(a, *p.Action)
		if !errors.Is(err, c.unknown) || !strings.Contains(err.Error(), says) || p.Action != nil {
			t.Errorf("%s: %+v, %v; want …%s…", c.body, p, err, says)
		}
		l.fake.fault = func(string, func() *http.Response) (*http.Response, error) { return nil, errors.New("no route") }
		if p, err := l.identified(a, component.Action{Redirect: &component.Redirect{Address: authorizeAgain(t, l, a)}}); !isUnknown(err) || strings.Contains(err.Error(), testSecret) {
			t.Errorf("without a connection: %+v, %v", p, err)
		}
		l.fake.fault = nil
	}
}

func authorizeAgain(t *testing.T, l *lab, a component.Attempt) string {
	t.Helper()
	p, err := l.Begin(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return p.Action.Address()
}

// After the attempt's time no payment is made for a payer who comes late.
func TestIdentityAfterExpiry(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	a := l.attempt()
	p, err := l.Begin(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	l.now = a.Expires
	late, err := l.identified(a, *p.Action)
	if err != nil || late.Action != nil || late.Evidence.Outcome != component.OutcomePending || len(l.fake.payments) > 0 {
		t.Errorf("%+v, %v", late, err)
	}
}
