package webtest

import (
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// Page is what a person can read and do on a page.
type Page struct {
	Lang, Title, Refresh string
	Text                 string            // of the body, words separated by one space
	Dir                  string            // of the text
	Style, Script        string            // addresses of the style sheet and the script
	Links                map[string]string // text to address
	Forms                []Form
	Scripts              int
	Unlabelled           []string // inputs that a person sees without a label
}

// Form is one form of a page.
type Form struct {
	Method, Action string
	Fields         url.Values        // hidden and empty ones
	Buttons        map[string]string // text to "name=value"
}

// Parse reads a page.
func Parse(t testing.TB, body string) Page {
	t.Helper()
	root, err := html.ParseWithOptions(strings.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		t.Fatal(err)
	}
	r := reader{p: Page{Links: map[string]string{}}, labels: map[string]bool{}}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			r.element(n)
		}
	}
	for _, id := range r.inputs {
		if !r.labels[id] {
			r.p.Unlabelled = append(r.p.Unlabelled, id)
		}
	}
	return r.p
}

type reader struct {
	p      Page
	labels map[string]bool
	inputs []string // identifiers of those that a person sees
}

func (r *reader) element(n *html.Node) {
	switch n.Data {
	case "html":
		r.p.Lang, r.p.Dir = attr(n, "lang"), attr(n, "dir")
	case "title":
		r.p.Title = text(n)
	case "link":
		r.p.Style = attr(n, "href")
	case "meta":
		if attr(n, "http-equiv") == "refresh" {
			r.p.Refresh = attr(n, "content")
		}
	case "body":
		r.p.Text = text(n)
	case "script":
		r.p.Scripts++
		r.p.Script = attr(n, "src")
	case "a":
		r.p.Links[text(n)] = attr(n, "href")
	case "label":
		r.labels[attr(n, "for")] = true
	case "form":
		r.p.Forms = append(r.p.Forms, Form{attr(n, "method"), attr(n, "action"), url.Values{}, map[string]string{}})
	case "input":
		r.form().Fields.Add(attr(n, "name"), attr(n, "value"))
		if attr(n, "type") != "hidden" {
			r.inputs = append(r.inputs, attr(n, "id"))
		}
	case "button":
		r.form().Buttons[text(n)] = attr(n, "name") + "=" + attr(n, "value")
	}
}

func (r *reader) form() *Form { return &r.p.Forms[len(r.p.Forms)-1] }

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// text is what a person hears: without what is hidden from that.
func text(n *html.Node) string {
	var b strings.Builder
	var read func(*html.Node)
	read = func(n *html.Node) {
		if n.Type == html.TextNode {
			b.WriteString(n.Data + " ")
		}
		for c := range n.ChildNodes() {
			if attr(c, "aria-hidden") != "true" {
				read(c)
			}
		}
	}
	read(n)
	return strings.Join(strings.Fields(b.String()), " ")
}
