package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
)

func TestPrefersJSON(t *testing.T) {
	for _, c := range []struct {
		accept string
		want   bool
	}{
		{"", false}, {"*/*", false}, {"text/html", false}, {"text/*, application/json;q=0.9", false},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false}, // browsers
		{"application/json", true}, {"application/json, text/plain, */*", true}, {"application/json, text/html;q=0.5", true},
		{"text/html, application/json", false}, {"application/*", true}, {"APPLICATION/JSON", true}, {" application/json ; q=1", true},
		{"application/json;q=0", false}, {"application/json;q=0.1", true}, {"application/json;q=nan, */*;q=0.1", false},
		{"application/json;q=2", false}, {"*/*;q=0.5, application/json;q=0.1", false}, {"text/html;q=0, */*", true}, {",,;", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", c.accept)
		if got := PrefersJSON(r); got != c.want {
			t.Errorf("Accept %q: %v, want %v", c.accept, got, c.want)
		}
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		if !PrefersJSON(r) {
			t.Errorf("Accept %q: who sends JSON is answered in HTML", c.accept)
		}
	}
}

func FuzzPrefersJSON(f *testing.F) {
	for _, seed := range []string{"application/json;q=0.5;q=1", "*/*;q=,", ";;q==", "text/html;q=1e-9"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, accept string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header["Accept"] = []string{accept}
		if PrefersJSON(r) && !strings.Contains(accept, "*") && !strings.Contains(strings.ToLower(accept), "application/json") {
			t.Errorf("Accept %q does not name JSON", accept)
		}
	})
}

func TestFormKey(t *testing.T) {
	k := NewFormKey([]byte("secret"))
	hidden := k.Mint("page")
	key, err := k.Open("page", hidden, "content")
	if err != nil || len(key) > 128 {
		t.Fatalf("%q, %v", key, err)
	}
	if again, _ := k.Open("page", hidden, "content"); again != key {
		t.Error("the same content has another key")
	}
	if other, _ := k.Open("page", hidden, "other"); other == key {
		t.Error("other content has the same key")
	}
	if k.Mint("page") == hidden {
		t.Error("two forms have one key")
	}
	nonce, signature, _ := strings.Cut(hidden, ".")
	for name, bad := range map[string]string{
		"empty": "", "unsigned": nonce, "no nonce": "." + signature, "another nonce": "A" + nonce + "." + signature, "cut": hidden[:len(hidden)-1],
	} {
		if _, err := k.Open("page", bad, "content"); !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := k.Open("other", hidden, "content"); err == nil {
		t.Error("the key of another page is good")
	}
	if _, err := NewFormKey([]byte("other")).Open("page", hidden, "content"); err == nil {
		t.Error("a key that another signed is good")
	}
}

// Keys sort by when their forms were made, whatever is posted with them.
func TestFormKeysAreInTheOrderOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := NewFormKey([]byte("secret"))
		var keys []string
		for i := range 20 {
			key, err := k.Open("page", k.Mint("page"), fmt.Sprint("content ", i))
			if err != nil {
				t.Fatal(err)
			}
			keys = append(keys, key)
			time.Sleep(time.Millisecond)
		}
		if !slices.IsSorted(keys) {
			t.Errorf("the keys are %q: want them in order", keys)
		}
	})
}

// FuzzReadForm: a form that is read is within its limit and is what was sent.
func FuzzReadForm(f *testing.F) {
	f.Add("a=1&b=2&a=3", "application/x-www-form-urlencoded")
	f.Add("%zz", "application/x-www-form-urlencoded; charset=utf-8")
	f.Add("a=1", "multipart/form-data; boundary=x")
	f.Fuzz(func(t *testing.T, body, media string) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Header["Content-Type"] = []string{media}
		form, err := ReadForm(r)
		want, bad := url.ParseQuery(body)
		if err != nil {
			if bad == nil && len(body) <= MaxForm && IsForm(r) {
				t.Errorf("%q is refused: %v", body, err)
			}
			return
		}
		got := url.Values{}
		for _, field := range form.Fields {
			got.Add(field.Name, field.Value)
		}
		if diff := cmp.Diff(want, got); form.Raw != body || len(body) > MaxForm || diff != "" || !IsForm(r) {
			t.Errorf("%q of %q was read as %q: %s", body, media, form, diff)
		}
	})
}

func TestReadFormRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		media, body string
		want        order.Code
	}{
		"no type": {"", "a=1", order.CodeInvalid}, "multipart": {"multipart/form-data", "a=1", order.CodeInvalid},
		"malformed": {formMedia, "a=%", order.CodeInvalid}, "too much": {formMedia, strings.Repeat("a", MaxForm+1), order.CodeTooLarge},
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.media)
		if _, err := ReadForm(r); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneStandsOnce(t *testing.T) {
	f := Form{Fields: []Field{{"a", "1"}, {"b", "2"}, {"a", "3"}}}
	if v, err := f.One("b"); v != "2" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	if v, err := f.One("c"); v != "" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	if v, err := f.One("a"); !errors.Is(err, order.CodeInvalid) {
		t.Errorf("a field that stands twice is read as %q, %v", v, err)
	}
}

