package apitest

import (
	"bytes"
	"io"
	"net/http"
)

// Transport passes everything on to next and compares. Skip, which may be nil,
// tells which requests go to somebody whom the document does not describe.
func (c *Checker) Transport(next http.RoundTripper, skip func(*http.Request) bool) http.RoundTripper {
	return transport{c, "", next, skip}
}

// Webhooks passes everything on to next and compares with the webhook of that
// name. Skip, which may be nil, tells which requests are something else.
func (c *Checker) Webhooks(name string, next http.RoundTripper, skip func(*http.Request) bool) http.RoundTripper {
	return transport{c, name, next, skip}
}

type transport struct {
	*Checker
	hook string
	next http.RoundTripper
	skip func(*http.Request) bool
}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if t.skip != nil && t.skip(req) {
		return t.next.RoundTrip(req)
	}
	e := exchange{hook: t.hook, tls: req.URL.Scheme == "https", method: req.Method, url: req.URL, header: req.Header.Clone()}
	if req.Body != nil && req.Body != http.NoBody {
		var err error
		e.body, err = io.ReadAll(req.Body)
		req.Body.Close()
		if err != nil {
			return nil, err
		}
		req = req.Clone(req.Context())
		req.Body = io.NopCloser(bytes.NewReader(e.body))
	}
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
	if err == nil { // one that broke off is nobody's answer
		e.status, e.answerHeader, e.answer = resp.StatusCode, resp.Header.Clone(), body
		t.see(e)
	}
	return resp, nil
}

// CloseIdleConnections closes the connections that next keeps.
func (t transport) CloseIdleConnections() {
	if c, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// failing is the end of a body: with the error, or without one.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}
