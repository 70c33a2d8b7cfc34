package wechatpay_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// Whatever is not a sensible answer that WeChat Pay signed leaves everything unknown:
// it is an error that may be retried, names its cause, and is never evidence.
func TestUnknownOutcomes(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	a, elsewhere := l.paid(), l.paid()
	f := l.fake
	resp := f.said(200, "")
	truth := func(call string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.mch.weixin.qq.com"+call, nil)
		if err != nil {
			t.Fatal(err)
		}
		a := f.route("GET "+req.URL.Path, testMch, nil)
		return encode(a.body)
	}
	good := truth("/v3/pay/transactions/out-trade-no/" + a.ID)
	change := func(change func(r *http.Response)) func() *http.Response {
		return func() *http.Response { r := f.said(200, good); change(r); return r }
	}
	say := func(status int, body string) func() *http.Response {
		return func() *http.Response { return f.said(status, body) }
	}
	unsigned := func(status int, body string) func() *http.Response {
		return func() *http.Response { r := f.said(status, body); r.Header = http.Header{}; return r }
	}
	for name, c := range map[string]struct {
		answer func() *http.Response
		says   string
	}{
		"status 502 of a proxy": {unsigned(502, "<html>"), "there was no answer of WeChat Pay's API: status 502"},
		"a redirect":            {change(func(r *http.Response) { r.StatusCode = 302; r.Header.Set("Location", "https://elsewhere.test/") }), "status 302"},
		"status 202":            {say(202, good), "status 202"},
		"status 204":            {say(204, ""), "status 204"},
		"not JSON":              {say(200, "<html>"), "makes no sense"},
		"nothing":               {say(200, ""), "makes no sense"},
		"half of it":            {say(200, good[:len(good)/2]), "makes no sense"},
		"no object":             {say(200, "[1]"), "makes no sense"},
		"too long":              {say(200, good+strings.Repeat(" ", 64<<10)), "the answer is too long"},
		"unsigned":              {unsigned(200, good), "is missing"},
		"another key":           {change(func(r *http.Response) { r.Header = stampedBy(f, "other", good) }), "made with another key"},
		"changed": {change(func(r *http.Response) {
			r.Body = io.NopCloser(strings.NewReader(strings.Replace(good, "1230", "1231", 1)))
		}), "over another time, nonce or body"},
		"an old answer": {func() *http.Response {
			l.now = l.now.Add(-6 * time.Minute)
			r := f.said(200, good)
			l.now = l.now.Add(6 * time.Minute)
			return r
		}, "is 6m0s old: a replay"},
		"a probe":                   {change(func(r *http.Response) { r.Header.Set("Wechatpay-Signature", "WECHATPAY/SIGNTEST/x") }), "is a probe"},
		"about another payment":     {say(200, truth("/v3/pay/transactions/out-trade-no/"+elsewhere.ID)), `it is about payment "` + elsewhere.ID},
		"of another merchant":       {say(200, strings.Replace(good, testMch, "1900000001", 1)), `of the merchant "1900000001"`},
		"of another app":            {say(200, strings.Replace(good, testApp, "wx0000000000000000", 1)), `of the app "wx0000000000000000"`},
		"no state":                  {say(200, strings.Replace(good, "SUCCESS", "", 1)), `trade_state ""`},
		"an amount as text":         {say(200, strings.Replace(good, "1230", `"1230"`, 1)), "makes no sense"},
		"a code in a success":       {say(200, `{"code":"SYSTEM_ERROR"}`), "it is about payment"},
		"no order, unsigned":        {unsigned(404, `{"code":"ORDER_NOT_EXIST"}`), "there was no answer that WeChat Pay signed"},
		"WeChat Pay's system error": {say(500, `{"code":"SYSTEM_ERROR"}`), "SYSTEM_ERROR"},
		"an order in a 500":         {say(500, `{"code":"ORDER_NOT_EXIST"}`), "ORDER_NOT_EXIST"},
		"too many requests":         {say(429, `{"code":"FREQUENCY_LIMITED"}`), "too many requests"},
		"a code of tomorrow":        {say(400, `{"code":"A_CODE_OF_TOMORROW","message":"新"}`), "A_CODE_OF_TOMORROW"},
		"no contract":               {say(403, `{"code":"NO_AUTH"}`), "no contract for this product"},
		"another app of ours":       {say(400, `{"code":"APPID_MCHID_NOT_MATCH"}`), "the appid is not bound to the mchid"},
		"no such merchant":          {say(404, `{"code":"MCH_NOT_EXISTS"}`), "the mchid is not one of WeChat Pay's"},
		"a wrong parameter":         {say(400, `{"code":"PARAM_ERROR","message":"/body/mchid"}`), "/body/mchid"},
		"a broken body":             {func() *http.Response { resp.Body = io.NopCloser(broken{}); return resp }, "broke off"},
	} {
		f.fault = func(string, func() *http.Response) (*http.Response, error) { return c.answer(), nil }
		e, err := l.Query(t.Context(), a)
		if !isUnknown(err) || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "wechatpay.Query: ") {
			t.Errorf("%s: %+v, %v; want …%s…", name, e, err, c.says)
		}
	}
	f.fault = func(string, func() *http.Response) (*http.Response, error) { return nil, errors.New("no route") }
	for name, call := range map[string]func() error{
		"Begin":  func() error { _, err := l.Begin(t.Context(), l.attempt()); return err },
		"Query":  func() error { _, err := l.Query(t.Context(), a); return err },
		"Resume": func() error { _, err := l.Resume(t.Context(), a, component.Return{}); return err },
		"Cancel": func() error { _, err := l.Cancel(t.Context(), a); return err },
		"Refund": func() error { _, err := l.refund(a, "r1", 1); return err },
	} {
		if err := call(); !isUnknown(err) || !strings.Contains(err.Error(), "no route") || strings.Contains(err.Error(), "https:") {
			t.Errorf("%s without a connection: %v", name, err)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// Only 204 with a signature says that a payment is closed.
func TestCloseIsNotGuessed(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	a := l.attempt()
	l.begin(a)
	for name, answer := range map[string]func() *http.Response{
		"200":          func() *http.Response { return l.fake.said(200, "{}") },
		"202":          func() *http.Response { return l.fake.said(202, "") },
		"204 unsigned": func() *http.Response { r := l.fake.said(204, ""); r.Header = http.Header{}; return r },
	} {
		l.fake.fault = func(string, func() *http.Response) (*http.Response, error) { return answer(), nil }
		if e, err := l.Cancel(t.Context(), a); !isUnknown(err) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// WeChat Pay's answer to a wrong key or a wrong clock is the fake's, too: it is not
// signed, and the error tells operators what to look at.
func TestRefusedByWeChatPay(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	a := l.paid()
	const says = "the private key is not that of the certificate serial_no, or this machine's clock is wrong"
	s := settings(l.product)
	s.PrivateKey = component.NewSecret(readFile("other.pem"))
	l.Component = l.make(s, nil)
	if _, err := l.Query(t.Context(), a); !errors.Is(err, order.CodeInternal) || !strings.Contains(err.Error(), says) {
		t.Errorf("another private key: %v", err)
	}
	l.Component = l.make(settings(l.product), nil)
	l.fake.now = func() time.Time { return l.now.Add(8 * time.Hour) }
	if _, err := l.Query(t.Context(), a); !errors.Is(err, order.CodeInternal) || !strings.Contains(err.Error(), says) {
		t.Errorf("another clock: %v", err)
	}
}

// A call ends after its time, and with its context.
func TestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, wechatpay.ProductNative)
		hang := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c, err := wechatpay.New("wechatpay", settings(l.product), &wechatpay.Options{Transport: hang, Timeout: 3 * time.Second, Now: l.clock})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := c.Query(t.Context(), l.attempt()); !isUnknown(err) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Begin(ctx, l.attempt()); !isUnknown(err) || time.Since(start) != 4*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

// A refund that another payment had, or another refund, proves nothing.
func TestRefundAboutAnother(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	a, other := l.paid(), l.paid()
	for _, made := range []fakeRefund{{payment: other.ID, number: "r1", amount: 1, status: "SUCCESS", at: l.now}, {payment: a.ID, number: "r2", amount: 1, status: "SUCCESS", at: l.now}} {
		l.fake.refunds["r1"] = &made
		if e, err := l.refund(a, "r1", 1); !errors.Is(err, order.CodeInternal) || !strings.Contains(err.Error(), "it is about refund") {
			t.Errorf("%+v, %v", e, err)
		}
	}
}

// FuzzAnswer holds what reads WeChat Pay's answers to its promise for any answer:
// without WeChat Pay's signature over the very bytes there is no evidence, and with it
// the evidence is about what was asked.
func FuzzAnswer(f *testing.F) {
	l := newLab(f, wechatpay.ProductNative)
	a := l.paidAs("attempt1")
	truth := encode(l.fake.about(l.fake.payments[a.ID]))
	for _, body := range []string{truth, "{}", "[]", "null", "", `{"code":"ORDER_NOT_EXIST"}`, strings.Replace(truth, "SUCCESS", "CLOSED", 1), truth + "{}"} {
		for _, status := range []int{200, 204, 404} {
			f.Add(body, status, true)
			f.Add(body, status, false)
		}
	}
	f.Fuzz(func(t *testing.T, body string, status int, seal bool) {
		l.fake.fault = func(string, func() *http.Response) (*http.Response, error) {
			r := l.fake.said(status, body)
			if !seal {
				r.Header.Set("Wechatpay-Signature", "AAAA")
			}
			return r, nil
		}
		e, err := l.Query(t.Context(), a)
		switch {
		case err != nil && !isUnknown(err):
			t.Errorf("%q: %v", body, err)
		case err == nil && !seal:
			t.Errorf("%q became %+v without a signature", body, e)
		case err == nil && e.Attempt != a.ID:
			t.Errorf("%q became %+v", body, e)
		}
	})
}
