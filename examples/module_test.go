package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A component is written outside the module: in a module of its own, with nothing but
// what this one exports, it keeps the contract, is registered, and takes a payment
// through the servers.
func TestComponentOfAnotherModule(t *testing.T) {
	const own = "piggy.example/wallet"
	dir := t.TempDir()
	files, err := filepath.Glob("skeleton/*.go")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text := readText(t, file)
		if strings.Contains(text, module+"internal/") || strings.Contains(text, "/examples/internal/") {
			t.Errorf("%s imports what is not exported", file)
		}
		writeText(t, filepath.Join(dir, filepath.Base(file)), strings.ReplaceAll(text, `"`+module+`examples/skeleton"`, `skeleton "`+own+`"`))
	}
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSuffix(module, "/")
	mod := strings.Replace(readText(t, "../go.mod"), "module "+name, "module "+own, 1)
	writeText(t, filepath.Join(dir, "go.mod"), mod+"\nrequire "+name+" v0.0.0\n\nreplace "+name+" => "+root+"\n")
	writeText(t, filepath.Join(dir, "go.sum"), readText(t, "../go.sum"))
	test := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-v", "./...")
	test.Dir, test.Env = dir, append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	said, err := test.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, said)
	}
	for _, want := range []string{"--- PASS: TestConformance/", "--- PASS: Example"} {
		if !strings.Contains(string(said), want) {
			t.Errorf("%q is missing in:\n%s", want, said)
		}
	}
}

func readText(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func writeText(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
