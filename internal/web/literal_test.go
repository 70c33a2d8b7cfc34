package web

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/text/language"
)

// lookOf is a site of one page, in English and in a German of one text.
func lookOf(t *testing.T, page, key, german string) Look {
	t.Helper()
	b, err := Texts()
	if err == nil {
		err = b.SetString(language.German, key, german)
	}
	if err != nil {
		t.Fatal(err)
	}
	own := fstest.MapFS{"page.html": {Data: []byte(`{{template "top" .}}` + page + `{{template "bottom" .}}`)}}
	return Look{Files: pageFiles(), Own: own, Texts: b}
}

// A text is escaped for the place where it stands, whether it is known beforehand or not.
func TestTextsAreEscapedForTheirPlace(t *testing.T) {
	for page, want := range map[string]string{
		`<b title={{t "Paid"}}>`:                                          `<b title=a&#32;`,
		`<b title="{{t "Paid"}}">`:                                        `<b title="a &#34;&lt;&amp;">`,
		`<b>{{t "Paid"}}</b>`:                                             `<b>a &#34;&lt;&amp;</b>`,
		`<script type="application/json">{{t "Paid"}}</script>`:           `>"a \"\u003c\u0026"<`,
		`<a href="?to={{t "Paid"}}">x</a>`:                                `<a href="?to=a%20%22%3c%26">`,
		`<textarea>{{t "Paid"}}</textarea>`:                               `<textarea>a &#34;&lt;&amp;</textarea>`,
		`{{define "in"}} title="{{t "Paid"}}"{{end}}<b{{template "in"}}>`: `<b title="a &#34;&lt;&amp;">`,
	} {
		s, err := NewSite("https://site.example", lookOf(t, page, "Paid", `a "<&`), nil)
		if err != nil {
			t.Errorf("%s: %v", page, err)
			continue
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept-Language", "de")
		w := httptest.NewRecorder()
		s.Render(w, r, 200, Page{Template: "page.html", Title: "Order"})
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: want %s in %s", page, want, w.Body)
		}
	}
}

// What would fail before a payer's eyes fails when the site is made.
func TestNewSiteTriesPagesAndTexts(t *testing.T) {
	for name, c := range map[string]struct{ page, key, german, want string }{
		"a tag that does not end": {`<b title="{{t "Paid"}}`, "Paid", "Bezahlt", "page.html"},
		"a template that is not":  {`{{template "nowhere"}}`, "Paid", "Bezahlt", "nowhere"},
		"a percent sign":          {`{{t "Paid"}}`, "Paid", "100% bezahlt", `"Paid" is said in de`},
		"one at the end":          {`{{if .Data}}{{t "Paid"}}{{end}}`, "Paid", "zu 100%", `"Paid" is said in de`},
		"more than there is":      {`{{t "Pay %s" .Data}}`, "Pay %s", "%s an %s", `"Pay %s" is said in de`},
		"two percent signs":       {`{{t "Paid"}}`, "Paid", "100 %% bezahlt", ""},
		"less than there is":      {`{{t "Pay %s" .Data}}`, "Pay %s", "Zahlen", ""},
		"another order, twice":    {`{{t "%s by %s" .Data .Data}}`, "%s by %s", "%[2]s, %[1]s, %[1]s", ""},
	} {
		_, err := NewSite("https://site.example", lookOf(t, c.page, c.key, c.german), nil)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
