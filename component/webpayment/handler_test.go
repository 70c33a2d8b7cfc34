package webpayment_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/order"
)

func get(t *testing.T, h http.Handler, method, path string, header http.Header) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func newApp(t *testing.T, change func(*webpayment.App)) *webpayment.Handler {
	t.Helper()
	a := app(testMethod)
	if change != nil {
		change(&a)
	}
	h, err := webpayment.NewHandler(a)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func object(t *testing.T, r *http.Response) (v map[string]any) {
	t.Helper()
	if err := json.NewDecoder(r.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// A browser finds everything from the method identifier on, as the documents say.
func TestFilesLeadToTheApp(t *testing.T) {
	for _, c := range []struct{ method, root, folder string }{
		{"https://pay.test/method", "/method", "/method/"}, {"https://pay.test/method/", "/method/", "/method/"},
		{"https://pay.test", "/", "/"}, {"https://pay.test:8443/a/b", "/a/b", "/a/b/"},
	} {
		h := newApp(t, func(a *webpayment.App) {
			a.Method, a.Window, a.Origins = c.method, c.folder+"window", []string{"https://bank.example", "https://other.example:8443"}
		})
		head := get(t, h, "HEAD", c.root, nil)
		if want := "<" + c.folder + `payment-manifest.json>; rel="payment-method-manifest"`; head.StatusCode != 200 || head.Header.Get("Link") != want {
			t.Errorf("%s: status %d, Link %s, want %s", c.method, head.StatusCode, head.Header.Get("Link"), want)
		}
		origin := strings.TrimSuffix(c.method, strings.TrimSuffix(c.root, "/"))
		if c.root == "/method/" {
			origin = "https://pay.test"
		}
		want := map[string]any{"default_applications": []any{origin + c.folder + "app.webmanifest"}, "supported_origins": []any{"https://bank.example", "https://other.example:8443"}}
		for _, path := range []string{c.root, c.folder + "payment-manifest.json"} {
			if diff := cmp.Diff(want, object(t, get(t, h, "GET", path, nil))); diff != "" {
				t.Errorf("%s at %s: %s", c.method, path, diff)
			}
		}
		want = map[string]any{"name": "Example Pay", "short_name": "Example Pay",
			"icons":         []any{map[string]any{"src": c.folder + "icon.png", "sizes": "192x192", "type": "image/png"}},
			"serviceworker": map[string]any{"src": c.folder + "worker.js", "scope": c.folder, "use_cache": false}}
		if diff := cmp.Diff(want, object(t, get(t, h, "GET", c.folder+"app.webmanifest", nil))); diff != "" {
			t.Errorf("%s: %s", c.method, diff)
		}
		if _, err := png.Decode(get(t, h, "GET", c.folder+"icon.png", nil).Body); err != nil {
			t.Error(err)
		}
	}
}

// Each file has its media type, is cached as it may be, and can do nothing by itself.
func TestHeadersOfFiles(t *testing.T) {
	h := newApp(t, nil)
	for path, c := range map[string]struct{ media, caching string }{
		"/method":                       {"application/json", "no-cache"},
		"/method/payment-manifest.json": {"application/json", "no-cache"},
		"/method/app.webmanifest":       {"application/manifest+json", "no-cache"},
		"/method/icon.png":              {"image/png", "public, max-age=86400"},
		"/method/worker.js":             {"text/javascript; charset=utf-8", "no-cache"},
		"/method/window.js":             {"text/javascript; charset=utf-8", "no-cache"},
	} {
		r := get(t, h, "GET", path, nil)
		want := map[string]string{"Content-Type": c.media, "Cache-Control": c.caching, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'", "Service-Worker-Allowed": ""}
		if path == "/method/worker.js" {
			want["Service-Worker-Allowed"] = "/method/"
		}
		got := map[string]string{}
		for name := range want {
			got[name] = r.Header.Get(name)
		}
		if diff := cmp.Diff(want, got); diff != "" || r.StatusCode != 200 {
			t.Errorf("%s: status %d %s", path, r.StatusCode, diff)
		}
		again := get(t, h, "GET", path, http.Header{"If-None-Match": {r.Header.Get("Etag")}})
		if r.Header.Get("Etag") == "" || again.StatusCode != 304 {
			t.Errorf("%s asked for again: status %d", path, again.StatusCode)
		}
		if r := get(t, h, "POST", path, nil); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("POST %s: status %d", path, r.StatusCode)
		}
	}
	for _, path := range []string{"/", "/method/window", "/method/x", "/methods", "/method/../method", "/method//icon.png", "/METHOD"} {
		if r := get(t, h, "GET", path, nil); r.StatusCode != 404 {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
	}
}

// NewHandler says everything that is wrong with an app, and where.
func TestNewHandlerTellsEveryProblem(t *testing.T) {
	_, err := webpayment.NewHandler(webpayment.App{Method: "https://pay.test/method?v=1", Icon: []byte("<svg/>"), Origins: []string{"https://bank.example/", "*"}})
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeInvalid || e.Op != "webpayment.NewHandler" {
		t.Fatal(err)
	}
	want := []order.Problem{
		{Path: "/method", Detail: `"https://pay.test/method?v=1" has a query: files cannot stand below it`},
		{Path: "/name", Detail: "is missing"},
		{Path: "/icon", Detail: "is no PNG"},
		{Path: "/origins/0", Detail: `"https://bank.example/" is not an origin: want https://host or https://host:port alone, in lower case`},
		{Path: "/origins/1", Detail: `"*" is not an address: want https://host/path, without user name and fragment`},
	}
	if diff := cmp.Diff(want, e.Problems); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What a browser would not take, or take for something else, is refused at once.
func TestAppsThatAreNone(t *testing.T) {
	icon := newIcon(192, 192)
	changed := bytes.Clone(icon)
	changed[len(changed)-20] ^= 1
	for name, c := range map[string]struct {
		change     func(*webpayment.App)
		path, says string
	}{
		"no icon":         {func(a *webpayment.App) { a.Icon = nil }, "/icon", "has 0 bytes"},
		"a page":          {func(a *webpayment.App) { a.Icon = []byte("<html>") }, "/icon", "is no PNG"},
		"half an icon":    {func(a *webpayment.App) { a.Icon = icon[:len(icon)/2] }, "/icon", "breaks off or was changed"},
		"a changed icon":  {func(a *webpayment.App) { a.Icon = changed }, "/icon", "breaks off or was changed"},
		"a small icon":    {func(a *webpayment.App) { a.Icon = newIcon(31, 192) }, "/icon", "has 31×192 pixels"},
		"a large icon":    {func(a *webpayment.App) { a.Icon = newIcon(192, 1025) }, "/icon", "has 192×1025 pixels"},
		"a long icon":     {func(a *webpayment.App) { a.Icon = make([]byte, 600<<10) }, "/icon", "want a PNG of 1 to"},
		"plain http":      {func(a *webpayment.App) { a.Method = "http://pay.test/method" }, "/method", "is not https"},
		"an escape":       {func(a *webpayment.App) { a.Method = "https://pay.test/m%2e" }, "/method", "is not one of A-Z"},
		"a step":          {func(a *webpayment.App) { a.Method = "https://pay.test/a/../method" }, "/method", "is not one of A-Z"},
		"no window":       {func(a *webpayment.App) { a.Window = "" }, "/window", "is not a path below /method/"},
		"window outside":  {func(a *webpayment.App) { a.Window = "/window" }, "/window", "is not a path below /method/"},
		"window climbing": {func(a *webpayment.App) { a.Window = "/method/../window" }, "/window", "is not a path below"},
		"window away":     {func(a *webpayment.App) { a.Window = "//evil.test/method/" }, "/window", "is not a path below"},
		"window of ours":  {func(a *webpayment.App) { a.Window = "/method/worker.js" }, "/window", "is one of the files"},
		"a window's end":  {func(a *webpayment.App) { a.Window = `/method/"+alert(1)` }, "/window", "is not a path below"},
		"too many":        {func(a *webpayment.App) { a.Origins = make([]string, 65) }, "/origins", "has 65 entries"},
		"default port":    {func(a *webpayment.App) { a.Origins = []string{"https://bank.example:443"} }, "/origins/0", "is not an origin"},
		"a name to see":   {func(a *webpayment.App) { a.Name = "Pay\u202e" }, "/name", "direction"},
	} {
		a := app(testMethod)
		c.change(&a)
		_, err := webpayment.NewHandler(a)
		e, ok := errors.AsType[*order.Error](err)
		if !ok || len(e.Problems) != 1 || e.Problems[0].Path != c.path || !strings.Contains(e.Problems[0].Detail, c.says) {
			t.Errorf("%s: want %s …%s…, got %v", name, c.path, c.says, err)
		}
	}
}

// The caller may go on with the icon's bytes.
func TestIconIsACopy(t *testing.T) {
	icon := newIcon(64, 64)
	h := newApp(t, func(a *webpayment.App) { a.Icon = icon })
	clear(icon)
	if _, err := png.Decode(get(t, h, "GET", "/method/icon.png", nil).Body); err != nil {
		t.Error(err)
	}
}
