package webpayment

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"github.com/anyscan/anyscan/order"
)

// Handler serves the files with which browsers find and run a payment app. It serves
// the payment method identifier's path and the folder below it: for
// https://pay.example/method mount it at /method and /method/, and the operator's
// payment page, whose path is longer, beside it.
//
//	/method                          HEAD and GET: the manifest, with a Link to it
//	/method/payment-manifest.json    the payment method manifest
//	/method/app.webmanifest          the web app manifest
//	/method/icon.png                 the icon
//	/method/worker.js                the service worker: the payment handler
//	/method/window.js                for the payment page: a module to talk to the worker
//
// A Handler is safe for concurrent use and does not change.
type Handler struct {
	folder string
	files  map[string]file // by path
}

type file struct {
	content []byte
	header  http.Header
}

// NewHandler makes the handler of an app. The error is an *order.Error with
// CodeInvalid and every problem of the app, each with its path.
func NewHandler(a App) (*Handler, error) {
	const op = "webpayment.NewHandler"
	folder, size, problems := a.checked()
	if len(problems) > 0 {
		return nil, &order.Error{Code: order.CodeInvalid, Op: op, Detail: "the payment app is not valid", Problems: problems}
	}
	a.Icon = slices.Clone(a.Icon)
	contents, err := a.files(folder, size)
	if err != nil {
		return nil, &order.Error{Code: order.CodeInternal, Op: op, Err: err}
	}
	h := &Handler{folder, map[string]file{}}
	for name, content := range contents {
		h.files[folder+name] = file{content, h.header(name, content)}
	}
	root := h.files[folder+fileManifest]
	root.header = root.header.Clone()
	root.header.Set("Link", "<"+folder+fileManifest+`>; rel="payment-method-manifest"`)
	h.files[folder] = root
	if folder != "/" {
		h.files[folder[:len(folder)-1]] = root
	}
	return h, nil
}

// header is that of a file. Scripts and the manifests are asked for anew each time,
// with an ETag, so that a mistake in them is mended at once.
func (h *Handler) header(name string, content []byte) http.Header {
	sum := sha256.Sum256(content)
	caching := "no-cache"
	if name == fileIcon {
		caching = "public, max-age=86400"
	}
	header := http.Header{
		"Content-Type": {fileKinds()[name]}, "Cache-Control": {caching}, "Etag": {`"` + hex.EncodeToString(sum[:16]) + `"`},
		"Content-Security-Policy": {"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
		"X-Content-Type-Options":  {"nosniff"}, "Referrer-Policy": {"no-referrer"},
	}
	if name == fileWorker {
		header.Set("Service-Worker-Allowed", h.folder)
	}
	return header
}

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := h.files[r.URL.Path]
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "this file is read with GET or HEAD", http.StatusMethodNotAllowed)
		return
	}
	for name, values := range f.header {
		w.Header()[name] = slices.Clone(values)
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}
