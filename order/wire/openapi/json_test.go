package openapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/anyscan/anyscan/order/wire/openapi"
)

// The JSON that is served says what the YAML says that people review.
// ANYSCAN_UPDATE=1 writes it anew.
func TestJSONIsTheYAML(t *testing.T) {
	want := fromYAML(t)
	if os.Getenv("ANYSCAN_UPDATE") != "" {
		if err := os.WriteFile("openapi.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(want), string(openapi.Document())); diff != "" {
		t.Errorf("openapi.json is not made of openapi.yaml (ANYSCAN_UPDATE=1 go test ./order/wire/openapi): %s", diff)
	}
}

// fromYAML is the document as JSON: its members in the order of the YAML, for
// tools that show them so, and one to a line, so that changes can be read.
func fromYAML(t *testing.T) []byte {
	t.Helper()
	source, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(source, &root); err != nil {
		t.Fatal(err)
	}
	var flat, b bytes.Buffer
	if err := write(&flat, root.Content[0]); err != nil {
		t.Fatal(err)
	}
	if err := json.Indent(&b, flat.Bytes(), "", " "); err != nil {
		t.Fatal(err)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func write(b *bytes.Buffer, n *yaml.Node) error {
	switch n.Kind {
	case yaml.AliasNode:
		return write(b, n.Alias)
	case yaml.MappingNode, yaml.SequenceNode:
		return writeAll(b, n)
	case yaml.ScalarNode:
		var v any
		if err := n.Decode(&v); err != nil {
			return fmt.Errorf("line %d: %w", n.Line, err)
		}
		e := json.NewEncoder(b)
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	return fmt.Errorf("line %d: a node of kind %d", n.Line, n.Kind)
}

// writeAll writes what a mapping or sequence holds; a mapping holds names and
// values in turn.
func writeAll(b *bytes.Buffer, n *yaml.Node) error {
	brackets := "[]"
	if n.Kind == yaml.MappingNode {
		brackets = "{}"
	}
	b.WriteByte(brackets[0])
	for i, c := range n.Content {
		switch {
		case brackets == "{}" && i%2 == 1:
			b.WriteByte(':')
		case i > 0:
			b.WriteByte(',')
		}
		if err := write(b, c); err != nil {
			return err
		}
	}
	b.WriteByte(brackets[1])
	return nil
}
