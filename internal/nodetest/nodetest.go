// Package nodetest runs scripts on Node.js, with the independent
// implementations from npm that .ci/npm pins, as counter-parties of tests.
//
// Who uses it: tests alone.
//
//	test ── Script: file, arguments, standard input ─▶ node ─▶ standard output
//	                  (you are here)
//
// A script finds the packages through the environment:
//
//	import { createRequire } from 'node:module'
//	const require = createRequire(process.env.ANYSCAN_NPM + '/')
//
// # Errors
//
// Without node or the packages the test is skipped, and fails with
// ANYSCAN_FULL=1. A script that fails, fails the test with what it wrote.
//
// # Concurrency
//
// Scripts are processes of their own and end with their test.
//
// # Security
//
// Scripts get the environment of the test.
package nodetest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Script runs a script with the arguments and gives it input; what it wrote to
// its standard output comes back. A script that exits with another status than
// 0 fails the test.
func Script(t *testing.T, input []byte, file string, args ...string) []byte {
	t.Helper()
	cmd := Command(t, append([]string{file}, args...)...)
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", file, args, err, out, stderr.Bytes())
	}
	return out
}

// Command is node with the arguments, to be started by the test and killed when
// the test ends.
func Command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	npm := folder()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(npm, "node_modules"))
	}
	if err != nil {
		missing(t, err)
	}
	cmd := exec.CommandContext(t.Context(), node, args...)
	cmd.Env = append(os.Environ(), "ANYSCAN_NPM="+npm)
	return cmd
}

// File is the content of a file that one of the packages brings, by its path below
// node_modules, such as "axe-core/axe.min.js", for what runs elsewhere than on Node.js.
func File(t *testing.T, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(folder(), "node_modules", filepath.FromSlash(name)))
	if err != nil {
		missing(t, err)
	}
	return content
}

// Bin is the file of a program that one of the packages brings, such as
// "redocly"; [Command] runs it.
func Bin(name string) string { return filepath.Join(folder(), "node_modules", ".bin", name) }

// folder is .ci/npm of this module.
func folder() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", ".ci", "npm")
}

func missing(t *testing.T, err error) {
	t.Helper()
	const what = "needs Node.js and the packages of .ci/npm (.ci/install): %v"
	if os.Getenv("ANYSCAN_FULL") != "" {
		t.Fatalf(what, err)
	}
	t.Skipf(what, err)
}
