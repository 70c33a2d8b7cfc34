package examples_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mapped is a line of the root package's map of the specification.
type mapped struct{ what, identifier, test string }

// readMap reads the lines between the heading and the package clause.
func readMap(doc string) (lines []mapped, err error) {
	_, table, found := strings.Cut(doc, "// # The specification\n")
	if !found {
		return nil, fmt.Errorf("doc.go has no section on the specification")
	}
	columns := regexp.MustCompile(`^//\t(.*\S) {2,}(\S+ \S+) {2,}(\S+ \S+)$`)
	for line := range strings.Lines(table) {
		line = strings.TrimSuffix(line, "\n")
		m := columns.FindStringSubmatch(line)
		switch {
		case m != nil:
			lines = append(lines, mapped{strings.Join(strings.Fields(m[1]), " "), m[2], m[3]})
		case strings.HasPrefix(line, "//\t"):
			return nil, fmt.Errorf("%q is not a thing, an identifier and a test", line)
		}
	}
	return lines, nil
}

// specified is what the specification has: the modules and units of FIG. 9 to
// 11, the claims, the figures, and the embodiments.
func specified() []string {
	all := []string{"FIG. 9 701", "FIG. 9 702", "FIG. 9 703", "FIG. 9 704", "FIG. 9 parameter receiving unit", "FIG. 9 payment unit",
		"FIG. 9 option display", "FIG. 9 legality verification", "FIG. 10 801", "FIG. 10 802", "FIG. 10 803", "FIG. 10 804",
		"FIG. 11 901", "FIG. 11 902", "FIG. 11 address generating", "FIG. 11 parameter sending"}
	for claim := 1; claim <= 12; claim++ {
		all = append(all, fmt.Sprintf("claim %d", claim))
	}
	for _, figure := range []int{1, 2, 3, 4, 5, 6, 7, 8, 12} {
		all = append(all, fmt.Sprintf("FIG. %d", figure))
	}
	return append(all, "one-dimensional barcode", "two-dimensional barcode", "direct payment page", "display of merchandise",
		"order information page", "page jump information", "component that comes with the first app", "default of the second server",
		"default of the terminal", "at least two components", "payment component not configured", "code generation request", "payment result shown")
}

// problems are what is wrong with a map of the module: something that the
// specification has and the map has not, or an identifier or test that does not
// exist.
func (h house) problems(lines []mapped) (found []string) {
	for _, what := range specified() {
		n := 0
		for _, l := range lines {
			if strings.HasPrefix(l.what+" ", what+" ") {
				n++
			}
		}
		if n != 1 {
			found = append(found, fmt.Sprintf("%q stands in %d lines, want 1", what, n))
		}
	}
	for _, l := range lines {
		if !h[l.identifier] {
			found = append(found, fmt.Sprintf("%s: there is no identifier %s", l.what, l.identifier))
		}
		if _, name, _ := strings.Cut(l.test, " "); !h[l.test] || !isTest(name) {
			found = append(found, fmt.Sprintf("%s: there is no test %s", l.what, l.test))
		}
	}
	return found
}

func isTest(name string) bool {
	return strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Example")
}

// A house is every exported identifier, field and method of the module, and
// every test and example, as "path Name" or "path Type.Name".
type house map[string]bool

func readHouse(t *testing.T) house {
	t.Helper()
	h := house{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != ".." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel("..", filepath.Dir(path))
		h.add(filepath.ToSlash(dir)+" ", file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h house) add(at string, file *ast.File) {
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			h[at+receiver(d)+d.Name.Name] = true
		case *ast.GenDecl:
			for _, s := range d.Specs {
				h.spec(at, s)
			}
		}
	}
}

func (h house) spec(at string, s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, name := range s.Names {
			h[at+name.Name] = true
		}
	case *ast.TypeSpec:
		h[at+s.Name.Name] = true
		var members *ast.FieldList
		switch body := s.Type.(type) {
		case *ast.StructType:
			members = body.Fields
		case *ast.InterfaceType:
			members = body.Methods
		default:
			return
		}
		for _, m := range members.List {
			for _, name := range m.Names {
				h[at+s.Name.Name+"."+name.Name] = true
			}
		}
	}
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name + "."
	}
	return ""
}

func TestTheSpecificationIsMapped(t *testing.T) {
	doc, err := os.ReadFile("../doc.go")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := readMap(string(doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range readHouse(t).problems(lines) {
		t.Error(problem)
	}
}

// The rule above can fail: a line that is missing, an identifier that was
// renamed and a test that was deleted are each found.
func TestAMapWithAHoleIsFound(t *testing.T) {
	h := house{"scan Payer": true, "examples Example": true}
	whole := make([]mapped, 0, len(specified()))
	for _, what := range specified() {
		whole = append(whole, mapped{what + " …", "scan Payer", "examples Example"})
	}
	if found := h.problems(whole); found != nil {
		t.Fatalf("a whole map has problems: %q", found)
	}
	broken := slices.Clone(whole[1:])
	broken[0].identifier, broken[1].test, broken[2].test = "scan Payee", "examples ExampleDeleted", "scan Payer"
	want := []string{
		`"FIG. 9 701" stands in 0 lines, want 1`,
		"FIG. 9 702 …: there is no identifier scan Payee",
		"FIG. 9 703 …: there is no test examples ExampleDeleted",
		"FIG. 9 704 …: there is no test scan Payer",
	}
	if diff := cmp.Diff(want, h.problems(broken)); diff != "" {
		t.Error(diff)
	}
}
