package examples_test

import (
	"fmt"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shownElsewhere are the entry points whose Example has another name, and which.
func shownElsewhere() map[string]string {
	const (
		kit     = "Run" // compares nothing with its output: it needs a *testing.T
		payment = ""    // the package's own
	)
	return map[string]string{
		"component/componenttest.Run":        kit,
		"gateway/gatewaytest.Run":            kit,
		"order/ordertest.Run":                kit,
		"scan/scantest.Run":                  kit,
		"verify/verifytest.Run":              kit,
		"gateway/gatewaytest.Drain":          kit,
		"gateway/clearing.New":               payment,
		"order/acquirer.New":                 payment,
		"gateway/clearing.NewDirectoryStore": "DirectoryStore",
		"order/wire.NewNetwork":              "Network",
		"order/wire.NewSigner":               "Signer_SignRequest",
		"order/wire.Caller":                  "NewHandler_clientCertificate",
		"order/wire.CallerByTLS":             "NewHandler_clientCertificate",
	}
}

// Every function that a package exports is an entry point, and has an Example
// that runs: API rule 10 of the design.
func TestEveryEntryPointHasAnExample(t *testing.T) {
	found, err := unshown(os.DirFS(".."), shownElsewhere())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
}

// The rule above can fail: each of these is found.
func TestAnEntryPointWithoutAnExampleIsFound(t *testing.T) {
	module := t.TempDir()
	for name, text := range map[string]string{
		"tea/tea.go": "package tea\n\nfunc New() {}\nfunc Pour() {}\nfunc Steep() {}\nfunc Stir() {}\nfunc drink() {}\n" +
			"type Pot struct{}\nfunc (Pot) Fill() {}\n",
		"tea/tea_test.go": "package tea\n\nimport \"fmt\"\n\nfunc ExampleNew_two() {\n\tfmt.Println(1)\n\t// Output: 1\n}\n\n" +
			"func ExamplePour() {\n\tfmt.Println(1)\n}\n\nfunc ExampleStir() {\n\tStir()\n\t// Output:\n}\n",
		"internal/cup/cup.go": "package cup\n\nfunc Drink() {}\n",
		"shop/main.go":        "package main\n\nfunc Sell() {}\n",
	} {
		file := filepath.Join(module, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := map[string]string{"tea.New": "Pour", "tea.Steep": "Boil", "tea.Stir": "Stir", "tea.Gone": "Stir"}
	found, err := unshown(os.DirFS(module), elsewhere)
	want := []string{
		"tea.Gone does not exist: take it off the list",
		"tea.New has an Example of its own: take it off the list",
		"tea.Pour has no Example that runs and compares its output",
		"tea.Steep is said to be shown by ExampleBoil, which does not run",
	}
	if diff := cmp.Diff(want, found); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// unshown lists the exported functions of a module's public packages without an
// Example, and what is wrong with the list of those shown elsewhere.
func unshown(module fs.FS, elsewhere map[string]string) (found []string, err error) {
	exists := map[string]bool{}
	err = fs.WalkDir(module, ".", func(dir string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || !d.IsDir():
			return err
		case dir != "." && strings.HasPrefix(d.Name(), "."), slices.Contains([]string{"internal", "testdata", "node_modules"}, d.Name()):
			return fs.SkipDir
		}
		functions, examples, err := entryPoints(module, dir)
		for _, f := range functions {
			name := dir + "." + f
			exists[name] = true
			found = append(found, judge(name, f, examples, elsewhere)...)
		}
		return err
	})
	for name := range elsewhere {
		if !exists[name] {
			found = append(found, name+" does not exist: take it off the list")
		}
	}
	slices.Sort(found)
	return found, err
}

// judge says what is wrong with the Example of one function.
func judge(name, f string, examples []*doc.Example, elsewhere map[string]string) []string {
	other, listed := elsewhere[name]
	own := slices.ContainsFunc(examples, func(e *doc.Example) bool {
		suffix, ok := strings.CutPrefix(e.Name, f)
		return ok && e.Output != "" && (suffix == "" || suffix[0] == '_')
	})
	runs := slices.ContainsFunc(examples, func(e *doc.Example) bool { return e.Name == other && (e.Output != "" || e.EmptyOutput) })
	switch {
	case own && listed:
		return []string{name + " has an Example of its own: take it off the list"}
	case listed && !runs:
		return []string{fmt.Sprintf("%s is said to be shown by Example%s, which does not run", name, other)}
	case !own && !listed:
		return []string{name + " has no Example that runs and compares its output"}
	}
	return nil
}

// entryPoints are the exported functions of the package in a directory, and its
// Examples. A program has none.
func entryPoints(module fs.FS, dir string) (functions []string, examples []*doc.Example, err error) {
	files, err := fs.Glob(module, dir+"/*.go")
	if err != nil {
		return nil, nil, err
	}
	var tests []*ast.File
	for _, name := range files {
		source, err := fs.ReadFile(module, name)
		if err != nil {
			return nil, nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments|parser.SkipObjectResolution)
		switch {
		case err != nil:
			return nil, nil, err
		case strings.HasSuffix(name, "_test.go"):
			tests = append(tests, file)
			continue
		case file.Name.Name == "main":
			return nil, nil, nil
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.IsExported() {
				functions = append(functions, f.Name.Name)
			}
		}
	}
	return functions, doc.Examples(tests...), nil
}
