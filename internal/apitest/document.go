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
var load = sync.OnceValues(func() (*http.ServeMux, error) { return newRoutes(openapi.Document()) })

// newRoutes finds operations by method and path, as our servers do. Each handler
// tells its operation to the finder that it is asked with.
func newRoutes(document []byte) (*http.ServeMux, error) {
	doc, err := read(document)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			route := &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: operation}
			mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) { w.(*finder).find(route, r) })
		}
	}
	return mux, nil
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
