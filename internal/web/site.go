package web

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/anyscan/anyscan/order"
)

//go:embed style.css
var style string

//go:embed layout.html
var layout string

// Site renders pages of one look.
type Site struct {
	pages *template.Template
	hash  string // of the style sheet
	log   *slog.Logger
}

// NewSite parses the templates among files, *.html. Each page is a template of
// its file's name, beginning with {{template "top" .}} and ending with
// {{template "bottom" .}}. A nil logger discards.
func NewSite(files fs.FS, log *slog.Logger) (*Site, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	t := template.New("").Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(style) }, "grouped": grouped, "cost": cost,
	})
	t, err := t.Parse(layout)
	if err == nil {
		t, err = t.ParseFS(files, "*.html")
	}
	if err != nil {
		return nil, fmt.Errorf("web: templates: %w", err)
	}
	return &Site{t, hash(style), log}, nil
}

// Page is a page to be rendered.
type Page struct {
	Template string      // file name
	Title    string      // of the document
	Forms    []string    // sources that forms may lead to: 'self', an origin, or a scheme
	Refresh  int         // seconds after which the browser asks again, or goes to Next; 0 is never
	Next     string      // address to go to at once, without an entry in the browser's history
	Script   template.JS // the one script of the page; "" for none, as most have
	Connect  []string    // sources that the script may ask: 'self' or an origin
	Images   []string    // sources of pictures: an origin
	Data     any
}

// Render sends the page. It is rendered to its end first, so that what cannot be
// rendered is an error page and never half a page.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, p Page) {
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, p.Template, p); err != nil {
		s.log.ErrorContext(r.Context(), "page not rendered", "page", p.Template, "error", err)
		http.Error(w, "The page could not be made. Please try again.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", policy(s.hash, p))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	w.Write(b.Bytes()) // a failing write is not reported: nobody is left to tell
}

// grouped is an amount in major units with narrow spaces between thousands,
// which no country takes for a decimal point.
func grouped(m order.Money) string {
	whole, frac, pointed := strings.Cut(m.Decimal(), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "\u202f" + whole[i:]
	}
	if pointed {
		return whole + "." + frac
	}
	return whole
}

// cost is what a line comes to.
func cost(l order.Line) (order.Money, error) { return l.Price.Times(l.Quantity) }
