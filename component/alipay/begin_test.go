package alipay_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/alipay"
	"github.com/anyscan/anyscan/order"
)

// The redirect says to Alipay what the attempt says, in Alipay's terms.
func TestRedirect(t *testing.T) {
	l := newLab(t)
	for product, c := range map[alipay.Product]struct{ method, content string }{
		alipay.ProductWap: {"alipay.trade.wap.pay", `{"out_trade_no":"a1","total_amount":"12.30","subject":"Two teas a bun","product_code":"QUICK_WAP_WAY",` +
			`"time_expire":"2026-11-23 17:15:00","quit_url":"https://gateway.test/return/a?t=1"}`},
		alipay.ProductPage: {"alipay.trade.page.pay", `{"out_trade_no":"a1","total_amount":"12.30","subject":"Two teas a bun","product_code":"FAST_INSTANT_TRADE_PAY",` +
			`"time_expire":"2026-11-23 17:15:00"}`},
	} {
		s := settings()
		s.Product, s.Gateway = product, "https://openapi-sandbox.dl.alipaydev.com/gateway.do"
		l.Component = l.make(s, nil)
		a := l.attempt()
		a.ID = "a1"
		front, query, _ := strings.Cut(l.begin(a), "?")
		v, err := url.ParseQuery(query)
		if err != nil || front != s.Gateway {
			t.Fatalf("%s?%s: %v", front, query, err)
		}
		want := map[string]string{
			"app_id": testApp, "method": c.method, "format": "JSON", "charset": "utf-8", "sign_type": "RSA2",
			"timestamp": "2026-11-23 17:00:00", "version": "1.0", "notify_url": "https://gateway.test/notify/alipay",
			"return_url": "https://gateway.test/return/a?t=1", "biz_content": c.content,
		}
		got := flat(v)
		delete(got, "sign")
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", product, diff)
		}
	}
}

// However often an attempt begins, also later and with a time that a store kept
// less precisely, its payer pays one trade.
func TestBeginAgain(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	first := l.begin(a)
	stored := a
	stored.Expires = a.Expires.Truncate(time.Millisecond).In(time.FixedZone("", -5*3600))
	l.now = l.now.Add(time.Minute)
	second := l.begin(stored)
	if content(t, first) != content(t, second) {
		t.Errorf("another payment:\n%s\n%s", first, second)
	}
	if err := l.fake.pay(second); err != nil {
		t.Fatal(err)
	}
	if err := l.fake.pay(first); err == nil || l.fake.trades[a.ID].charges != 1 {
		t.Errorf("paid again: %v", err)
	}
	stored.Amount.Amount++
	if err := l.fake.pay(l.begin(stored)); err == nil {
		t.Error("another amount was paid under the same number")
	}
}

func content(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("biz_content")
}

// What Alipay would not take is refused before the payer is sent there, and says
// why.
func TestBeginRefuses(t *testing.T) {
	l := newLab(t)
	for says, c := range map[string]struct {
		code  order.Code
		spoil func(*component.Attempt)
	}{
		"not 1 to 32":                    {order.CodeInvalid, func(a *component.Attempt) { a.ID = "A-1" }},
		"Alipay's page needs redirect":   {order.CodeRefused, func(a *component.Attempt) { a.Actions = []component.ActionKind{component.ActionForm} }},
		"not 12.30 EUR":                  {order.CodeRefused, func(a *component.Attempt) { a.Amount.Currency = "EUR" }},
		"not 0.00 CNY":                   {order.CodeRefused, func(a *component.Attempt) { a.Amount.Amount = 0 }},
		"not 100000000.01 CNY":           {order.CodeRefused, func(a *component.Attempt) { a.Amount.Amount = 100_000_000_01 }},
		"15 days at most":                {order.CodeRefused, func(a *component.Attempt) { a.Expires = l.now.Add(15*24*time.Hour + time.Second) }},
		"has 0 bytes: Alipay takes 1 to": {order.CodeRefused, func(a *component.Attempt) { a.NotifyAddress = "" }},
		"has 300 bytes":                  {order.CodeRefused, func(a *component.Attempt) { a.ReturnAddress = strings.Repeat("x", 300) }},
	} {
		a := l.attempt()
		c.spoil(&a)
		p, err := l.Begin(t.Context(), a)
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != c.code || e.Op != "alipay.Begin" || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %+v, %v", says, p, err)
		}
	}
	if len(l.fake.calls) != 0 {
		t.Errorf("Begin asked Alipay: %q", l.fake.calls)
	}
}

// After its time an attempt is not begun: Begin says what became of it.
func TestBeginTooLate(t *testing.T) {
	l := newLab(t)
	paid, never := l.paid(), l.attempt()
	early := l.begin(never)
	l.now = l.now.Add(15 * time.Minute)
	if err := l.fake.pay(early); err == nil {
		t.Error("Alipay took a payment after its time")
	}
	for a, want := range map[*component.Attempt]component.Outcome{&paid: component.OutcomeSucceeded, &never: component.OutcomePending} {
		p, err := l.Begin(t.Context(), *a)
		if err != nil || p.Action != nil || p.Evidence.Outcome != want {
			t.Errorf("%+v, %v; want %s", p, err, want)
		}
	}
}

// The payer reads the description, or else whose shop it is, without what Alipay
// refuses.
func TestSubject(t *testing.T) {
	l := newLab(t)
	for _, c := range []struct{ description, merchant, want string }{
		{"两杯茶 <b>\"50%\"</b>", "x", "两杯茶 <b>\"50%\"< b>"},
		{"", "Corner / shop", "Corner shop"},
		{"=&/\n", "\u202e", "a1"},
		{strings.Repeat("茶", 100), "", strings.Repeat("茶", 85)},
		{"tea\xff\x00\t bun", "", "tea bun"},
	} {
		a := l.attempt()
		a.ID, a.Description, a.MerchantName = "a1", c.description, c.merchant
		var got struct {
			Subject string `json:"subject"`
		}
		if err := json.Unmarshal([]byte(content(t, l.begin(a))), &got); err != nil || got.Subject != c.want {
			t.Errorf("%q, %q: %q, %v; want %q", c.description, c.merchant, got.Subject, err, c.want)
		}
	}
}
