package apitest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/anyscan/anyscan/order/wire/openapi"
)

// load reads the document and closes what it leaves open. It is read once for
// all tests of a package.
var load = sync.OnceValues(func() (*routes, error) { return newRoutes(openapi.Document()) })

// routes are what the document describes.
type routes struct {
	paths   *http.ServeMux
	hooks   map[string]*routers.Route
	nowhere *routers.Route // how every server answers what no operation is described for
}

// newRoutes finds operations by method and path, as our servers do. Each handler
// tells its operation to the finder that it is asked with.
func newRoutes(document []byte) (*routes, error) {
	doc, err := read(document)
	if err != nil {
		return nil, err
	}
	r := &routes{http.NewServeMux(), map[string]*routers.Route{}, &routers.Route{Spec: doc, Operation: nowhere(doc)}}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			route := &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: operation}
			r.paths.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) { w.(*finder).find(route, r) })
		}
	}
	for name, item := range doc.Webhooks {
		for method, operation := range item.Operations() {
			r.hooks[name] = &routers.Route{Spec: doc, Path: name, PathItem: item, Method: method, Operation: operation}
		}
	}
	return r, nil
}

// nowhere has the answers of pages, which may be for people: nobody knows who asks
// for what there is not.
func nowhere(doc *openapi3.T) *openapi3.Operation {
	o := &openapi3.Operation{Responses: &openapi3.Responses{}}
	for status, name := range map[string]string{"404": "PageNotFound", "429": "PageRateLimited", "503": "PageUnavailable"} {
		o.Responses.Set(status, doc.Components.Responses[name])
	}
	return o
}

// find finds what an exchange is.
func (r *routes) find(e exchange, req *http.Request) *finder {
	f := &finder{}
	if e.hook == "" {
		r.paths.ServeHTTP(f, req)
	} else {
		f.route = r.hooks[e.hook]
	}
	return f
}

// finder is asked in place of an answer.
type finder struct {
	http.ResponseWriter
	route *routers.Route
	path  map[string]string // parameters
}

func (f *finder) find(route *routers.Route, r *http.Request) {
	f.route, f.path = route, map[string]string{}
	for _, name := range []string{"merchant", "id", "token", "component"} {
		if value := r.PathValue(name); value != "" {
			f.path[name] = value
		}
	}
}

func (f *finder) Header() http.Header         { return http.Header{} }
func (f *finder) Write(p []byte) (int, error) { return len(p), nil }
func (f *finder) WriteHeader(int)             {}

// read makes the document one to be compared with, which says nothing of where
// it is served.
func read(document []byte) (*openapi3.T, error) {
	var tree any
	if err := json.Unmarshal(document, &tree); err != nil {
		return nil, err
	}
	shut(tree)
	closed, err := json.Marshal(tree)
	if err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(closed)
	if err != nil {
		return nil, err
	}
	openapi3filter.RegisterBodyDecoder("application/x-www-form-urlencoded", decodeForm)
	openapi3filter.RegisterBodyDecoder("application/jwk-set+json", openapi3filter.JSONBodyDecoder)
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.PlainBodyDecoder)
	return doc, doc.Validate(context.Background())
}

// shut closes every schema that names its properties and does not say what else
// may stand beside them.
func shut(node any) {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			shut(n)
		}
	case map[string]any:
		_, said := node["additionalProperties"]
		_, isSchema := node["properties"].(map[string]any)
		if isSchema && node["type"] == "object" && !said {
			node["additionalProperties"] = false
		}
		for _, n := range node {
			shut(n)
		}
	}
}

// decodeForm reads a form as an object of texts, for the schema to judge.
func decodeForm(body io.Reader, _ http.Header, _ *openapi3.SchemaRef, _ openapi3filter.EncodingFn) (any, error) {
	raw, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, err
	}
	form := map[string]any{}
	for name, all := range values {
		if len(all) != 1 {
			return nil, fmt.Errorf("the field %s stands %d times", name, len(all))
		}
		form[name] = all[0]
	}
	return form, nil
}
