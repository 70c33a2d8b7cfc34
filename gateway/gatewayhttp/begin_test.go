package gatewayhttp_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

func TestBeginJSON(t *testing.T) {
	s := newStub(base)
	s.attempt.Action = redirect("https://blue.example/p")
	a := newVisitor(t, s, nil).Send(pay+"/attempts", "k1", `{"component":"blue","opening":{"app":{"kind":"chat"}},"actions":["native"]}`)
	if a.StatusCode != 200 || !strings.Contains(a.Text, `"action":{"redirect":{"address":"https://blue.example/p"}}`) {
		t.Errorf("status %d: %s", a.StatusCode, a.Text)
	}
	want := []gateway.Beginning{{Component: "blue", Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "chat"}},
		Actions: []component.ActionKind{component.ActionNative}, PayerAddress: "127.0.0.1", Key: "k1"}}
	if diff := cmp.Diff(want, s.begun); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"begin " + base + pay}, s.asked()); diff != "" {
		t.Error(diff)
	}
	if a := newVisitor(t, s, nil).Send(pay+"/attempts", "k2", `{"component":"blue","opening":{"app":{"kind":""}},"actions":null}`); a.StatusCode != 200 {
		t.Errorf("a terminal without a browser or app: status %d: %s", a.StatusCode, a.Text)
	}
}

func TestBeginJSONRefuses(t *testing.T) {
	for name, c := range map[string]struct{ key, body, code string }{
		"no key": {"", `{"component":"blue"}`, "idempotency_key_missing"}, "unknown field": {"k", `{"wallet":"blue"}`, "invalid_request"},
		"too much": {"k", `{"component":"` + strings.Repeat("a", 2<<20) + `"}`, "too_large"},
	} {
		s := newStub(base)
		if a := newVisitor(t, s, nil).Send(pay+"/attempts", c.key, c.body); !strings.Contains(a.Text, `"code":"`+c.code+`"`) || len(s.asked()) > 0 {
			t.Errorf("%s: status %d: %s", name, a.StatusCode, a.Text)
		}
	}
}

// offersForm opens the cashier and is the form of its offers.
func offersForm(t *testing.T, v webtest.Visitor, header map[string]string) webtest.Form {
	t.Helper()
	p := v.Do("GET", pay, webtest.AsBrowser, header, "").Page(t)
	if len(p.Forms) != 1 || p.Forms[0].Method != "post" {
		t.Fatalf("the cashier has the forms %v", p.Forms)
	}
	return p.Forms[0]
}

func TestBeginForm(t *testing.T) {
	s := newStub(base)
	v := newVisitor(t, s, nil)
	form := offersForm(t, v, map[string]string{"Scanning-App": "chat", "Terminal-Default": "red"})
	form.Fields.Set("component", "blue")
	if a := v.Post(form.Action, form.Fields); a.StatusCode != 303 || a.Header.Get("Location") != base+pay {
		t.Fatalf("an attempt without action: status %d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.Text)
	}
	want := gateway.Beginning{Component: "blue", Key: s.begun[0].Key, PayerAddress: "127.0.0.1",
		Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "chat"}, Default: "red"}, // as it was when the page was opened
		Actions: []component.ActionKind{component.ActionRedirect, component.ActionForm, component.ActionDeepLink}}
	if diff := cmp.Diff([]gateway.Beginning{want}, s.begun); diff != "" {
		t.Error(diff)
	}
}

func TestBeginFormIsIdempotent(t *testing.T) {
	s := newStub(base)
	v := newVisitor(t, s, nil)
	first, second := offersForm(t, v, nil), offersForm(t, v, nil)
	key := func(f webtest.Form, name string) string {
		f.Fields.Set("component", name)
		v.Post(f.Action, f.Fields)
		return s.begun[len(s.begun)-1].Key
	}
	blue := key(first, "blue")
	if key(first, "blue") != blue {
		t.Error("the same form posted again has another key: a second click would begin twice")
	}
	if key(first, "red") == blue {
		t.Error("a payer who went back and picked another has the same key: the attempt would be refused")
	}
	if key(second, "blue") == blue {
		t.Error("two pages have one key: after a failure the payer could not try again")
	}
}

func TestBeginFormRefuses(t *testing.T) {
	for name, change := range map[string]func(url.Values){
		"no key":        func(f url.Values) { f.Del("key") },
		"a made-up key": func(f url.Values) { f.Set("key", "x."+strings.Repeat("A", 43)) },
		"two wallets":   func(f url.Values) { f.Add("component", "red") },
		"a bad opening": func(f url.Values) { f.Set("Scanning-App", "<b>") },
		"two openings":  func(f url.Values) { f.Add("Scanning-App", "chat") },
	} {
		s := newStub(base)
		v := newVisitor(t, s, nil)
		form := offersForm(t, v, nil)
		form.Fields.Set("component", "blue")
		change(form.Fields)
		a := v.Post(form.Action, form.Fields)
		if p := a.Page(t); a.StatusCode != 400 || len(s.begun) > 0 || p.Links["Go back"] != base+pay {
			t.Errorf("%s: status %d, begun %v, links %v", name, a.StatusCode, s.begun, p.Links)
		}
	}
	s := newStub(base)
	v := newVisitor(t, s, nil)
	form := offersForm(t, v, nil)
	form.Fields.Set("component", "blue")
	if a := v.Post("/pay/other/attempts", form.Fields); a.StatusCode != 400 || len(s.begun) > 0 {
		t.Errorf("the key of another order: status %d", a.StatusCode)
	}
}

