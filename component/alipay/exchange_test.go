package alipay_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/alipay"
	"github.com/anyscan/anyscan/order"
)

// Whatever is not a sensible answer that Alipay signed leaves everything unknown:
// it is an error that may be retried, names its cause, and is never evidence.
func TestUnknownOutcomes(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	f := l.fake
	f.mu.Lock()
	truth := f.query(f.trades[a.ID])
	f.mu.Unlock()
	good := f.signed("alipay.trade.query", truth)
	other := newFake(l.clock)
	other.key = readKey("other")
	foreign := map[string]any{"code": "10000", "out_trade_no": "another", "trade_no": "1", "trade_status": "TRADE_CLOSED"}
	const head = `{"alipay_trade_query_response":`
	for name, c := range map[string]struct {
		status     int
		body, says string
	}{
		"status 502":              {502, good, "status 502"},
		"a redirect":              {302, good, "status 302"},
		"not JSON":                {200, "<html>", "it is no JSON object"},
		"nothing":                 {200, "", "it is no JSON object"},
		"half of it":              {200, good[:len(good)/2], "it is not JSON"},
		"all but its end":         {200, good[:len(good)-1], "it breaks off"},
		"more behind it":          {200, good + "{}", "something follows"},
		"too long":                {200, good + strings.Repeat(" ", 64<<10), "the answer is too long"},
		"in GBK":                  {200, head + "{\"msg\":\"\xbd\xbb\"}}", "is it in GBK?"},
		"unsigned":                {200, strings.Split(good, `,"sign"`)[0] + "}", "there is no sign"},
		"the sign is a number":    {200, strings.Split(good, `"sign"`)[0] + `"sign":1}`, "the sign is not a string"},
		"another key":             {200, other.signed("alipay.trade.query", truth), "made with another key than the 2"},
		"changed":                 {200, strings.Replace(good, "12.30", "12.31", 1), "key 1 of Alipay made the sign, but over something else"},
		"written anew":            {200, strings.Replace(good, `"code":`, `"code": `, 1), "want its bytes as they came"},
		"its answer twice":        {200, strings.Replace(good, head, head+"{},"+head[1:], 1), "stands in it twice"},
		"to another method":       {200, f.signed("alipay.trade.close", truth), "it has no member alipay_trade_query_response"},
		"an error, unsigned":      {200, `{"error_response":{"code":"40002","sub_code":"isv.invalid-app-id"}}`, "the test system has apps of its own"},
		"about another trade":     {200, f.signed("alipay.trade.query", foreign), `it is about trade "another"`},
		"no status":               {200, f.signed("alipay.trade.query", map[string]any{"code": "10000", "out_trade_no": a.ID}), `trade_status ""`},
		"amounts as numbers":      {200, f.signed("alipay.trade.query", map[string]any{"code": "10000", "total_amount": 12.3}), "makes no sense"},
		"no object":               {200, head + `1,"sign":"` + sign(f.key, "1") + `"}`, "makes no sense"},
		"Alipay's system error":   {200, f.signed("alipay.trade.query", no("ACQ.SYSTEM_ERROR")), "ACQ.SYSTEM_ERROR"},
		"Alipay is not available": {200, f.signed("alipay.trade.query", map[string]any{"code": "20000", "sub_code": "aop.unknow-error"}), "aop.unknow-error"},
		"a word of tomorrow":      {200, f.signed("alipay.trade.query", no("ACQ.A_WORD_OF_TOMORROW")), "ACQ.A_WORD_OF_TOMORROW"},
		"not business":            {200, f.signed("alipay.trade.query", no("isv.unknown")), "isv.unknown"},
		"the wrong private key":   {200, f.signed("alipay.trade.query", map[string]any{"code": "40002", "sub_code": "isv.invalid-signature"}), "the private key is not that of the public key"},
		"the wrong clock":         {200, f.signed("alipay.trade.query", map[string]any{"code": "40002", "sub_code": "isv.invalid-timestamp"}), "this machine's clock is wrong"},
		"no contract":             {200, f.signed("alipay.trade.query", map[string]any{"code": "40006", "sub_code": "isv.insufficient-isv-permissions"}), "no contract for this product"},
	} {
		f.fault = func(string, func() *http.Response) (*http.Response, error) {
			resp := said(c.body)
			resp.StatusCode = c.status
			resp.Header.Set("Location", "https://elsewhere.test/")
			return resp, nil
		}
		e, err := l.Query(t.Context(), a)
		if !isUnknown(err) || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "alipay.Query: ") {
			t.Errorf("%s: %+v, %v; want …%s…", name, e, err, c.says)
		}
		if strings.Contains(err.Error(), "sign=") {
			t.Errorf("%s: the error holds the request: %v", name, err)
		}
	}
	f.fault = func(string, func() *http.Response) (*http.Response, error) { return nil, errors.New("no route") }
	for name, call := range map[string]func() error{
		"Query":  func() error { _, err := l.Query(t.Context(), a); return err },
		"Resume": func() error { _, err := l.Resume(t.Context(), a, component.Return{}); return err },
		"Cancel": func() error { _, err := l.Cancel(t.Context(), a); return err },
		"Refund": func() error { _, err := l.refund(a, "r1", 1); return err },
	} {
		if err := call(); !isUnknown(err) || !strings.Contains(err.Error(), "no route") || strings.Contains(err.Error(), "sign=") {
			t.Errorf("%s without a connection: %v", name, err)
		}
	}
}

