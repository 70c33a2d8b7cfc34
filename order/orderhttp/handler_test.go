package orderhttp_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/order/wire/openapi"
)

func TestHeadersOfPages(t *testing.T) {
	shop := newStub()
	shop.shop()
	for _, c := range []struct {
		name  string
		stub  *stub
		path  string
		forms string
	}{
		{"direct", newStub(), "/m/tea", "'self' " + gatewayBase},
		{"shop", shop, "/m/tea", "'self'"},
		{"review", shop, "/m/tea/review?q.oolong=1", "'self' " + gatewayBase},
		{"result", shop, "/orders/1", "'none'"},
		{"error", shop, "/nowhere", "'none'"},
	} {
		a := newVisitor(t, c.stub, nil).Open(c.path)
		p := a.Page(t)
		want := map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src " + p.Style + "; script-src " + p.Script + "; connect-src 'self'; form-action " + c.forms + "; base-uri 'none'; frame-ancestors 'none'",
			"Referrer-Policy":         "strict-origin", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
			"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Cookie", "X-Robots-Tag": "noindex, nofollow",
			"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "",
		}
		got := map[string]string{}
		for name := range want {
			got[name] = strings.Join(a.Header.Values(name), ", ")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if p.Scripts != 1 || !strings.HasPrefix(p.Style, base+"/assets/") || p.Lang != "en" || p.Title == "" {
			t.Errorf("%s: %d scripts, language %q, title %q", c.name, p.Scripts, p.Lang, p.Title)
		}
	}
}

func TestHeadersOfJSON(t *testing.T) {
	v := newVisitor(t, newStub(), nil)
	for _, a := range []webtest.Answer{v.Get("/m/tea"), v.Get("/nowhere"), v.Send("/m/tea/orders", "", "{}")} {
		if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(a.Header.Get("Content-Security-Policy"), "default-src 'none'; form-action 'none'") || len(a.Cookies()) > 0 {
			t.Errorf("status %d has the headers %v", a.StatusCode, a.Header)
		}
	}
}

func TestPanicIsAFaultThatLeaksNothing(t *testing.T) {
	for _, accept := range []string{webtest.AsBrowser, webtest.AsProgram} {
		s := newStub()
		s.panics = true
		var log bytes.Buffer
		a := newVisitor(t, s, &orderhttp.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}).Do("GET", "/m/tea", accept, nil, "")
		if a.StatusCode != 500 || strings.Contains(a.Text, "secret") || strings.Contains(a.Text, "panic") {
			t.Errorf("Accept %q: status %d: %s", accept, a.StatusCode, a.Text)
		}
		if !strings.Contains(log.String(), "the stub panics: secret") {
			t.Errorf("the log reads %q", log.String())
		}
	}
}

func TestCausesStayHere(t *testing.T) {
	s := newStub()
	s.pageErr = &order.Error{Code: order.CodeInternal, Detail: "hidden detail", Err: errors.New("hidden cause")}
	for _, accept := range []string{webtest.AsBrowser, webtest.AsProgram} {
		a := newVisitor(t, s, nil).Do("GET", "/m/tea", accept, nil, "")
		if a.StatusCode != 500 || strings.Contains(a.Text, "hidden") {
			t.Errorf("Accept %q: status %d: %s", accept, a.StatusCode, a.Text)
		}
	}
}

func TestResult(t *testing.T) {
	for state, want := range map[order.State]struct{ text, refresh string }{
		order.StatePlacing: {"Not paid yet", "5"}, order.StateOpen: {"Not paid yet", "5"}, order.StatePaid: {"Paid", ""},
		order.StateCanceled: {"Canceled", ""}, order.StateExpired: {"Too late", ""}, order.StateRefused: {"Not possible", ""},
	} {
		s := newStub()
		s.status.State = state
		v := newVisitor(t, s, nil)
		p := v.Open("/orders/abc?t=1").Page(t)
		if !strings.HasPrefix(p.Text, want.text) && !strings.Contains(p.Text, " "+want.text+" ") || p.Refresh != want.refresh {
			t.Errorf("%s: the page reads %q and asks again after %q s", state, p.Text, p.Refresh)
		}
		if a := v.Get("/orders/abc?t=1"); !strings.Contains(a.Text, `"state":"`+string(state)+`"`) {
			t.Errorf("%s: %s", state, a.Text)
		}
		if diff := cmp.Diff([]string{"result " + base + "/orders/abc?t=1", "result " + base + "/orders/abc?t=1"}, s.asked()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestNewHandlerSaysWhatIsWrong(t *testing.T) {
	id := newIdentity(t, 1, nil)
	for want, f := range map[string]func() (http.Handler, error){
		"server is nil": func() (http.Handler, error) {
			return orderhttp.NewHandler(nil, base, gatewayBase, id.keys, id.signer, formKey(), nil)
		},
		"base: ": func() (http.Handler, error) {
			return orderhttp.NewHandler(newStub(), "http://acquirer.example", gatewayBase, id.keys, id.signer, formKey(), nil)
		},
		"gatewayOrigin is": func() (http.Handler, error) {
			return orderhttp.NewHandler(newStub(), base, "https://pay.example/pay", id.keys, id.signer, formKey(), nil)
		},
		"formKey has 5 bytes": func() (http.Handler, error) {
			return orderhttp.NewHandler(newStub(), base, gatewayBase, id.keys, id.signer, []byte("short"), nil)
		},
		"gatewayKeys or signer": func() (http.Handler, error) {
			return orderhttp.NewHandler(newStub(), base, gatewayBase, wire.Keys(nil), id.signer, formKey(), nil)
		},
	} {
		if _, err := f(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is %v, want %q", err, want)
		}
	}
}

func TestDescription(t *testing.T) {
	a := newVisitor(t, newStub(), nil).Open("/v1/openapi.json")
	if a.StatusCode != 200 || a.Text != string(openapi.Document()) || a.Header.Get("Cache-Control") != "public, max-age=3600" {
		t.Errorf("status %d, %d bytes, %v", a.StatusCode, len(a.Text), a.Header)
	}
}
