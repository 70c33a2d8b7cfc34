package gatewayhttp_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire/openapi"
)

// parameterOf is a parameter of an operation, or a reference to a shared one.
type parameterOf struct {
	Name, In string
	Ref      string `json:"$ref"`
	Schema   struct {
		Ref string `json:"$ref"`
	}
}

// operation is one of the document's that acquirers sign.
type operation struct {
	method, path string
	names        bool     // its path names a thing
	body         []byte   // an example; nil for none
	ids          []string // parameters of the query that are identifiers
}

// at is the path for the thing with that identifier, whatever its parameter is
// called.
func (o operation) at(id order.ID) string { return parameter().ReplaceAllString(o.path, string(id)) }

// key is the idempotency key: the identifier of the body, if that has one.
func (o operation) key(id order.ID) order.ID {
	var sent struct{ ID order.ID }
	if json.Unmarshal(o.body, &sent) == nil && sent.ID != "" {
		return sent.ID
	}
	return id
}

func parameter() *regexp.Regexp { return regexp.MustCompile(`\{[^}]*\}`) }

// operations are those that acquirers sign.
func operations(t *testing.T) (all []operation) {
	t.Helper()
	var d struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct{ Parameters map[string]parameterOf }
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
			if op, ok := signed(t, method, path, raw, d.Components.Parameters); ok {
				all = append(all, op)
			}
		}
	}
	slices.SortFunc(all, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return all
}

// signed reads an operation; ok is false for one of payers, by the address alone.
func signed(t *testing.T, method, path string, raw []byte, shared map[string]parameterOf) (op operation, ok bool) {
	t.Helper()
	var o struct {
		Security    []map[string][]string
		Parameters  []parameterOf
		RequestBody struct {
			Content map[string]struct {
				Examples map[string]struct{ Value json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	op = operation{method: method, path: path, names: strings.Contains(path, "{")}
	for _, p := range o.Parameters {
		if name, ok := strings.CutPrefix(p.Ref, "#/components/parameters/"); ok {
			p = shared[name]
		}
		if p.In == "query" && strings.HasSuffix(p.Schema.Ref, "/ID") {
			op.ids = append(op.ids, p.Name)
		}
	}
	for _, e := range o.RequestBody.Content["application/json"].Examples {
		op.body = e.Value
	}
	return op, len(o.Security) > 0
}
