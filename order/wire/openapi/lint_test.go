package openapi_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/anyscan/anyscan/internal/nodetest"
)

// Redocly finds nothing to say against the document, neither an error nor a
// warning.
func TestLint(t *testing.T) {
	for _, file := range []string{"openapi.yaml", "openapi.json"} {
		if out, err := lint(t, file); err != nil {
			t.Errorf("%s: %v\n%s", file, err, out)
		} else {
			t.Logf("%s", bytes.TrimSpace(out[bytes.LastIndex(out, []byte("validat")):]))
		}
	}
}

// The lint can fail: an operation whose answer is not described is found.
func TestLintFindsWhatIsWrong(t *testing.T) {
	source, err := os.ReadFile("openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "openapi.yaml")
	source = bytes.Replace(source, []byte(`$ref: "#/components/schemas/Placement"`), []byte(`$ref: "#/components/schemas/Placment"`), 1)
	if err := os.WriteFile(broken, source, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := lint(t, broken); err == nil || !bytes.Contains(out, []byte("Placment")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func lint(t *testing.T, file string) ([]byte, error) {
	t.Helper()
	cmd := nodetest.Command(t, nodetest.Bin("redocly"), "lint", "--config", "redocly.yaml", file)
	cmd.Env = append(cmd.Env, "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
	return cmd.CombinedOutput()
}
