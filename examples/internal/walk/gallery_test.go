package walk

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/internal/web/webtest"
)

// picture is a page in one of its states.
type picture struct {
	name  string
	path  string // that shows it, or that the payer starts from
	after []chromedp.Action[chromedp.Void]
	at    string // where it then is; "" is still at path
	shows string // what is on it
}

// gallery examines each of the pictures at the address.
func gallery(t *testing.T, pictures []picture, newHandler func(base string) http.Handler) {
	axe, browser := webtest.Axe(t), webtest.Browser(t)
	seen := &once{}
	base := webtest.Serve(t, "gallery", func(base string) http.Handler {
		seen.Handler = newHandler(base)
		return seen
	})
	for _, p := range pictures {
		t.Run(p.name, func(t *testing.T) {
			seen.forget()
			webtest.Dark(browser, t, false)
			webtest.Do(browser, t, chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile, chromedp.EmulateTouch), chromedp.Navigate(base+p.path))
			webtest.Do(browser, t, p.after...)
			payer{t, browser, nil}.seesAt(base+cmp.Or(p.at, p.path), p.shows)
			examine(browser, t, axe)
		})
	}
}

// examine looks at the page on a small phone, by day and by night, with all that
// unfolds unfolded.
func examine(browser context.Context, t *testing.T, axe string) {
	t.Helper()
	webtest.Do(browser, t, chromedp.Evaluate[chromedp.Void]("document.querySelectorAll('details').forEach(d => { d.open = true })"))
	for _, m := range webtest.Misfits(browser, t) {
		t.Errorf("on 320 pixels: %s", m)
	}
	for hour, dark := range map[string]bool{"light": false, "dark": true} {
		webtest.Dark(browser, t, dark)
		for _, v := range webtest.Violations(browser, t, axe) {
			t.Errorf("%s: %s", hour, v)
		}
	}
}

// provider is a page of the gallery to which a payer is sent on, and never gets.
const provider = "/provider"

// once answers each address once, and then with nothing, which leaves a browser where
// it is: a page that looks again by itself stays while it is examined.
type once struct {
	http.Handler
	mu    sync.Mutex
	shown map[string]bool
}

func (o *once) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shown = map[string]bool{}
}

func (o *once) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == provider || r.Header.Get("Sec-Fetch-Dest") == "document" && o.again(r.Method+" "+r.URL.Path) {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	o.Handler.ServeHTTP(w, r)
}

func (o *once) again(what string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := o.shown[what]
	o.shown[what] = true
	return before
}
