package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// reconciled is one run of the program.
func reconciled(t *testing.T, args ...string) (status int, out, stderr string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, nil, &o, &e)
	return status, o.String(), e.String()
}

// A day with refunds and spoiled records: the program compares by itself what it finds with
// what it spoiled. Its file is proven in both formats, and no longer once a byte of
// it is another.
func TestADayIsReconciled(t *testing.T) {
	dir := t.TempDir()
	status, out, stderr := reconciled(t, "-out", dir)
	for _, want := range []string{"acquirer: 7 here, 9 there, 5 agree, 5 breaks, 0 pending", "gateway: 9 here, 10 there, 9 agree, 1 breaks, 0 pending",
		"missing_here: ", "missing_there: ", "amount: ", "state: ", "here nothing, there -25.00 CNY refunded"} {
		if status != 0 || !strings.Contains(out, want) {
			t.Errorf("status %d, want %q in\n%s%s", status, want, out, stderr)
		}
	}
	keys := filepath.Join(dir, "clearing.jwks")
	for _, name := range []string{"bank-2026-11-23.csv", "bank-2026-11-23.jsonl"} {
		file := filepath.Join(dir, name)
		status, out, stderr := reconciled(t, "-file", file, "-keys", keys)
		const proven, total = "2026-11-23, file 1 of Town Clearing for bank, 9 entries", "7 payments 17500, 2 refunds -3300, fees 105, net 14095, in minor units of CNY"
		if status != 0 || !strings.Contains(out, proven) || !strings.Contains(out, total) {
			t.Errorf("status %d:\n%s%s\nwant %q and %q", status, out, stderr, proven, total)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, bytes.Replace(raw, []byte("cafe"), []byte("cave"), 1), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, _, stderr := reconciled(t, "-file", file, "-keys", keys); status != 1 || !strings.Contains(stderr, "sha256: reconcile: the signature does not prove the file") {
			t.Errorf("a file that was changed: status %d, %s", status, stderr)
		}
	}
}

func TestCommandLine(t *testing.T) {
	for want, args := range map[string][]string{
		"-file wants -keys":   {"-file", "x"},
		"-keys is for -file":  {"-keys", "x"},
		"give one of them":    {"-file", "x", "-keys", "y", "-out", "z"},
		"\"x\" is not a flag": {"x"},
	} {
		if status, _, stderr := reconciled(t, args...); status != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%q: status %d, %s", args, status, stderr)
		}
	}
	if status, _, stderr := reconciled(t, "-h"); status != 0 || !strings.Contains(stderr, "reconcile makes a day") {
		t.Errorf("-h: status %d, %s", status, stderr)
	}
}
