package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
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
