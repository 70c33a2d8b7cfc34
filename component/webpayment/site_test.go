package webpayment_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"testing"

	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

// newIcon is a PNG of one colour.
func newIcon(width, height int) []byte {
	m := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range m.Pix {
		m.Pix[i] = 0xff
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func app(method string) webpayment.App {
	return webpayment.App{Method: method, Name: "Example Pay", Icon: newIcon(192, 192), Window: "/method/window"}
}

// operator is a FAKE of an operator's web site: the files of its payment handler,
// its payment page, and its server, which is the fake's.
func operator(t *testing.T, f *fake) (base string) {
	return webtest.Serve(t, "operator", func(base string) http.Handler {
		f.method = base + "/method"
		h, err := webpayment.NewHandler(app(f.method))
		if err != nil {
			t.Fatal(err)
		}
		mux := http.NewServeMux()
		mux.Handle("/method", h)
		mux.Handle("/method/", h)
		mux.Handle("POST /requests", f)
		mux.HandleFunc("GET /method/window", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self'")
			fmt.Fprint(w, `<!doctype html><title>Example Pay</title><script type=module src=/page.js></script>`)
		})
		mux.HandleFunc("GET /page.js", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, page)
		})
		mux.HandleFunc("POST /decision", f.decision)
		return mux
	})
}

// page is the payment page's script: it has no buttons, the server decides what the
// payer would.
const page = `import { request, paid, left } from '/method/window.js'
const { data, origin } = await request
const answer = await fetch('/decision?origin=' + encodeURIComponent(origin), { method: 'POST', body: data.request })
if (answer.ok) await paid(await answer.text())
else await left()
`

func (f *fake) decision(w http.ResponseWriter, r *http.Request) {
	request, err := io.ReadAll(r.Body)
	if err != nil || f.leaves {
		http.Error(w, "left", http.StatusForbidden)
		return
	}
	f.shown = r.URL.Query().Get("origin")
	token, err := f.approve(string(request), true)
	if err != nil {
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	}
	fmt.Fprint(w, token)
}
