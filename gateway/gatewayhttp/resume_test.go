package gatewayhttp_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

func TestBrowserComesBack(t *testing.T) {
	s := newStub(base)
	s.attempt.Action = redirect("https://blue.example/again") // goes on at the session, by the payer's hand
	v := newVisitor(t, s, nil)
	for _, a := range []webtest.Answer{v.Open("/return/r1?code=a%20b&x"), v.Post("/return/r1?y=1", url.Values{"sign": {"a+b"}})} {
		if a.StatusCode != 303 || a.Header.Get("Location") != base+pay {
			t.Errorf("status %d to %q", a.StatusCode, a.Header.Get("Location"))
		}
	}
	want := []component.Return{{Query: "code=a%20b&x"}, {Query: "y=1", Form: "sign=a%2Bb"}}
	if diff := cmp.Diff(want, s.back); diff != "" {
		t.Errorf("what a provider sent is handed over as it came: %s", diff)
	}
	if diff := cmp.Diff([]string{"resume " + base + "/return/r1", "resume " + base + "/return/r1"}, s.asked()); diff != "" {
		t.Error(diff)
	}
}

func TestProviderPostsFromItsOwnSite(t *testing.T) {
	s := newStub(base)
	a := newVisitor(t, s, nil).Do("POST", "/return/r1", webtest.AsBrowser, map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://blue.example", "Sec-Fetch-Site": "cross-site"}, "a=1")
	if a.StatusCode != 303 {
		t.Errorf("status %d", a.StatusCode)
	}
}

func TestProgramComesBack(t *testing.T) {
	s := newStub(base)
	v := newVisitor(t, s, nil)
	a := v.Send("/return/r1", "", `{"data":"ok"}`)
	if a.StatusCode != 200 || !strings.Contains(a.Text, `"id":"a1"`) {
		t.Errorf("status %d: %s", a.StatusCode, a.Text)
	}
	if diff := cmp.Diff([]component.Return{{Data: "ok"}}, s.back); diff != "" {
		t.Error(diff)
	}
	if a := v.Get("/return/r1"); a.StatusCode != 404 || len(s.back) != 1 {
		t.Errorf("a program that reads a return address resumes the attempt: status %d", a.StatusCode)
	}
}

func TestResumeRefuses(t *testing.T) {
	s := newStub(base)
	v := newVisitor(t, s, nil)
	if a := v.Post("/return/r1", url.Values{"a": {strings.Repeat("a", 70<<10)}}); a.StatusCode != 413 {
		t.Errorf("a large form: status %d", a.StatusCode)
	}
	if a := v.Do("POST", "/return/r1", webtest.AsBrowser, map[string]string{"Content-Type": "text/plain"}, "a=1"); a.StatusCode != 400 {
		t.Errorf("no form: status %d", a.StatusCode)
	}
	if a := v.Do("HEAD", "/return/r1", webtest.AsBrowser, nil, ""); a.StatusCode != 404 {
		t.Errorf("a preview: status %d", a.StatusCode)
	}
	if len(s.asked()) > 0 {
		t.Errorf("asked %v", s.asked())
	}
	s.err = order.Errorf(order.CodeUnavailable, "", "not now")
	if p := v.Open("/return/r1").Page(t); p.Links["Go back"] != base+"/return/r1" {
		t.Errorf("links %v", p.Links)
	}
}

func TestSessionElsewhereIsAFault(t *testing.T) {
	s := newStub(base)
	s.attempt.GatewayAddress = "https://evil.example/"
	if a := newVisitor(t, s, nil).Open("/return/r1"); a.StatusCode != 500 || a.Header.Get("Location") != "" {
		t.Errorf("status %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
}
