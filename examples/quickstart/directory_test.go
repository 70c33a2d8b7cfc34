package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestADirectoryHasOneUser(t *testing.T) {
	dir := t.TempDir()
	_, release, err := directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := quickstart(t, "-dir", dir); status != 1 || !strings.Contains(stderr, dir+" is in use by another quickstart") {
		t.Errorf("status %d, %q; want 1 and that the directory is in use", status, stderr)
	}
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := quickstart(t, "-dir", dir); status != 0 {
		t.Errorf("after release: status %d, %q", status, stderr)
	}
}

// Whoever cannot keep keys in the user's cache pays with keys of the run.
func TestWithoutACacheTheRunHasItsOwnKeys(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", blocked)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(blocked, "cache"))
	t.Setenv("TMPDIR", t.TempDir())
	if status, out, stderr := quickstart(t); status != 0 || !strings.Contains(out, "for this run alone") {
		t.Errorf("status %d, %q; want 0 and that the keys are not kept", status, stderr)
	}
}

func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "code.png")
	broken := errors.New("disk full")
	for _, c := range []struct {
		text string
		err  error
		want string
	}{{"first", nil, "first"}, {"sec", broken, "first"}, {"third", nil, "third"}} {
		err := writeFile(file, func(w *os.File) error { w.WriteString(c.text); return c.err })
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.text, err, c.err)
		}
		if got, err := os.ReadFile(file); string(got) != c.want || err != nil {
			t.Errorf("%s: the file holds %q, %v; want %q", c.text, got, err, c.want)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if diff := cmp.Diff([]string{file}, names); err != nil || diff != "" {
		t.Errorf("drafts are left: %v %s", err, diff)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no reader") }

// A run whose output nobody reads stops, says why, and leaves nothing behind.
func TestAnOutputThatCannotBeWrittenStopsTheRun(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // -serve would go on for ever
	defer cancel()
	for _, mode := range [][]string{{}, {"-json"}, {"-serve"}} {
		var stderr strings.Builder
		if status := run(ctx, mode, nil, full{}, &stderr); status != 1 || !strings.Contains(stderr.String(), "no reader") {
			t.Errorf("%v: status %d, %q; want 1 and why", mode, status, stderr.String())
		}
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestWhatIsPrintedIsNotObeyed(t *testing.T) {
	for _, json := range []bool{false, true} {
		var out strings.Builder
		p := &printer{out: &out, json: json}
		p.step("scan", "a\x1b[2J\r\n\u009b\u202eb 茶", 0, nil)
		p.step("verify", "", 0, errors.New("\x1b]0;x\a"))
		if got := strings.TrimRight(out.String(), "\n"); strings.ContainsAny(got, "\x1b\r\u009b\u202e\a") || !strings.Contains(got, "茶") || strings.Count(got, "\n") != 1 {
			t.Errorf("json %t: %q", json, got)
		}
	}
}
