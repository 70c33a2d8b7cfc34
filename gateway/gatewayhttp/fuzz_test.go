package gatewayhttp_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// unlimited takes what a fuzzer sends, which comes from one address and for one
// payment.
func unlimited() *gatewayhttp.Options {
	return &gatewayhttp.Options{Limits: gatewayhttp.Limits{PerAddress: wire.Limit{PerSecond: -1, Burst: -1, Concurrent: -1}}}
}

// FuzzOpening: what reaches the gateway from headers is words.
func FuzzOpening(f *testing.F) {
	for _, seed := range []string{"chat", "", "Chat", "a-1", "a b", "\x00", strings.Repeat("a", 65), "a,b", "é"} {
		f.Add(seed, "blue", seed)
	}
	s := newStub(base)
	h := newHandler(f, s, base, unlimited())
	f.Fuzz(func(t *testing.T, app, carried, terminal string) {
		s.opened, s.calls = nil, nil
		r := httptest.NewRequest("GET", pay, nil)
		r.Header["Scanning-App"], r.Header["Scanning-App-Component"] = []string{app}, []string{carried}
		r.Header["Terminal-Default"] = []string{terminal}
		r.Header.Set("Accept", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		for _, o := range s.opened {
			for _, word := range []string{o.App.Kind, o.App.Component, o.Default} {
				if word == "" || len(word) > 64 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
					t.Errorf("the gateway is told %q", word)
				}
			}
		}
		if w.Code != 200 && w.Code != 400 {
			t.Errorf("status %d", w.Code)
		}
	})
}

// FuzzBeginForm: whatever is posted, no attempt begins without a key that its
// page made, and nothing is a fault of ours.
func FuzzBeginForm(f *testing.F) {
	for _, seed := range []string{"key=x.y&component=blue", "", "key=&key=", "%", "Scanning-App=%00&component=blue", "key=.&component=a&component=b"} {
		f.Add(seed)
	}
	s := newStub(base)
	h := newHandler(f, s, base, unlimited())
	f.Fuzz(func(t *testing.T, body string) {
		r := httptest.NewRequest("POST", pay+"/attempts", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 400 && w.Code != 413 || len(s.begun) > 0 {
			t.Errorf("status %d, begun %v", w.Code, s.begun)
		}
	})
}

// FuzzActionAddress: whatever a component answers, a page never leads to what a
// browser would run by itself.
func FuzzActionAddress(f *testing.F) {
	for _, seed := range []string{"https://blue.example/", "javascript:alert(1)", "blue://pay", " javascript:x", "java\nscript:x", "JAVASCRIPT:x", "data:,x", "\x01javascript:x"} {
		f.Add(seed)
	}
	s := newStub(base)
	h := newHandler(f, s, base, unlimited())
	f.Fuzz(func(t *testing.T, address string) {
		attempted("invoked", &component.Action{DeepLink: &component.DeepLink{Address: address, Fallback: address}})(s)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", pay, nil))
		text := strings.ToLower(w.Body.String())
		for _, scheme := range []string{"javascript:", "data:", "vbscript:"} {
			if strings.Contains(text, `href="`+scheme) {
				t.Errorf("%q leads to %s", address, scheme)
			}
		}
		if w.Code != 200 {
			t.Errorf("%q: status %d", address, w.Code)
		}
	})
}