// Alipay's answer to a wrong key or a wrong clock is the fake's, too: the error
// tells operators what to look at.
func TestRefusedByAlipay(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	s := settings()
	s.PrivateKey = component.NewSecret(readPEM("other"))
	l.Component = l.make(s, nil)
	if _, err := l.Query(t.Context(), a); !errors.Is(err, order.CodeInternal) || !strings.Contains(err.Error(), "the private key is not that") {
		t.Errorf("another private key: %v", err)
	}
	l.Component = l.make(settings(), nil)
	l.fake.now = func() time.Time { return l.now.Add(8 * time.Hour) }
	if _, err := l.Query(t.Context(), a); !errors.Is(err, order.CodeInternal) || !strings.Contains(err.Error(), "clock is wrong") {
		t.Errorf("another clock: %v", err)
	}
}

// A call ends after its time, and with its context.
func TestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		l.Component = l.make(settings(), &alipay.Options{Timeout: 3 * time.Second})
		hang := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c, err := alipay.New("alipay", settings(), &alipay.Options{Transport: hang, Timeout: 3 * time.Second, Now: l.clock})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := c.Query(t.Context(), l.attempt()); !isUnknown(err) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Query(ctx, l.attempt()); !isUnknown(err) || time.Since(start) != 4*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A body that breaks off is no answer.
func TestBrokenBody(t *testing.T) {
	l := newLab(t)
	l.fake.fault = func(string, func() *http.Response) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(io.MultiReader(strings.NewReader("{"), broken{}))}, nil
	}
	if _, err := l.Query(t.Context(), l.attempt()); !isUnknown(err) || !strings.Contains(err.Error(), "broke off") {
		t.Error(err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// FuzzAnswer holds what reads Alipay's answers to its promise for any body: without
// Alipay's signature over the very bytes there is no evidence, and with it the
// evidence is what these bytes say.
func FuzzAnswer(f *testing.F) {
	l := newLab(f)
	a := l.paid()
	truth, err := json.Marshal(l.fake.query(l.fake.trades[a.ID]))
	if err != nil {
		f.Fatal(err)
	}
	for _, content := range []string{string(truth), "{}", "[]", "null", `{"code":"10000"}`, `{"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST"}`,
		`{"code":"10000","out_trade_no":"` + a.ID + `","trade_status":"TRADE_CLOSED"}`, `{},"sign":"x","sign":"y"`, `{}}{`} {
		f.Add(content, true)
		f.Add(`{"alipay_trade_query_response":`+content+`,"sign":"AAAA"}`, false)
	}
	f.Fuzz(func(t *testing.T, text string, seal bool) {
		body := text
		if seal {
			body = `{"alipay_trade_query_response":` + text + `,"sign":"` + sign(l.fake.key, text) + `"}`
		}
		l.fake.fault = func(string, func() *http.Response) (*http.Response, error) { return said(body), nil }
		e, err := l.Query(t.Context(), a)
		switch {
		case err != nil && !isUnknown(err):
			t.Errorf("%q: %v", body, err)
		case err == nil && !seal:
			t.Errorf("%q became %+v without a signature", body, e)
		case err == nil && (e.Attempt != a.ID || e.Outcome == component.OutcomeSucceeded && !strings.Contains(text, "TRADE_")):
			t.Errorf("%q became %+v", body, e)
		}
	})
}

// An answer about another trade or refund than the one that was asked for proves
// nothing, though Alipay signed it.
func TestAnswersAboutAnother(t *testing.T) {
	l := newLab(t)
	a, other := l.paid(), l.paid()
	made := map[string]any{"refund_status": "REFUND_SUCCESS", "refund_amount": "1.00", "out_request_no": "r1"}
	foreign := map[string]any{"refund_status": "REFUND_SUCCESS", "refund_amount": "1.00", "out_request_no": "r2"}
	refund := func() error { _, err := l.refund(a, "r1", 100); return err }
	for name, c := range map[string]struct {
		method string
		answer map[string]any
		call   func() error
	}{
		"closed another":             {"alipay.trade.close", yes(l.fake.trades[other.ID], nil), func() error { _, err := l.Cancel(t.Context(), a); return err }},
		"gave back of another trade": {"alipay.trade.fastpay.refund.query", yes(l.fake.trades[other.ID], made), refund},
		"gave back another refund":   {"alipay.trade.fastpay.refund.query", yes(l.fake.trades[a.ID], foreign), refund},
	} {
		l.fake.fault = func(method string, answer func() *http.Response) (*http.Response, error) {
			if method == c.method {
				return said(l.fake.signed(method, c.answer)), nil
			}
			return answer(), nil
		}
		if err := c.call(); !errors.Is(err, order.CodeInternal) || !strings.Contains(err.Error(), "it is about") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
