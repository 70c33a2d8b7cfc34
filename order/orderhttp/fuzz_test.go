package orderhttp_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// unlimited takes what a fuzzer sends, which comes from one address.
func unlimited() *orderhttp.Options {
	return &orderhttp.Options{Limits: orderhttp.Limits{PerAddress: wire.Limit{PerSecond: -1, Burst: -1, Concurrent: -1}}}
}

// FuzzConfirmForm: whatever is posted, what reaches the acquirer came with a key
// that its page made, and nothing is a fault of ours.
func FuzzConfirmForm(f *testing.F) {
	for _, seed := range []string{
		"key=x.y&revision=r1&currency=CNY&amount=12.30", "key=&total=500&currency=CNY&q.oolong=2&q.=v", "q.=%ZZ", "=&=&;", "amount=1&amount=2",
		"key=a.b&total=-1&currency=%00", strings.Repeat("q.a=1&", 300),
	} {
		f.Add("v=1", seed)
	}
	s := newStub()
	h := newHandler(f, s, base, unlimited())
	f.Fuzz(func(t *testing.T, query, body string) {
		r := httptest.NewRequest("POST", "/m/tea/orders", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 400 && w.Code != 413 || len(s.confirmations()) > 0 {
			t.Errorf("status %d for a form without a key of ours; confirmed %v", w.Code, s.confirmations())
		}
	})
}

// FuzzReviewQuery: every choice that reaches the acquirer is one that it may be
// asked for, and the code's address keeps to the limit.
func FuzzReviewQuery(f *testing.F) {
	for _, seed := range []string{"q.oolong=2&v=1", "v=1&q.=v%3D1&q.a=1", "q.a=1&q.a=2", "&&q.%zz=1", "q.a=00001"} {
		f.Add(seed)
	}
	s := newStub()
	h := newHandler(f, s, base, unlimited())
	f.Fuzz(func(t *testing.T, query string) {
		s.calls = nil
		r := httptest.NewRequest("GET", "/m/tea/review", nil)
		r.URL.RawQuery = query
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code == http.StatusInternalServerError {
			t.Errorf("%q is a fault of ours", query)
		}
		for _, call := range s.asked() {
			if len(call) > len("review ")+exchange.MaxAddress || !strings.HasPrefix(call, "review "+base+"/m/tea") {
				t.Errorf("%q made the call %q", query, call)
			}
		}
	})
}
