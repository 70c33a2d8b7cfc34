package web

import (
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/text/language"

	"github.com/anyscan/anyscan/order"
)

// An amount is written as its language does, and never with the point elsewhere.
func TestAmounts(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		lang string
		m    order.Money
		want string
	}{
		{"en", order.Money{Amount: 123456, Currency: "EUR"}, "€1,234.56"}, {"en", order.Money{Amount: 100000, Currency: "CNY"}, "CN¥1,000.00"},
		{"zh", order.Money{Amount: 100000, Currency: "CNY"}, "¥1,000.00"}, {"en", order.Money{Amount: 1250000, Currency: "JPY"}, "¥1,250,000"},
		{"en", order.Money{Amount: 1, Currency: "KWD"}, "KWD\u00a00.001"}, {"zh", order.Money{}, "0"},
	} {
		if got := s.match(c.lang).amount(c.m); got != c.want {
			t.Errorf("%s, %v: %q, want %q", c.lang, c.m, got, c.want)
		}
	}
}

// Whatever the tables of a formatter say of a currency, what it writes has the digits
// of the amount, in every currency that an order can be in.
func TestAmountsHaveTheirDigits(t *testing.T) {
	digits := regexp.MustCompile(`[^0-9]`)
	v := newSite(t).voices[0]
	n := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			for c := 'A'; c <= 'Z'; c++ {
				m := order.Money{Amount: 1234567, Currency: string([]rune{a, b, c})}
				if _, ok := order.Exponent(m.Currency); !ok {
					continue
				}
				n++
				if got := v.plain(m); digits.ReplaceAllString(got, "") != "1234567" || strings.Contains(m.Decimal(), ".") != strings.Contains(got, ".") {
					t.Errorf("%s: %s is written as %q", m.Currency, m.Decimal(), got)
				}
			}
		}
	}
	if n < 150 {
		t.Errorf("%d currencies were looked at", n)
	}
}

// texts of templates, and of the failures.
func keys(t *testing.T) (all []string) {
	t.Helper()
	call := regexp.MustCompile(`\bt "((?:[^"\\]|\\.)*)"`)
	for _, pattern := range []string{"*.html", "../../order/orderhttp/pages/*.html", "../../gateway/gatewayhttp/pages/*.html"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, found := range call.FindAllSubmatch(data, -1) {
				all = append(all, string(found[1]))
			}
		}
	}
	for _, code := range wordedCodes() {
		heading, text := words(code)
		all = append(all, heading, text)
	}
	return all
}

// Every text has its Chinese one, with as much put into it; and nothing is in the file
// that no page says.
func TestEveryTextIsTranslated(t *testing.T) {
	data, err := texts.ReadFile("texts/zh.json")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	if err := json.Unmarshal(data, &said); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys(t) {
		if text, ok := said[key]; !ok && key != "%s" {
			t.Errorf("%q is not in texts/zh.json", key)
		} else if strings.Count(text, "%s") != strings.Count(key, "%s") && key != "%s" {
			t.Errorf("%q is %q: want as many %%s", key, text)
		}
	}
	source := source(t)
	for key := range said {
		if !strings.Contains(source, `"`+key+`"`) && !strings.Contains(source, key) && len(strings.Fields(key)) > 2 {
			t.Errorf("%q is said nowhere", key)
		}
	}
}

