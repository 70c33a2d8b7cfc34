package openapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order/wire/openapi"
)

// node is a value of the document.
type node map[string]any

func document(t *testing.T) node {
	t.Helper()
	var d node
	if err := json.Unmarshal(openapi.Document(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at follows names; it is empty where there is nothing.
func (n node) at(names ...string) node {
	for _, name := range names {
		next, _ := n[name].(map[string]any)
		n = next
	}
	return n
}

func (n node) text(name string) string { s, _ := n[name].(string); return s }

func (n node) texts(name string) (all []string) {
	list, _ := n[name].([]any)
	for _, v := range list {
		s, _ := v.(string)
		all = append(all, s)
	}
	return all
}

// schema is a schema, or the one that it refers to by its own name.
func (n node) schema(d node) (node, string) {
	name, ok := strings.CutPrefix(n.text("$ref"), "#/components/schemas/")
	if !ok {
		return n, ""
	}
	return d.at("components", "schemas", name), name
}
