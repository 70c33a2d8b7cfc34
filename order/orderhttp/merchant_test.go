package orderhttp_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

// code is the query of a signed code, in a spelling that no browser would use.
const code = "a=b/c%20d&v=AbC-_1"

func TestPageByAccept(t *testing.T) {
	for accept, json := range map[string]bool{webtest.AsBrowser: false, webtest.AsProgram: true, "": false, "*/*": false, "application/json, */*;q=0.1": true} {
		s := newStub()
		a := newVisitor(t, s, nil).Do("GET", "/m/tea?"+code, accept, nil, "")
		if got := strings.HasPrefix(a.Header.Get("Content-Type"), "application/json"); a.StatusCode != 200 || got != json {
			t.Errorf("Accept %q: status %d, type %q; want JSON: %v", accept, a.StatusCode, a.Header.Get("Content-Type"), json)
		}
		if a.Header.Get("Vary") != "Accept" {
			t.Errorf("Accept %q: Vary is %q", accept, a.Header.Get("Vary"))
		}
		if diff := cmp.Diff([]string{"page " + base + "/m/tea?" + code}, s.asked()); diff != "" {
			t.Errorf("the server must be asked for the code's address to the byte, whatever the Host header says: %s", diff)
		}
	}
}

func TestPageJSON(t *testing.T) {
	s := newStub()
	s.shop()
	var got order.Page
	if err := json.Unmarshal([]byte(newVisitor(t, s, nil).Get("/m/tea").Text), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.page, got); diff != "" {
		t.Error(diff)
	}
}

func TestReviewAsksForTheCodeAddress(t *testing.T) {
	for _, query := range []string{
		"?q.oolong=2&q.cake=1&" + code,                                           // a program's
		"?" + code + "&q.oolong=2&q.cake=1",                                      // also
		"?q.=" + url.QueryEscape(code) + "&q.oolong=2&q.cake=1&q.none=0&q.left=", // a browser's form
	} {
		s := newStub()
		a := newVisitor(t, s, nil).Get("/m/tea/review" + query)
		if a.StatusCode != 200 {
			t.Errorf("%s: status %d, %s", query, a.StatusCode, a.Text)
		}
		if diff := cmp.Diff([]string{"review " + base + "/m/tea?" + code}, s.asked()); diff != "" {
			t.Errorf("%s: %s", query, diff)
		}
	}
}

func TestReviewRefusesWhatIsNoChoice(t *testing.T) {
	for query, want := range map[string]int{
		"": 400, "?q.oolong=0": 400, "?q.oolong=-1": 400, "?q.oolong=two": 400, "?q.oolong=99999": 400,
		"?q.oolong=1&q.oolong=1": 400, "?q.%3Cb%3E=1": 400, "?q.=%0A&q.oolong=1": 400,
		"?q.oolong=1&" + strings.Repeat("a", 2100): 413,
	} {
		s := newStub()
		if a := newVisitor(t, s, nil).Get("/m/tea/review" + query); a.StatusCode != want {
			t.Errorf("%.60s: status %d, want %d: %s", query, a.StatusCode, want, a.Text)
		}
		if asked := s.asked(); len(asked) > 0 {
			t.Errorf("%.60s: the server was asked: %v", query, asked)
		}
	}
}

func TestShopFormLeadsToReview(t *testing.T) {
	s := newStub()
	s.shop()
	v := newVisitor(t, s, nil)
	p := v.Open("/m/tea?" + code).Page(t)
	form := p.Forms[0]
	if form.Method != "get" || len(p.Unlabelled) > 0 {
		t.Fatalf("the form's method is %q, without label are %v", form.Method, p.Unlabelled)
	}
	form.Fields.Set("q.oolong", "2")
	form.Fields.Set("q.cake", "1")
	if a := v.Open(form.Action + "?" + form.Fields.Encode()); a.StatusCode != 200 {
		t.Fatalf("status %d: %s", a.StatusCode, a.Text)
	}
	want := []string{"page " + base + "/m/tea?" + code, "review " + base + "/m/tea?" + code}
	if diff := cmp.Diff(want, s.asked()); diff != "" {
		t.Errorf("a browser must not respell the code's query: %s", diff)
	}
}

func TestPathsAreExact(t *testing.T) {
	for path, want := range map[string]int{
		"/m/tea": 200, "/m/%74ea": 404, "/m/tea?": 404, "/m/": 404, "/": 404, "/m/tea/": 404, "/m/tea/orders": 404,
		"/m/a%2Fb": 404, "/m/a%20b": 404, "/m/%C3%A9": 404, "/M/tea": 404, "/m/tea?" + strings.Repeat("a", 2100): 413,
	} {
		for _, accept := range []string{webtest.AsBrowser, webtest.AsProgram} {
			a := newVisitor(t, newStub(), nil).Do("GET", path, accept, nil, "")
			if a.StatusCode != want {
				t.Errorf("%.40s: status %d, want %d", path, a.StatusCode, want)
			}
			if html := strings.HasPrefix(a.Header.Get("Content-Type"), "text/html"); want != 200 && html != (accept == webtest.AsBrowser) {
				t.Errorf("%.40s: the error is of type %q for Accept %q", path, a.Header.Get("Content-Type"), accept)
			}
		}
	}
}

func TestHeadHasTheHeadersOfGet(t *testing.T) {
	v := newVisitor(t, newStub(), nil)
	get, head := v.Open("/m/tea"), v.Do(http.MethodHead, "/m/tea", webtest.AsBrowser, nil, "")
	if head.StatusCode != 200 || head.Text != "" || head.Header.Get("Content-Security-Policy") != get.Header.Get("Content-Security-Policy") {
		t.Errorf("HEAD: status %d, %d bytes, %v", head.StatusCode, len(head.Text), head.Header)
	}
}

func TestNamesAreShownAsText(t *testing.T) {
	a := newVisitor(t, newStub(), nil).Open("/m/tea")
	if p := a.Page(t); !strings.Contains(p.Text, "Tea <House>") || p.Title != "Tea <House>" {
		t.Errorf("the page reads %q", p.Text)
	}
}

func TestTheMostIsShown(t *testing.T) {
	s := newStub()
	s.page.Max = yuan(500000)
	if p := newVisitor(t, s, nil).Open("/m/tea").Page(t); !strings.Contains(p.Text, "At most CN¥5,000.00") {
		t.Errorf("the page reads %q", p.Text)
	}
}

func TestTheNoteIsShown(t *testing.T) {
	s := newStub()
	s.page.Note = "Table <4>"
	if p := newVisitor(t, s, nil).Open("/m/tea").Page(t); !strings.Contains(p.Text, "Tea <House> Table <4>") {
		t.Errorf("the page reads %q", p.Text)
	}
}

func TestUnknownKindOfPageIsAFault(t *testing.T) {
	s := newStub()
	s.page.Kind = "survey"
	if a := newVisitor(t, s, nil).Open("/m/tea"); a.StatusCode != 500 || strings.Contains(a.Text, "survey") {
		t.Errorf("status %d: %s", a.StatusCode, a.Text)
	}
}