// source is the text of all that makes pages.
func source(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range []string{".", "../../order", "../../gateway/gatewayhttp"} {
		err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, ".html") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			data, err := os.ReadFile(name)
			b.Write(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// A person is answered in the language that was picked, or that the browser wants
// most, or in the first.
func TestLanguages(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ accept, cookie, want string }{
		{"", "", "en"}, {"zh-CN,zh;q=0.9,en;q=0.8", "", "zh"}, {"en-GB,zh;q=0.5", "", "en"}, {"zh-Hant-TW", "", "zh"},
		{"fr", "", "en"}, {"fr, zh;q=0.1", "", "zh"}, {"*", "", "en"}, {"\x00;;q=", "", "en"}, {strings.Repeat("zh,", 200), "", "en"},
		{"zh", "en", "en"}, {"en", "zh", "zh"}, {"zh", "none of ours", "zh"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", c.accept)
		if c.cookie != "" {
			r.AddCookie(&http.Cookie{Name: localesName, Value: c.cookie})
		}
		if got := s.speak(r).tag.String(); got != c.want {
			t.Errorf("Accept-Language %.40q, cookie %q: %s, want %s", c.accept, c.cookie, got, c.want)
		}
	}
}

// Who picks a language is sent on to the address without the choice, which is no part
// of what was signed, and remembered for it.
func TestLanguageIsPicked(t *testing.T) {
	s := newSite(t)
	h := s.Protect(http.NewServeMux(), nil)
	for path, want := range map[string][2]string{
		"/m/tea?v=%41&ui_locales=zh&q.a=1": {"https://site.example/m/tea?v=%41&q.a=1", "zh"}, "/m/tea?ui_locales=zh-CN": {"https://site.example/m/tea", "zh"},
		"/m/tea?ui_locales=fr": {"https://site.example/m/tea", ""}, "/m/tea?ui_locales=": {"https://site.example/m/tea", ""},
	} {
		mux := http.NewServeMux()
		mux.HandleFunc("/m/tea", func(http.ResponseWriter, *http.Request) { t.Errorf("%s reaches its page", path) })
		w := httptest.NewRecorder()
		s.Protect(mux, nil).ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		cookie := ""
		for _, c := range w.Result().Cookies() {
			cookie = c.Value
			if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
				t.Errorf("%s: the cookie is %v", path, c)
			}
		}
		if w.Code != 303 || w.Header().Get("Location") != want[0] || cookie != want[1] {
			t.Errorf("%s: status %d, to %s, cookie %q", path, w.Code, w.Header().Get("Location"), cookie)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "//evil.example/?ui_locales=zh", nil))
	if to := w.Header().Get("Location"); to != "" && !strings.HasPrefix(to, "https://site.example/") {
		t.Errorf("sent on to %s", to)
	}
}

// An integrator's language that is written from right to left turns the page, and what
// is put into a text stands by itself.
func TestRightToLeft(t *testing.T) {
	b, err := Texts()
	if err != nil {
		t.Fatal(err)
	}
	for key, text := range map[string]string{english: "العربية", "Pay %s": "ادفع إلى %s"} {
		if err := b.SetString(language.Arabic, key, text); err != nil {
			t.Fatal(err)
		}
	}
	s, err := NewSite("https://site.example", Look{Files: pageFiles(), Texts: b}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/m/tea", nil)
	r.Header.Set("Accept-Language", "ar-EG")
	w := httptest.NewRecorder()
	s.Render(w, r, 200, Page{Template: "page.html", Title: "Pay %s", Named: "Tea House", Data: ""})
	text := w.Body.String()
	for _, want := range []string{`<html lang="ar" dir="rtl">`, "<title>ادفع إلى \u2068Tea House\u2069</title>", `lang="en" hreflang="en">English<`, `>中文<`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	// Side by side, two names would change places.
	if got := s.match("en").say("%s did not go through (%s).", "תה", "نعم"); got != "\u2068תה\u2069 did not go through (\u2068نعم\u2069)." {
		t.Errorf("names in an English text: %q", got)
	}
	if got := s.match("ar").say("Paid"); got != "Paid" {
		t.Errorf("what Arabic lacks is said as %q: want English", got)
	}
}

func TestAssetsMayBeKept(t *testing.T) {
	s := newSite(t)
	mux := http.NewServeMux()
	s.Serve(mux)
	for _, a := range []asset{s.style, s.script} {
		w := httptest.NewRecorder()
		s.Protect(mux, nil).ServeHTTP(w, httptest.NewRequest("GET", a.Path, nil))
		if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || newAsset(s.base, "x", "", "", w.Body.String()).Integrity != a.Integrity {
			t.Errorf("%s: status %d, %v", a.Path, w.Code, w.Header())
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 12, 1, 15, 4, 5, 0, time.FixedZone("", 8*3600))
	s := newSite(t)
	if en, zh := s.match("en").day(at), s.match("zh").day(at); en != "1 December 2026, 07:04 UTC" || zh != "2026年12月1日 07:04（UTC）" {
		t.Errorf("%s, %s", en, zh)
	}
	if en, zh := s.match("en").hour(at), s.match("zh").hour(at); en != "07:04 UTC" || zh != "07:04（UTC）" {
		t.Errorf("%s, %s", en, zh)
	}
	if got := minutes(3600) + " " + minutes(3599) + " " + minutes(61); got != "60:00 59:59 1:01" {
		t.Error(got)
	}
}

// HEAD is answered as GET is: with the same length, and sent on for a language.
func TestHeadIsAnsweredAsGet(t *testing.T) {
	s := newSite(t)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /m/tea", func(w http.ResponseWriter, r *http.Request) {
		s.Render(w, r, 200, Page{Template: "page.html", Title: "Paid", Data: r.URL.RawQuery})
	})
	for _, path := range []string{"/m/tea", "/m/tea?v=1", "/m/tea?v=1&ui_locales=zh"} {
		var answers [2]*httptest.ResponseRecorder
		for i, method := range []string{"GET", "HEAD"} {
			answers[i] = httptest.NewRecorder()
			s.Protect(mux, nil).ServeHTTP(answers[i], httptest.NewRequest(method, path, nil))
		}
		if get, head := answers[0], answers[1]; get.Code != head.Code || !maps.EqualFunc(get.Header(), head.Header(), slices.Equal) {
			t.Errorf("%s: %d %v, but HEAD: %d %v", path, get.Code, get.Header(), head.Code, head.Header())
		}
	}
}

// A wish that is remembered does not hold the header that it came in.
func TestWishesHoldNoHeaders(t *testing.T) {
	s := newSite(t)
	header := strings.Repeat("x", 60<<10) + "zh"
	wish := header[len(header)-2:]
	if s.match(wish).tag != language.Chinese {
		t.Fatal("zh is not heard")
	}
	s.heard.Range(func(key, _ any) bool {
		if kept := key.(string); unsafe.StringData(kept) == unsafe.StringData(wish) {
			t.Errorf("%q is a part of %d bytes, which are kept with it", kept, len(header))
		}
		return true
	})
}

// The script loads a page again that the browser kept, but for one that answers a form.
func TestPageSaysThatItCanBeLoadedAgain(t *testing.T) {
	for method, want := range map[string]bool{"GET": true, "POST": false} {
		w := httptest.NewRecorder()
		newSite(t).Render(w, httptest.NewRequest(method, "/", nil), 200, Page{Template: "page.html", Title: "Paid"})
		if got := strings.Contains(w.Body.String(), "<main data-again>"); got != want {
			t.Errorf("%s: %v", method, got)
		}
	}
}
