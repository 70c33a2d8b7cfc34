package openapi_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// The closed sets of words are those of the Go constants, so that one that is
// added has to be described.
func TestWordsAreTheGoConstants(t *testing.T) {
	schemas := document(t).at("components", "schemas")
	for _, c := range []struct {
		described node
		dir, of   string
	}{
		{schemas.at("Code"), "../..", "Code"},
		{schemas.at("State"), "../..", "State"},
		{schemas.at("Page", "properties", "kind"), "../..", "PageKind"},
		{schemas.at("IssuedKind"), "../..", "IssuedKind"},
		{schemas.at("EventType"), "../..", "EventType"},
		{schemas.at("RefundState"), "../..", "RefundState"},
		{schemas.at("DisabledReason"), "../..", "DisabledReason"},
		{schemas.at("DeliveryState"), "../..", "DeliveryState"},
		{schemas.at("FailedReason"), "../..", "FailedReason"},
		{schemas.at("TryError"), "../..", "TryError"},
		{schemas.at("ActionKind"), "../../../component", "ActionKind"},
		{schemas.at("Mode"), "../../../gateway", "Mode"},
		{schemas.at("Instruction", "properties", "reason"), "../../../gateway", "Reason"},
		{schemas.at("AttemptState"), "../../../gateway", "AttemptState"},
	} {
		want := constants(t, c.dir, c.of)
		sorted := cmpopts.SortSlices(strings.Compare)
		if diff := cmp.Diff(want, c.described.texts("enum"), sorted); diff != "" || len(want) < 2 {
			t.Errorf("%s (-Go +document): %s", c.of, diff)
		}
	}
}

// constants are the values of the constants of a type.
func constants(t *testing.T, dir, of string) (values []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if typ, named := ident(spec); !ok || !named || typ != of {
				return true
			}
			for _, v := range spec.Values {
				if value, err := strconv.Unquote(v.(*ast.BasicLit).Value); err == nil {
					values = append(values, value)
				}
			}
			return true
		})
	}
	return values
}

// ident is the name of the type of constants.
func ident(spec *ast.ValueSpec) (string, bool) {
	if spec == nil {
		return "", false
	}
	id, ok := spec.Type.(*ast.Ident)
	if !ok {
		return "", false
	}
	return id.Name, true
}

// Every code has an example, which is what is sent, and a row in the
// introduction's table.
func TestProblem(t *testing.T) {
	d := document(t)
	for _, code := range d.at("components", "schemas", "Code").texts("enum") {
		sent := problem(t, order.Code(code))
		example := d.at("components", "examples", code, "value")
		for _, member := range []string{"type", "title", "status", "code", "retryable"} {
			if diff := cmp.Diff(sent[member], example[member]); diff != "" {
				t.Errorf("%s, %s (-sent +example): %s", code, member, diff)
			}
		}
		row := regexp.MustCompile(`(?m)^\| ` + strconv.Itoa(int(sent["status"].(float64))) + ` +\| .` + code + `. +\|`)
		if !row.MatchString(d.at("info").text("description")) {
			t.Errorf("the introduction has no row for %s with %v", code, sent["status"])
		}
	}
	if diff := cmp.Diff(names(problem(t, order.CodeInvalid)), names(d.at("components", "schemas", "Problem", "properties"))); diff != "" {
		t.Errorf("members of a problem (-sent +document): %s", diff)
	}
}

// problem is what is sent for a code, with all that can be said.
func problem(t *testing.T, code order.Code) (p node) {
	t.Helper()
	w := httptest.NewRecorder()
	wire.WriteError(w, httptest.NewRequest("GET", "/", nil), &order.Error{Code: code, Detail: "d", Problems: []order.Problem{{Path: "/a", Detail: "b"}}})
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || float64(w.Code) != p["status"] {
		t.Fatal(err, w.Code, p)
	}
	return p
}

// The pattern of an identifier takes what order.ParseID takes, and nothing else.
func TestPatternOfIdentifiers(t *testing.T) {
	pattern := regexp.MustCompile(document(t).at("components", "schemas", "ID").text("pattern"))
	rapid.Check(t, func(t *rapid.T) {
		id := []byte(order.NewID(time.UnixMilli(rapid.Int64Range(0, 1<<48-1).Draw(t, "ms"))))
		if rapid.Bool().Draw(t, "changed") {
			at := rapid.IntRange(0, len(id)-1).Draw(t, "at")
			id[at] = rapid.SampledFrom([]byte("0123456789abcdefghijklmnopqrstuvwxyzA-")).Draw(t, "to")
		}
		_, err := order.ParseID(string(id))
		if pattern.MatchString(string(id)) != (err == nil) {
			t.Fatalf("%s: the pattern says %v, ParseID %v", id, err != nil, err)
		}
	})
}

// The same of identifiers that acquirers give.
func TestPatternOfNames(t *testing.T) {
	schema := document(t).at("components", "schemas", "Identifier")
	pattern := regexp.MustCompile(schema.text("pattern"))
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOfN(rapid.SampledFrom([]rune("a.Z_-9 /é")), 0, 4, -1).Draw(t, "name") + strings.Repeat("x", rapid.SampledFrom([]int{0, 126}).Draw(t, "more"))
		described := pattern.MatchString(name) && float64(len(name)) <= schema["maxLength"].(float64)
		if err := order.CheckIdentifier(name); described != (err == nil) {
			t.Fatalf("%q: the schema says %v, CheckIdentifier %v", name, described, err)
		}
	})
}
