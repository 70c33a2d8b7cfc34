package webtest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/internal/web/webtest"
)

// The examinations can fail: each of these is found, and nothing else.
func TestWhatIsWrongWithAPageIsFound(t *testing.T) {
	ctx, axe := webtest.Browser(t), webtest.Axe(t)
	const head = `<!doctype html><html lang=en><title>Tea</title><meta name=viewport content="width=device-width">
<style>button, input { width: 9rem; height: 3rem } @media (prefers-color-scheme: dark) { body { background: #000; color: #fff } a { color: #aaf } #dim { color: #222 } } body { margin: 0 }</style>
<main><h1>Tea</h1>`
	for body, want := range map[string]string{
		`<p><a style="display: block; padding: 1rem" href="/">Back</a></p>`: "",
		`<input name=amount>`:                       "label: input",
		`<p id=dim>One pot</p>`:                     "color-contrast: #dim",
		`<button style="height: 43px">Pay</button>`: `BUTTON  "Pay" is 144 × 43 pixels`,
		`<p style="width: 321px">Order</p>`:         "the page is 321 pixels wide, the window 320",
	} {
		address := webtest.Serve(t, "tea", func(string) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
				io.WriteString(w, head+body+"</main>")
			})
		})
		webtest.Dark(ctx, t, true)
		webtest.Do(ctx, t, chromedp.EmulateViewport(320, 640, chromedp.EmulateMobile), chromedp.Navigate(address))
		found := append(webtest.Violations(ctx, t, axe), webtest.Misfits(ctx, t)...)
		if want == "" && len(found) > 0 || want != "" && (len(found) != 1 || !strings.HasPrefix(found[0], want)) {
			t.Errorf("in %s was found %q, want %q", body, found, want)
		}
	}
}
