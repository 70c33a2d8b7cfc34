package main

import (
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html/template"
	"log/slog"
	"net/http"
)

//go:embed sales.html
var salesPage string

//go:embed sales.css
var salesStyle string

// pages are the backend's own: the sales, for those who know the password.
type pages struct {
	books    *books
	page     *template.Template
	policy   string // the page loads nothing, and has this one style
	password string
	log      *slog.Logger
}

func newPages(b *books, password string, log *slog.Logger) (*pages, error) {
	style := func() template.CSS { return template.CSS(salesStyle) }
	page, err := template.New("sales").Funcs(template.FuncMap{"style": style}).Parse(salesPage)
	sum := sha256.Sum256([]byte(salesStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; frame-ancestors 'none'"
	return &pages{b, page, policy, password, log}, err
}

// mount makes one site of the backend's pages and the library's handler.
func (p *pages) mount(library http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", library)
	mux.HandleFunc("GET /sales", p.guarded(p.html))
	mux.HandleFunc("GET /sales.json", p.guarded(p.json))
	return mux
}

// guarded wants the password, under any user name, and answers with the sales.
func (p *pages) guarded(show func(http.ResponseWriter, []sale) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Content-Security-Policy", p.policy)
		_, password, _ := r.BasicAuth()
		if subtle.ConstantTimeCompare([]byte(password), []byte(p.password)) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="sales"`)
			http.Error(w, "The sales are for those who know the password.", http.StatusUnauthorized)
			return
		}
		sales, err := p.books.latest(r.Context())
		if err == nil {
			err = show(w, sales)
		}
		if err != nil {
			p.log.ErrorContext(r.Context(), "the sales cannot be shown", "err", err)
			http.Error(w, "The sales cannot be shown now.", http.StatusInternalServerError)
		}
	}
}

func (p *pages) html(w http.ResponseWriter, sales []sale) error {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	return p.page.Execute(w, sales)
}

func (p *pages) json(w http.ResponseWriter, sales []sale) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(map[string][]sale{"sales": sales})
}
