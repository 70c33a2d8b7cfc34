package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
	"github.com/anyscan/anyscan/verify/domaindb"
)

func domains(t *testing.T, args ...string) (status int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, nil, &o, &e)
	return status, o.String(), e.String()
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// What the program builds, a terminal with the published key installs, and it says
// which domains look alike.
func TestBuild(t *testing.T) {
	dir := t.TempDir()
	keys, rules, file := filepath.Join(dir, "keys.json"), filepath.Join(dir, "rules.txt"), filepath.Join(dir, "domains")
	write(t, rules, "# ours\npaypal.com\npaypa1.com\n=shop.example\n")
	status, out, stderr := domains(t, "-keys", keys, "-rules", rules, "-out", file)
	if status != 0 || stderr != "" || !strings.Contains(out, "names   3\n") ||
		!strings.Contains(out, `alike   line 3: paypa1.com ("paypa1.com") looks like paypal.com in line 2`) {
		t.Fatalf("status %d, %s%s", status, out, stderr)
	}
	_, jwks, _ := domains(t, "-keys", keys, "-publish")
	public, err := verify.ParseKeys([]byte(jwks))
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := domaindb.Open(filepath.Join(dir, "installed"), public, nil)
	if err != nil {
		t.Fatal(err)
	}
	built, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := terminal.Install(t.Context(), bytes.NewReader(built))
	if err != nil || info.Names != 3 || !info.FreshUntil.After(time.Now().AddDate(0, 0, 6)) {
		t.Errorf("%+v, %v", info, err)
	}
}

// Rules with a mistake build nothing, and what was built before stays.
func TestBadRules(t *testing.T) {
	dir := t.TempDir()
	keys, rules, file := filepath.Join(dir, "keys.json"), filepath.Join(dir, "rules.txt"), filepath.Join(dir, "domains")
	write(t, rules, "pay.example\nco.uk\n")
	write(t, file, "old")
	status, out, stderr := domains(t, "-keys", keys, "-rules", rules, "-out", file)
	if status != 1 || out != "" || !strings.Contains(stderr, `line 2: "co.uk" is a public suffix`) {
		t.Errorf("status %d, %s%s", status, out, stderr)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != "old" {
		t.Errorf("%q, %v", text, err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".domains-*")); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	for _, args := range [][]string{nil, {"-rules", rules}, {"-rules", rules, "-out", file, "-days", "0"}, {"-publish", "more"}} {
		if status, _, stderr := domains(t, args...); status != 2 || stderr == "" {
			t.Errorf("%v: status %d, %q", args, status, stderr)
		}
	}
	if status, _, _ := domains(t, "-keys", keys, "-rules", filepath.Join(dir, "none"), "-out", file); status != 1 {
		t.Errorf("status %d without rules", status)
	}
}
