package web

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"
	"golang.org/x/text/message/catalog"
)

//go:embed style.css
var style string

//go:embed page.js
var script string

//go:embed layout.html
var layout string

// Site renders pages of one look, in several languages.
type Site struct {
	base          string
	voices        []*voice // the first where no other fits
	matcher       language.Matcher
	heard         sync.Map     // from wishes to *voice
	wishes        atomic.Int64 // how many were heard for the first time
	style, script asset
	pictures      map[string]asset // by the name of the file without its ending
	buffers       sync.Pool        // of *bytes.Buffer
	log           *slog.Logger
}

// Look is what a site's pages are made of.
type Look struct {
	// Files are the templates, *.html, and what is added to the site's own style
	// sheet and script, *.css and *.js. Each page is a template of its file's name,
	// beginning with {{template "top" .}} and ending with {{template "bottom" .}}.
	Files fs.FS
	// Own are files in the place of those of the same name, and more of them, of who
	// brings another look. nil for none.
	Own fs.FS
	// Style is CSS after all of the files'. "" for none.
	Style string
	// Pictures are files of at most 16 kB, NAME.svg and NAME.png. nil for none.
	Pictures fs.FS
	// Texts is what the pages say. Default: Texts().
	Texts catalog.Catalog
}

// NewSite parses the templates of a site at its public address base. A nil logger
// discards. The error names the file that cannot be read or parsed.
func NewSite(base string, look Look, log *slog.Logger) (*Site, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &Site{base: base, log: log}
	err := errors.Join(s.dress(look), s.hang(look.Pictures))
	if err == nil {
		err = s.teach(look)
	}
	if err != nil {
		return nil, fmt.Errorf("web: the pages: %w", err)
	}
	return s, nil
}

// dress makes the style sheet and the script: the site's, the pages', and the own.
func (s *Site) dress(look Look) error {
	css, js := style, script
	var errs []error
	for _, files := range look.files() {
		for ending, into := range map[string]*string{".css": &css, ".js": &js} {
			more, err := joined(files, ending)
			*into += more
			errs = append(errs, err)
		}
	}
	if look.Style != "" {
		css += "\n" + look.Style
	}
	s.style = newAsset(s.base, "style", ".css", "text/css; charset=utf-8", css)
	s.script = newAsset(s.base, "page", ".js", "text/javascript; charset=utf-8", js)
	return errors.Join(errs...)
}

func (l Look) files() []fs.FS {
	if l.Own == nil {
		return []fs.FS{l.Files}
	}
	return []fs.FS{l.Files, l.Own}
}

// teach makes the pages in every language of the catalogue.
func (s *Site) teach(look Look) (err error) {
	texts := look.Texts
	if texts == nil {
		if texts, err = Texts(); err != nil {
			return err
		}
	}
	tags := texts.Languages()
	if len(tags) == 0 {
		return errors.New("the catalogue of texts has no language")
	}
	first, err := s.newVoice(tags[0], texts, template.New(""))
	if err != nil {
		return err
	}
	pages, err := look.parse(first.funcs())
	names, bad := fs.Glob(look.Files, "*.html")
	err = errors.Join(err, bad)
	for _, tag := range tags {
		var v *voice
		if err == nil {
			v, err = s.newVoice(tag, texts, pages)
		}
		if err == nil {
			err = v.settle(append(names, "error"))
		}
		s.voices = append(s.voices, v)
	}
	s.matcher = language.NewMatcher(tags)
	return err
}

func (l Look) parse(funcs template.FuncMap) (*template.Template, error) {
	t, err := template.New("").Funcs(funcs).Parse(layout)
	for _, files := range l.files() {
		names, bad := fs.Glob(files, "*.html")
		if err == nil {
			err = bad
		}
		if err == nil && len(names) > 0 {
			t, err = t.ParseFS(files, names...)
		}
	}
	return t, err
}

// Serve adds what pages load to the routes.
func (s *Site) Serve(mux *http.ServeMux) {
	for _, a := range slices.AppendSeq([]asset{s.style, s.script}, maps.Values(s.pictures)) {
		mux.Handle("GET "+a.Path, a)
	}
}

// Page is a page to be rendered.
type Page struct {
	Template string   // file name
	Title    string   // of the document, by its English text
	Named    string   // what is put into the title; "" for nothing
	Forms    []string // sources that forms may lead to: 'self', an origin, or a scheme
	Refresh  int      // seconds after which the page finds out whether its state has changed; 0 is never
	Left     int      // seconds until the page is another by itself; 0 is never
	State    string   // what a change is told by
	Next     string   // address to go to at once, without an entry in the browser's history
	Connect  []string // sources that the script may ask beside the site: an origin
	Images   []string // sources of pictures beside the site's: an origin
	Data     any
}

// spoken is a page in one language, as the templates are given it.
type spoken struct {
	Page
	Said   string   // the title
	Reload int      // seconds after which a browser without scripts asks again
	Others []tongue // languages that it could be in
	Again  bool     // it can be asked for again
}

// reload is when a browser without scripts asks again: for news, or when the page is
// another by itself.
func (p Page) reload() int {
	if p.Refresh == 0 && p.Left > 0 {
		return p.Left + 1
	}
	return p.Refresh
}

// title is the document's, in the voice's language.
func (p Page) title(v *voice) string {
	if p.Named == "" {
		return v.say(p.Title)
	}
	return v.say(p.Title, p.Named)
}

// Render sends the page. It is rendered to its end first, so that what cannot be
// rendered is an error page and never half a page.
func (s *Site) Render(w http.ResponseWriter, r *http.Request, status int, p Page) {
	v := s.speak(r)
	b, ok := s.buffers.Get().(*bytes.Buffer)
	if !ok {
		b = &bytes.Buffer{}
	}
	b.Reset()
	defer s.buffers.Put(b)
	page := spoken{p, p.title(v), p.reload(), s.tongues(r, v), readOnly(r)}
	if err := v.pages.ExecuteTemplate(b, p.Template, page); err != nil {
		s.log.ErrorContext(r.Context(), "page not rendered", "page", p.Template, "error", err)
		http.Error(w, "The page could not be made. Please try again.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", s.policy(p))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.tag.String())
	h.Add("Vary", "Accept-Language, Cookie")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	w.Write(b.Bytes()) // a failing write is not reported: nobody is left to tell
}
