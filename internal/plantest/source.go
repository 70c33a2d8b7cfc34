package plantest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// complete fails the test for SQL in the source of the package that the test is
// of which did not run: a call of database/sql that was never reached, or a text
// of SQL that is part of no statement that was recorded. Some SQL is for one
// database only, so nothing can be said before both were recorded.
func (r *recorder) complete(t *testing.T) {
	t.Helper()
	if len(r.statements("")) == 0 || len(r.statements(postgresDialect)) == 0 {
		t.Skip("only one of the two databases was recorded")
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		found += r.completeIn(t, file)
	}
	if found == 0 {
		t.Error("the package has no SQL that would be found")
	}
}

// completeIn does so for a file, and returns how much SQL that has.
func (r *recorder) completeIn(t testing.TB, file string) (found int) {
	t.Helper()
	positions := token.NewFileSet()
	source, err := parser.ParseFile(positions, file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	full, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(source, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if !runs(n) {
				break
			}
			found++
			if from, to := positions.Position(n.Pos()).Line, positions.Position(n.End()).Line; !r.reached(full, from, to) {
				t.Errorf("%s:%d: the call was never reached, so its statement was not explained", file, from)
			}
		case *ast.BasicLit:
			text, err := strconv.Unquote(n.Value)
			if n.Kind != token.STRING || err != nil || !isSQL(text) {
				break
			}
			found++
			if !r.contains(text) {
				t.Errorf("%s: no statement that ran contains %q", positions.Position(n.Pos()), text)
			}
		}
		return true
	})
	return found
}

// runs reports whether a call hands a statement to database/sql.
func runs(call *ast.CallExpr) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch s.Sel.Name {
	case "ExecContext", "QueryContext", "QueryRowContext", "PrepareContext":
		return true
	}
	return false
}

// isSQL reports whether a text is a statement or a part of one: it has a
// parameter, or begins as only statements do.
func isSQL(text string) bool {
	return regexp.MustCompile(`\$\d`).MatchString(text) ||
		regexp.MustCompile(`^\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) `).MatchString(text)
}

// reached reports whether a statement was run from between the lines.
func (r *recorder) reached(file string, from, to int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, places := range r.ran {
		for p := range places {
			if p.file == file && from <= p.line && p.line <= to {
				return true
			}
		}
	}
	return false
}

// contains reports whether a statement that was run contains the text.
func (r *recorder) contains(text string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ran := range r.ran {
		if strings.Contains(ran.text, text) {
			return true
		}
	}
	return false
}
