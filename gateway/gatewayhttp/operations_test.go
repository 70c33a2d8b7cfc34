package gatewayhttp_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order/wire/openapi"
)

// operation is one of the document's that acquirers sign.
type operation struct {
	method, path string
	body         []byte   // an example; nil for none
	ids          []string // parameters of the query that are identifiers
}

// operations are those that acquirers sign, but for the making of things.
func operations(t *testing.T) (all []operation) {
	t.Helper()
	var d struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(openapi.Document(), &d); err != nil {
		t.Fatal(err)
	}
	for path, item := range d.Paths {
		for method, raw := range item {
			method = strings.ToUpper(method)
			if !slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, method) || item["servers"] != nil {
				continue // for another server
			}
			if op, ok := signed(t, method, path, raw); ok {
				all = append(all, op)
			}
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return all
}

// signed reads an operation; ok is false for one of payers, by the address alone,
// and for one that makes a thing, which is nobody's yet.
func signed(t *testing.T, method, path string, raw []byte) (op operation, ok bool) {
	t.Helper()
	var o struct {
		Security   []map[string][]string
		Parameters []struct {
			Name, In string
			Schema   struct {
				Ref string `json:"$ref"`
			}
		}
		RequestBody struct {
			Content map[string]struct {
				Examples map[string]struct{ Value json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	op = operation{method: method, path: path}
	for _, p := range o.Parameters {
		if p.In == "query" && strings.HasSuffix(p.Schema.Ref, "/ID") {
			op.ids = append(op.ids, p.Name)
		}
	}
	for _, e := range o.RequestBody.Content["application/json"].Examples {
		op.body = e.Value
	}
	return op, len(o.Security) > 0 && (method != http.MethodPost || strings.Contains(path, "{id}"))
}
