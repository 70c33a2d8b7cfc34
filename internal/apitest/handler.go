package apitest

import (
	"bytes"
	"io"
	"net/http"
	"testing"
)

// Handler passes everything on to next and fails the test where an exchange is
// not as described.
func Handler(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	return newChecker(t).Handler(next)
}

// Requests passes everything on to next, which answers as a test wants it to, and
// fails the test where a request is not as described.
func Requests(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	return newChecker(t).handler(next, exchange{of: ofNobody})
}

// Lies is what [Handler] is for a server before a test's own code, which lies: what it
// tells need not be as described, but requests and errors have to be.
func Lies(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	return newChecker(t).handler(next, exchange{of: ofTest})
}

// Transport passes everything on to next and fails the test where an exchange is
// not as described. Skip, which may be nil, tells which requests go to somebody
// whom the document does not describe.
func Transport(t testing.TB, next http.RoundTripper, skip func(*http.Request) bool) http.RoundTripper {
	t.Helper()
	return newChecker(t).Transport(next, skip)
}

// Webhooks passes everything on to next and fails the test where it is not the
// webhook of that name as described, wherever it is sent to.
func Webhooks(t testing.TB, name string, next http.RoundTripper) http.RoundTripper {
	t.Helper()
	return newChecker(t).Webhooks(name, next, nil)
}

// WebhookHandler is [Webhooks] at the receiver, whose answers are the test's.
func WebhookHandler(t testing.TB, name string, next http.Handler) http.Handler {
	t.Helper()
	return newChecker(t).WebhookHandler(name, next)
}

func newChecker(t testing.TB) *Checker {
	t.Helper()
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		n, violations := c.Result()
		for _, v := range violations {
			t.Errorf("not as order/wire/openapi describes it: %s", v)
		}
		t.Logf("%d exchanges as described", n-len(violations))
	})
	return c
}

// Handler passes everything on to next and compares.
func (c *Checker) Handler(next http.Handler) http.Handler { return c.handler(next, exchange{}) }

// WebhookHandler passes everything on to next, which answers as it likes, and
// compares with the webhook of that name.
func (c *Checker) WebhookHandler(name string, next http.Handler) http.Handler {
	return c.handler(next, exchange{hook: name, of: ofNobody})
}

// handler compares exchanges of that kind.
func (c *Checker) handler(next http.Handler, kind exchange) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body bytes.Buffer
		e := kind
		e.tls, e.method, e.url, e.header = r.TLS != nil, r.Method, r.URL, r.Header.Clone()
		r = r.WithContext(r.Context())
		r.Body = teed{io.TeeReader(r.Body, &body), r.Body}
		if e.of != ofServer { // its answer need not depend on the body
			data, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(data))
		}
		rec := &recorder{ResponseWriter: w}
		next.ServeHTTP(rec, r) // one that panics has cut its answer
		e.body, e.status, e.answerHeader, e.answer = body.Bytes(), rec.status, w.Header().Clone(), rec.body.Bytes()
		if e.status == 0 {
			e.status = http.StatusOK
		}
		c.see(e)
	})
}

// teed is a body that is written down as it is read.
type teed struct {
	io.Reader
	io.Closer
}

// recorder writes an answer down as it is sent.
type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= 200 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	r.body.Write(p)
	return r.ResponseWriter.Write(p)
}
