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
		mux.HandleFunc("POST /approve", f.approving)
		mux.HandleFunc("POST /shown", f.showing)
		return mux
	})
}

// page is the payment page's script.
const page = `import { request, paid, left } from '/method/window.js'
const { data, origin } = await request
const button = (id, onclick) => document.body.append(Object.assign(document.createElement('button'), { id, textContent: id, onclick }))
button('approve', async () => paid(await (await fetch('/approve', { method: 'POST', body: data.request })).text()))
button('leave', left)
await fetch('/shown', { method: 'POST', body: origin })
`

func (f *fake) approving(w http.ResponseWriter, r *http.Request) {
	request, err := io.ReadAll(r.Body)
	if err == nil {
		var token string
		if token, err = f.approve(string(request), true); err == nil {
			fmt.Fprint(w, token)
			return
		}
	}
	http.Error(w, err.Error(), http.StatusForbidden)
}

func (f *fake) showing(_ http.ResponseWriter, r *http.Request) {
	origin, _ := io.ReadAll(r.Body)
	f.shown <- string(origin)
}
