package gatewayhttp_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order/wire/openapi"
)

func TestHeadersOfPages(t *testing.T) {
	form := &component.Action{Form: &component.Form{Address: "https://red.example/"}}
	local := &component.Action{Form: &component.Form{Address: "http://red.localhost:8080/"}}
	for name, c := range map[string]struct {
		change func(*stub)
		path   string
		forms  string
	}{
		"choose": {func(*stub) {}, pay, "'self'"},
		"link":   {attempted(gateway.AttemptInvoked, redirect("https://blue.example/")), pay, "'self'"},
		"form":   {attempted(gateway.AttemptInvoked, form), pay, "'self' https:"},
		"local":  {attempted(gateway.AttemptInvoked, local), pay, "'self' http: https:"},
		"error":  {func(*stub) {}, "/nowhere", "'none'"},
	} {
		s := newStub(base)
		c.change(s)
		a := newVisitor(t, s, nil).Open(c.path)
		p := a.Page(t)
		want := map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src " + p.Style + "; script-src " + p.Script + "; connect-src 'self'; form-action " + c.forms + "; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "strict-origin", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow", "Content-Type": "text/html; charset=utf-8", "Set-Cookie": "",
		}
		got := map[string]string{}
		for header := range want {
			got[header] = strings.Join(a.Header.Values(header), ", ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if p.Scripts != 1 || !strings.HasPrefix(p.Style, base+"/assets/") || p.Lang != "en" || p.Title == "" || a.Header.Get("Vary") != "Accept" {
			t.Errorf("%s: %d scripts, language %q, title %q, Vary %q", name, p.Scripts, p.Lang, p.Title, a.Header.Get("Vary"))
		}
	}
}

func TestPathsAreExact(t *testing.T) {
	v := newVisitor(t, newStub(base), nil)
	for path, want := range map[string]int{
		pay: 200, "/pay/a%62c": 404, "/pay/": 404, "/": 404, "/pay/a/b": 404, pay + "/attempts": 404, "/v1/orders": 404, "/v2/orders": 404,
	} {
		for _, accept := range []string{webtest.AsBrowser, webtest.AsProgram} {
			a := v.Do("GET", path, accept, nil, "")
			if a.StatusCode != want {
				t.Errorf("%s: status %d, want %d", path, a.StatusCode, want)
			}
			if html := strings.HasPrefix(a.Header.Get("Content-Type"), "text/html"); html != (accept == webtest.AsBrowser) {
				t.Errorf("%s: type %q for Accept %q", path, a.Header.Get("Content-Type"), accept)
			}
		}
	}
	if a := v.Send(pay, "k", "{}"); a.StatusCode != 404 {
		t.Errorf("POST to a session: status %d", a.StatusCode)
	}
}

func TestHeadHasTheHeadersOfGet(t *testing.T) {
	a := newVisitor(t, newStub(base), nil).Do(http.MethodHead, pay, webtest.AsBrowser, nil, "")
	if a.StatusCode != 200 || a.Text != "" || a.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("status %d, %d bytes, %v", a.StatusCode, len(a.Text), a.Header)
	}
}

func TestPanicIsAFaultThatLeaksNothing(t *testing.T) {
	var log bytes.Buffer
	s := newStub(base)
	s.panics = true
	a := newVisitor(t, s, &gatewayhttp.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}).Open(pay)
	if a.StatusCode != 500 || strings.Contains(a.Text, "secret") {
		t.Errorf("status %d: %s", a.StatusCode, a.Text)
	}
	if !strings.Contains(log.String(), "the stub panics: secret") || strings.Contains(log.String(), token) {
		t.Errorf("the log lacks the panic, or holds a payer's token: %s", log.String())
	}
}

func TestNewHandlerSaysWhatIsWrong(t *testing.T) {
	signer, pub := newSigner(t, 1, nil)
	known := directory{newKeys(t, pub), ""}
	for want, f := range map[string]func() (http.Handler, error){
		"server, acquirers or signer is nil": func() (http.Handler, error) { return gatewayhttp.NewHandler(nil, base, known, signer, nil) },
		"acquirers or signer":                func() (http.Handler, error) { return gatewayhttp.NewHandler(newStub(base), base, nil, signer, nil) },
		"signer is nil":                      func() (http.Handler, error) { return gatewayhttp.NewHandler(newStub(base), base, known, nil, nil) },
		"base: ": func() (http.Handler, error) {
			return gatewayhttp.NewHandler(newStub(base), "http://pay.example", known, signer, nil)
		},
		"the picture blue.svg has 16385 bytes": func() (http.Handler, error) {
			return gatewayhttp.NewHandler(newStub(base), base, known, signer, &gatewayhttp.Options{Icons: fstest.MapFS{"blue.svg": {Data: make([]byte, 16<<10+1)}}})
		},
		"the picture Blue.png stands twice, or its name": func() (http.Handler, error) {
			return gatewayhttp.NewHandler(newStub(base), base, known, signer, &gatewayhttp.Options{Icons: fstest.MapFS{"Blue.png": {}}})
		},
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}

func TestDescription(t *testing.T) {
	v := newVisitor(t, newStub(base), nil)
	a := v.Open("/v1/openapi.json")
	if a.StatusCode != 200 || a.Text != string(openapi.Document()) || a.Header.Get("Cache-Control") != "public, max-age=3600" {
		t.Errorf("status %d, %d bytes, %v", a.StatusCode, len(a.Text), a.Header)
	}
	again := v.Do("GET", "/v1/openapi.json", webtest.AsProgram, map[string]string{"If-None-Match": a.Header.Get("ETag")}, "")
	if again.StatusCode != 304 || again.Text != "" {
		t.Errorf("asked again: status %d, %d bytes", again.StatusCode, len(again.Text))
	}
}