// handed is the page that an action is handed over with.
func handed(t *testing.T, action component.Action) (webtest.Answer, webtest.Page) {
	t.Helper()
	s := newStub(base)
	s.attempt.Action = &action
	v := newVisitor(t, s, nil)
	form := offersForm(t, v, nil)
	form.Fields.Set("component", "blue")
	a := v.Post(form.Action, form.Fields)
	return a, a.Page(t)
}

func TestHandOverRedirect(t *testing.T) {
	a, p := handed(t, *redirect("https://blue.example/p?a=1&b=%22"))
	if a.StatusCode != 200 || p.Refresh != "0;url=https://blue.example/p?a=1&b=%22" || p.Links["Continue to blue.example"] != "https://blue.example/p?a=1&b=%22" {
		t.Errorf("status %d, refresh %q, links %v", a.StatusCode, p.Refresh, p.Links)
	}
	if p.Links["Choose another way to pay"] != base+pay || !strings.Contains(a.Header.Get("Content-Security-Policy"), "form-action 'none'") {
		t.Errorf("links %v, policy %s", p.Links, a.Header.Get("Content-Security-Policy"))
	}
}

func TestHandOverForm(t *testing.T) {
	a, p := handed(t, component.Action{Form: &component.Form{Address: "https://red.example/gateway", Fields: []component.Field{
		{Name: "sign", Value: `a+b/"<`}, {Name: "sign", Value: "2"}}}})
	if len(p.Forms) != 1 || p.Forms[0].Action != "https://red.example/gateway" || p.Forms[0].Method != "post" || p.Refresh != "" {
		t.Fatalf("forms %v, refresh %q", p.Forms, p.Refresh)
	}
	if diff := cmp.Diff(url.Values{"sign": {`a+b/"<`, "2"}}, p.Forms[0].Fields); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(a.Header.Get("Content-Security-Policy"), "form-action https:;") {
		t.Errorf("policy %s", a.Header.Get("Content-Security-Policy"))
	}
}

func TestHandOverDeepLink(t *testing.T) {
	_, p := handed(t, component.Action{DeepLink: &component.DeepLink{Address: "bluewallet://pay?x=1&y=2", Fallback: "https://blue.example/get"}})
	want := map[string]string{"Open the app": "bluewallet://pay?x=1&y=2", "I do not have the app": "https://blue.example/get",
		"I have paid": base + "/return/r1", "Choose another way to pay": base + pay}
	if diff := cmp.Diff(want, p.Links); diff != "" || p.Refresh != "" {
		t.Errorf("refresh %q: %s", p.Refresh, diff)
	}
}

func TestHandOverRefusesWhatABrowserMustNotOpen(t *testing.T) {
	for _, bad := range []string{"javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,<script>", "vbscript:x", "file:///etc/passwd", "http://blue.example/", "blob:x", "about:blank", "//blue.example", "https://"} {
		for name, action := range map[string]component.Action{
			"redirect": *redirect(bad), "form": {Form: &component.Form{Address: bad}}, "link": {DeepLink: &component.DeepLink{Address: bad}},
			"fallback": {DeepLink: &component.DeepLink{Address: "blue://pay", Fallback: bad}},
		} {
			if a, _ := handed(t, action); a.StatusCode != 500 || strings.Contains(a.Text, bad) {
				t.Errorf("%s to %q: status %d", name, bad, a.StatusCode)
			}
		}
	}
	for name, action := range map[string]component.Action{
		"none": {}, "native": {Native: &component.Native{}}, "bridge": {Bridge: &component.Bridge{Object: "o", Method: "m()"}},
	} {
		if a, _ := handed(t, action); a.StatusCode != 500 {
			t.Errorf("%s: status %d", name, a.StatusCode)
		}
	}
}

func TestBeginIsTriedAgainUnderTheSameKey(t *testing.T) {
	s := newStub(base)
	v := newVisitor(t, s, nil)
	form := offersForm(t, v, nil)
	form.Fields.Set("component", "blue")
	s.err = order.Errorf(order.CodeUnavailable, "", "not now")
	p := v.Post(form.Action, form.Fields).Page(t)
	s.err = nil
	if len(p.Forms) != 1 {
		t.Fatalf("the page reads %q", p.Text)
	}
	if a := v.Post(p.Forms[0].Action, p.Forms[0].Fields); a.StatusCode != 303 || !cmp.Equal(s.begun[0], s.begun[1]) {
		t.Errorf("status %d: %s", a.StatusCode, cmp.Diff(s.begun[0], s.begun[1]))
	}
	s.err = order.Errorf(order.CodeConflict, "", "the order is paid already")
	if p := v.Post(form.Action, form.Fields).Page(t); len(p.Forms) > 0 || p.Links["Go back"] != base+pay {
		t.Errorf("a conflict is not to be tried again: %v", p.Forms)
	}
}
