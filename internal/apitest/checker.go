package apitest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
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
	"github.com/getkin/kin-openapi/routers"
)

// A Checker compares exchanges with the document.
type Checker struct {
	routes *http.ServeMux

	mu         sync.Mutex
	exchanges  int
	alike      map[[sha256.Size]byte]bool // those that were compared
	violations []string
}

// New makes a checker of the document that this module serves.
func New() (*Checker, error) {
	routes, err := load()
	return &Checker{routes: routes, alike: map[[sha256.Size]byte]bool{}}, err
}

// Of makes a checker of another document.
func Of(document []byte) (*Checker, error) {
	routes, err := newRoutes(document)
	return &Checker{routes: routes, alike: map[[sha256.Size]byte]bool{}}, err
}

// Result is how many exchanges were compared, and what was wrong with them.
func (c *Checker) Result() (exchanges int, violations []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.exchanges, append([]string(nil), c.violations...)
}

// exchange is one request with its answer.
type exchange struct {
	method       string
	url          *url.URL
	header       http.Header
	body         []byte
	status       int
	answerHeader http.Header
	answer       []byte
	scripted     bool // the answer is the test's
}

// see compares an exchange, unless one like it was compared: floods are of
// thousands.
func (c *Checker) see(e exchange) {
	req, f := e.request(), &finder{}
	c.routes.ServeHTTP(f, req)
	if c.seen(e.digest(f)) {
		return
	}
	err := c.check(e, req, f)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.violations = append(c.violations, fmt.Sprintf("%s %s, answered with %d %s\n%.2000s\n%.500s\n%.500s", e.method, e.url, e.status,
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
	fmt.Fprintf(h, "%q %q %d %t %q %q", e.method, address, e.status, e.scripted, body, e.answer)
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

// taken reports whether the request has to be as described.
func (e exchange) taken() bool {
	return e.scripted || e.status >= 200 && e.status <= 299 || e.status == http.StatusSeeOther
}

func (c *Checker) check(e exchange, req *http.Request, f *finder) error {
	switch {
	case f.route == nil && turnedAway(e.status) && !e.scripted:
		return nil // as it should be
	case f.route == nil:
		return errors.New("no operation is described for it")
	}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: f.path, Route: f.route, Options: options()}
	if e.taken() {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return err
		}
	}
	if e.scripted || e.method == http.MethodHead {
		return nil
	}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: e.status, Header: e.answerHeader,
		Body: io.NopCloser(bytes.NewReader(e.answer)), Options: options()}
	return errors.Join(openapi3filter.ValidateResponse(context.Background(), out), checkCode(f.route, e), checkNoBody(f.route, e), checkSigned(f.route, e))
}

// turnedAway are the answers to what no operation is described for: it is not
// there, or the caller was stopped before anybody looked.
func turnedAway(status int) bool {
	return status == http.StatusNotFound || status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// checkSigned wants a signature on what answers one. A caller by its TLS client
// certificate gets none.
func checkSigned(route *routers.Route, e exchange) error {
	if route.Operation.Security == nil || len(*route.Operation.Security) == 0 || e.header.Get("Signature") == "" || e.status > 299 {
		return nil
	}
	for _, name := range []string{"Content-Digest", "Signature-Input", "Signature"} {
		if e.header.Get(name) == "" || e.answerHeader.Get(name) == "" {
			return fmt.Errorf("the exchange is signed, and the header %s is missing", name)
		}
	}
	return nil
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

// checkCode wants the code of a problem among the examples of its answer.
func checkCode(route *routers.Route, e exchange) error {
	const media = "application/problem+json"
	described := route.Operation.Responses.Status(e.status)
	if described == nil || !strings.HasPrefix(e.answerHeader.Get("Content-Type"), media) {
		return nil
	}
	var problem struct{ Code string }
	if err := json.Unmarshal(e.answer, &problem); err != nil {
		return err
	}
	if content := described.Value.Content[media]; content == nil || content.Examples[problem.Code] == nil {
		return fmt.Errorf("the code %s is not described for status %d: give it an example", problem.Code, e.status)
	}
	return nil
}

// checkNoBody wants no body where none is described.
func checkNoBody(route *routers.Route, e exchange) error {
	described := route.Operation.Responses.Status(e.status)
	if described != nil && len(described.Value.Content) == 0 && len(e.answer) > 0 {
		return errors.New("the answer has a body, and none is described")
	}
	return nil
}
