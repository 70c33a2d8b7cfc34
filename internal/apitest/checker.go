package apitest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// A Checker compares exchanges with the document.
type Checker struct {
	*routes

	mu         sync.Mutex
	exchanges  int
	alike      map[[sha256.Size]byte]bool // those that were compared
	violations []string
}

// New makes a checker of the document that this module serves.
func New() (*Checker, error) {
	r, err := load()
	return &Checker{routes: r, alike: map[[sha256.Size]byte]bool{}}, err
}

// Of makes a checker of another document.
func Of(document []byte) (*Checker, error) {
	r, err := newRoutes(document)
	return &Checker{routes: r, alike: map[[sha256.Size]byte]bool{}}, err
}

// Result is how many exchanges were compared, and what was wrong with them.
func (c *Checker) Result() (exchanges int, violations []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exchanges, append([]string(nil), c.violations...)
}

// whose answer it is says how far it is compared.
type whose int

const (
	ofServer whose = iota
	ofTest         // through a server, which writes the errors itself: these are compared
	ofNobody       // whom the document describes
)

// exchange is one request with its answer.
type exchange struct {
	hook         string // the webhook that it is; "" is an operation, found by method and address
	tls          bool
	method       string
	url          *url.URL
	header       http.Header
	body         []byte
	status       int
	answerHeader http.Header
	answer       []byte
	of           whose // answer it is
}

// see compares an exchange, unless one like it was compared: floods are of
// thousands.
func (c *Checker) see(e exchange) {
	req := e.request()
	f := c.find(e, req)
	if c.seen(e.digest(f)) {
		return
	}
	err := c.check(e, req, f)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.violations = append(c.violations, fmt.Sprintf("%s %s %s, answered with %d %s\n%.2000s\n%.500s\n%.500s", e.hook, e.method, e.url, e.status,
			e.answerHeader.Get("Content-Type"), err, e.body, e.answer))
	}
}

// seen counts an exchange, and reports whether there was one like it.
func (c *Checker) seen(digest [sha256.Size]byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.exchanges++
	was := c.alike[digest]
	c.alike[digest] = true
	return was
}

// digest is over all that is compared: of the address only the operation where
// the request was not taken, and of signatures only that they are there.
func (e exchange) digest(f *finder) [sha256.Size]byte {
	h := sha256.New()
	address, body := e.url.String(), e.body
	if f.route != nil && !e.taken() {
		address, body = f.route.Path, nil
	}
	fmt.Fprintf(h, "%q %t %q %q %d %d %q %q", e.hook, e.tls, e.method, address, e.status, e.of, body, e.answer)
	for _, header := range []http.Header{e.header, e.answerHeader} {
		for _, name := range slices.Sorted(maps.Keys(header)) {
			values := header[name]
			if name == "Signature" || name == "Signature-Input" {
				values = nil
			}
			fmt.Fprintf(h, "%q %q", name, values)
		}
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// taken reports whether the request has to be as described. A webhook has to be,
// whatever its receiver says.
func (e exchange) taken() bool {
	return e.of != ofServer || e.hook != "" || e.status >= 200 && e.status <= 299 || e.status == http.StatusSeeOther
}

func (c *Checker) check(e exchange, req *http.Request, f *finder) error {
	switch {
	case f.route == nil && strings.HasPrefix(req.URL.Path, "/assets/"):
		return nil // style sheets and scripts of pages are no operations
	case f.route == nil && e.hook != "":
		return errors.New("no such webhook is described")
	case f.route == nil && (e.of != ofServer || !turnedAway(e.status)):
		return errors.New("no operation is described for it")
	case f.route == nil:
		f.route = c.nowhere
	case f.route.Method != req.Method:
		return fmt.Errorf("the method is %s, which is described as %s", req.Method, f.route.Method)
	}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: f.path, Route: f.route, Options: options()}
	if e.taken() {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return err
		}
	}
	return errors.Join(checkAnswer(in, e), checkSigned(f.route, e))
}

// turnedAway are the answers to what no operation is described for: it is not
// there, or the caller was stopped before anybody looked.
func turnedAway(status int) bool {
	return status == http.StatusNotFound || status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// request is the request as one that can be compared: a HEAD is a GET whose
// answer has no body.
func (e exchange) request() *http.Request {
	method := e.method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return &http.Request{Method: method, RequestURI: e.url.RequestURI(), URL: &url.URL{Path: e.url.Path, RawQuery: e.url.RawQuery}, Header: e.header.Clone(),
		Body: io.NopCloser(bytes.NewReader(e.body)), ContentLength: int64(len(e.body))}
}

// options are those of both halves. Signatures are verified by who receives
// them.
func options() *openapi3filter.Options {
	return &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, SkipSettingDefaults: true,
		RejectWhenRequestBodyNotSpecified: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
}
