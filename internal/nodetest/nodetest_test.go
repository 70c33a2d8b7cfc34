package nodetest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/nodetest"
)

// A script has its arguments, its input and the packages.
func TestScript(t *testing.T) {
	file := filepath.Join(t.TempDir(), "echo.mjs")
	err := os.WriteFile(file, []byte(`
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
const require = createRequire(process.env.ANYSCAN_NPM + '/')
console.log(process.argv[2], readFileSync(0, 'utf8'), typeof require('standardwebhooks').Webhook)
`), 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if out := strings.TrimSpace(string(nodetest.Script(t, []byte("input"), file, "argument"))); out != "argument input function" {
		t.Errorf("got %q", out)
	}
}
