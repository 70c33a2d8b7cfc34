package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order"
)

// Only plain addresses of the web are opened: their host becomes part of a
// header, and their text part of a page.
func TestParse(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://wallet.test":                    true,
		"http://127.0.0.1:8080/a?b=c":            true,
		"https://[::1]/":                         true,
		"":                                       false,
		"wallet.test/pay":                        false,
		"//wallet.test":                          false,
		"https:///pay":                           false,
		"https://:80/":                           false,
		"ftp://wallet.test":                      false,
		"javascript:alert(1)":                    false,
		"https://user@wallet.test":               false,
		"https://wallet.test/#x":                 false,
		"https://wallet.test;script-src":         false,
		"https://wällét.test":                    false,
		"https://wallet.test/\r\nX: y":           false,
		"https://wallet.test/a b":                false,
		"https://wallet.test:port":               false,
		"https://w/" + strings.Repeat("a", 2048): false,
	} {
		if _, err := Parse(address); (err == nil) != ok {
			t.Errorf("Parse(%.60q): %v", address, err)
		}
	}
}

// A base has one spelling, to which paths can be appended.
func TestBase(t *testing.T) {
	for address, want := range map[string]string{
		"https://Wallet.test/":     "https://wallet.test",
		"HTTPS://wallet.test/pay/": "https://wallet.test/pay",
		"http://127.0.0.1:80":      "http://127.0.0.1:80",
		"https://wallet.test/?":    "",
		"https://wallet.test//a":   "",
		"https://wallet.test/{a}":  "",
		"https://wallet.test/%7B":  "",
		"wallet":                   "",
	} {
		if got, err := Base(address); got != want || (err == nil) != (want != "") {
			t.Errorf("Base(%q) = %q, %v; want %q", address, got, err, want)
		}
	}
}

// An answer is read to its end, but not beyond the limit, and no redirect is
// followed; the caller's client stays as it was.
func TestDo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/long":
			io.WriteString(w, strings.Repeat("x", limit+1))
		case "/redirect":
			http.Redirect(w, r, "/long", http.StatusFound)
		default:
			io.WriteString(w, strings.Repeat("x", limit))
		}
	}))
	defer server.Close()
	own := &http.Client{}
	for path, want := range map[string]struct {
		status int
		code   order.Code
	}{"/": {200, ""}, "/redirect": {302, ""}, "/long": {0, order.CodeUnavailable}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := Do(Client(own), r); a.Status != want.status || order.CodeOf(err) != want.code {
			t.Errorf("%s: %d, %v", path, a.Status, err)
		}
	}
	if own.CheckRedirect != nil || Client(nil).Timeout == 0 {
		t.Error("the caller's client was changed, or the default one waits for ever")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Do(Client(nil), r); !errors.Is(err, context.Canceled) || !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("a canceled request: %v", err)
	}
}

// An error keeps its code and detail across the wire, and loses its cause.
func TestProblem(t *testing.T) {
	for _, m := range meanings() {
		status, _, body := Problem(&order.Error{Code: m.code, Detail: "why", Err: errors.New("cause")})
		got, ok := errors.AsType[*order.Error](Answer{Status: status, Body: body}.Err())
		if !ok || got.Code != m.code || got.Detail != "why" || strings.Contains(string(body), "cause") {
			t.Errorf("%s became %d %s, then %v", m.code, status, body, got)
		}
	}
	if status, _, body := Problem(errors.New("cause")); status != 500 || strings.Contains(string(body), "cause") {
		t.Errorf("another error became %d %s", status, body)
	}
	if err := (Answer{Status: 502, Body: []byte("<html>")}).Err(); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("status 502 is %v", err)
	}
	if err := (Answer{Status: 200}).Err(); err != nil {
		t.Errorf("status 200 is %v", err)
	}
}

// FuzzBase makes a base of any text: it is refused, or is its own base and has
// nothing that a pattern of http.ServeMux or a policy could read otherwise.
func FuzzBase(f *testing.F) {
	f.Add("https://Wallet.test/pay/")
	f.Add("http://[::1]:80//..")
	f.Add("https://a;b/{c}")
	f.Fuzz(func(t *testing.T, address string) {
		base, err := Base(address)
		if err != nil {
			return
		}
		if again, err := Base(base); err != nil || again != base {
			t.Errorf("Base(%q) = %q, and of that %q, %v", address, base, again, err)
		}
		if strings.ContainsAny(base, " ;,{}?#@%\\'\"<>") || strings.HasSuffix(base, "/") || strings.Contains(base, "..") && strings.Contains(base, "/../") {
			t.Errorf("Base(%q) = %q", address, base)
		}
	})
}
