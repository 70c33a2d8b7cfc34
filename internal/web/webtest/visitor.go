package webtest

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order/wire"
)

// Listen serves the handler at base, such as http://pay.localhost, in the
// network.
func Listen(t testing.TB, n *wire.Network, base string, h http.Handler) {
	t.Helper()
	l, err := n.Listen(strings.TrimPrefix(base, "http://") + ":80")
	if err != nil {
		t.Fatal(err)
	}
	s := web.Server(h, nil)
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
}

// Visitor is a browser or program in front of a handler. It follows no redirect.
type Visitor struct {
	t      testing.TB
	base   string
	client *http.Client
}

// NewVisitor is in front of the handler, which serves base.
func NewVisitor(t testing.TB, base string, h http.Handler) Visitor {
	t.Helper()
	n := wire.NewNetwork()
	Listen(t, n, base, h)
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	return Visitor{t, base, &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// Answer is a response with its body read.
type Answer struct {
	*http.Response
	Text string
}

// Page is what a person can read and do on the page.
func (a Answer) Page(t testing.TB) Page { return Parse(t, a.Text) }

// What a browser and a program accept.
const (
	AsBrowser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
	AsProgram = "application/json"
)

// Do asks for a path, or for an address below the visitor's base. The header
// Host names somebody else: what a request says of its host must not matter.
func (v Visitor) Do(method, path, accept string, header map[string]string, body string) Answer {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), method, v.base+strings.TrimPrefix(path, v.base), strings.NewReader(body))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Host = "evil.example"
	if accept != "" {
		req.Header.Set("Accept", accept)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return Answer{resp, string(text)}
}

// Open opens a page as a browser does.
func (v Visitor) Open(path string) Answer { v.t.Helper(); return v.Do("GET", path, AsBrowser, nil, "") }

// Get asks as a program does.
func (v Visitor) Get(path string) Answer { v.t.Helper(); return v.Do("GET", path, AsProgram, nil, "") }

// Post posts a form as a browser does.
func (v Visitor) Post(path string, fields url.Values) Answer {
	v.t.Helper()
	return v.Do("POST", path, AsBrowser, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, fields.Encode())
}

// Send posts JSON as a program does, under the key if there is one.
func (v Visitor) Send(path, key, body string) Answer {
	v.t.Helper()
	header := map[string]string{"Content-Type": "application/json"}
	if key != "" {
		header["Idempotency-Key"] = `"` + key + `"`
	}
	return v.Do("POST", path, AsProgram, header, body)
}