func TestReadBody(t *testing.T) {
	if b, err := ReadBody(strings.NewReader("abc"), 3); string(b) != "abc" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := ReadBody(strings.NewReader("abcd"), 3); !errors.Is(err, order.CodeTooLarge) {
		t.Errorf("one byte too many: %v", err)
	}
	if _, err := ReadBody(broken{}, 3); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("broken off: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("cut") }

func pageFiles() fs.FS {
	return fstest.MapFS{
		"page.html": {Data: []byte(`{{template "top" .}}{{.Data}}{{template "bottom" .}}`)},
		"half.html": {Data: []byte(`{{template "top" .}}{{.Data.Missing}}`)},
	}
}

func newSite(t *testing.T) *Site {
	t.Helper()
	s, err := NewSite("https://site.example", Look{Files: pageFiles()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRenderIsWholeOrNothing(t *testing.T) {
	w := httptest.NewRecorder()
	newSite(t).Render(w, httptest.NewRequest("GET", "/", nil), 200, Page{Template: "half.html", Data: struct{}{}})
	if w.Code != 500 || strings.Contains(w.Body.String(), "<html") {
		t.Errorf("status %d: %s", w.Code, w.Body)
	}
}

func TestRenderEscapes(t *testing.T) {
	w := httptest.NewRecorder()
	newSite(t).Render(w, httptest.NewRequest("GET", "/", nil), 200, Page{Template: "page.html", Title: "</title>", Next: `javascript:x"`, Data: "<b>"})
	if text := w.Body.String(); strings.Contains(text, "<b>") || strings.Contains(text, "</title></title>") || strings.Contains(text, "javascript:") {
		t.Error(text)
	}
}

func TestNewSiteSaysWhatIsWrong(t *testing.T) {
	if _, err := NewSite("https://site.example", Look{Files: fstest.MapFS{"page.html": {Data: []byte(`{{`)}}}, nil); err == nil {
		t.Error("a template that cannot be parsed is taken")
	}
}

func TestRecoverCutsABegunAnswer(t *testing.T) {
	h := newSite(t).Recover(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte("half"))
		panic("x")
	}))
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("recovered %v, want the connection to be cut", v)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

// wordedCodes are codes that are told in different words, and all words there are.
func wordedCodes() []order.Code {
	return []order.Code{order.CodeInvalid, order.CodeNotFound, order.CodeExpired, order.CodeRevoked, order.CodeRateLimited, order.CodeUnavailable,
		order.CodeInFlight, order.CodePageChanged, order.CodeConflict, order.CodeRefused, order.CodeInternal}
}

func TestErrorsInWords(t *testing.T) {
	seen := map[string]order.Code{}
	for _, code := range wordedCodes() {
		heading, text := words(code)
		if other, twice := seen[heading]; twice || text == "" {
			t.Errorf("%s is told as %q, like %s", code, heading, other)
		}
		seen[heading] = code
	}
}

func TestErrorPageOffersToLoadAgain(t *testing.T) {
	for _, c := range []struct {
		method string
		code   order.Code
		want   bool
	}{{"GET", order.CodeUnavailable, true}, {"POST", order.CodeUnavailable, false}, {"GET", order.CodeNotFound, false}} {
		w := httptest.NewRecorder()
		newSite(t).Fail(w, httptest.NewRequest(c.method, "/", nil), order.Errorf(c.code, "", "as scripted"))
		if got := strings.Contains(w.Body.String(), `href="">Try again`); got != c.want {
			t.Errorf("%s, %s: %v", c.method, c.code, got)
		}
	}
}

// Nothing that holds a form's key prints it.
func TestFormKeyDoesNotPrint(t *testing.T) {
	holder := struct{ key FormKey }{NewFormKey([]byte("correct horse battery staple"))}
	if text := fmt.Sprintf("%v %+v %#v", holder, holder, holder); strings.Contains(text, "99 111") || strings.Contains(text, "correct") || strings.Contains(text, "636f7272") || strings.Contains(text, "0x63, 0x6f") {
		t.Errorf("it prints: %s", text)
	}
}

// A person is told what was wrong with what they sent, as a program is.
func TestFailureTellsItsProblems(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	f := newFailure(r, order.ValidateChoices(nil), Remedy{})
	if diff := cmp.Diff([]string{"choices is empty: choose at least one item"}, f.Problems); diff != "" {
		t.Error(diff)
	}
}
