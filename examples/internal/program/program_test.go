package program

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order/wire"
)

// Every secret that is missing or is none is told, with where it belongs and the
// name of its variable, and never with what was read.
func TestSecretsThatAreMissingAreNamed(t *testing.T) {
	good := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))
	environment := map[string]string{"GOOD": good + "\n", "EMPTY": "", "SHORT": "aHVudGVyMg==", "TEXT": "hunter2"}
	s := NewSecrets(func(name string) (string, bool) { v, ok := environment[name]; return v, ok })
	if got := s.Read("/good", "GOOD"); !bytes.Equal(got, bytes.Repeat([]byte{7}, 32)) || s.Err() != nil {
		t.Errorf("a good one is %v, %v", got, s.Err())
	}
	for _, name := range []string{"ABSENT", "EMPTY", "SHORT", "TEXT", ""} {
		if got := s.Read("/at/"+name, name); got != nil {
			t.Errorf("%s: %v, want nothing", name, got)
		}
		if key := s.Key("/key/"+name, name); key != nil {
			t.Errorf("%s: a key", name)
		}
		for _, at := range []string{"/at/" + name, "/key/" + name} {
			if err := s.Err(); err == nil || !strings.Contains(err.Error(), at) || !strings.Contains(err.Error(), name) {
				t.Errorf("%s at %s is not told: %v", name, at, err)
			}
		}
	}
	if text := s.Err().Error(); strings.Contains(text, "hunter2") || strings.Contains(text, "aHVudGVyMg") {
		t.Errorf("the error tells what was read: %s", text)
	}
}

// What Export writes is what Secrets reads, new each time.
func TestExportedSecretsAreRead(t *testing.T) {
	var out strings.Builder
	if err := Export(&out, []string{"A", "B"}); err != nil {
		t.Fatal(err)
	}
	environment := map[string]string{}
	for line := range strings.Lines(out.String()) {
		name, value, _ := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		environment[name] = value
	}
	s := NewSecrets(func(name string) (string, bool) { v, ok := environment[name]; return v, ok })
	a, b := s.Read("a", "A"), s.Key("b", "B")
	if s.Err() != nil || len(environment) != 2 || bytes.Equal(a, b.Seed()) {
		t.Errorf("%q is read as %v, %v, %v", out.String(), a, b, s.Err())
	}
}

func TestACommandLineEndsWithItsStatus(t *testing.T) {
	for _, c := range []struct {
		args   []string
		check  error
		status int
		says   string
	}{
		{[]string{"-h"}, nil, 0, "what it does"},
		{[]string{"-x"}, nil, 2, "-x"},
		{[]string{"now"}, nil, 2, `tool: "now" is not a flag`},
		{nil, errors.New("-a and -b\x1b: give one"), 2, "tool: -a and -b\uFFFD: give one\n"},
	} {
		var stderr strings.Builder
		err := Parse(Flags("tool", "what it does\n", &stderr), c.args, func() error { return c.check })
		if err == nil || Misread(err) != c.status || !strings.Contains(stderr.String(), c.says) {
			t.Errorf("%q: %v, status %d, %q; want %d and %q", c.args, err, Misread(err), stderr.String(), c.status, c.says)
		}
	}
	var stderr strings.Builder
	got := []int{Status(&stderr, "tool", nil), Status(&stderr, "tool", errors.New("one\ntwo"))}
	if diff := cmp.Diff([]int{0, 1}, got); diff != "" || stderr.String() != "tool: one; two\n" {
		t.Errorf("%s, %q", diff, stderr.String())
	}
}

// Secrets that are kept are made once; a file that holds none is named, and what
// it holds is not told.
func TestKeptSecretsAreMadeOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bank.json")
	var seen [2][]byte
	for i := range seen {
		lookup, err := Kept(file, []string{"A"})
		if err != nil {
			t.Fatal(err)
		}
		s := NewSecrets(lookup)
		seen[i] = s.Read("a", "A")
		if s.Err() != nil || s.Read("b", "B") != nil || s.Err() == nil {
			t.Errorf("%v, then B is there", s.Err())
		}
	}
	if !bytes.Equal(seen[0], seen[1]) || len(seen[0]) == 0 {
		t.Errorf("%v, then %v", seen[0], seen[1])
	}
	if err := os.WriteFile(file, []byte(`{"A": 5, "hunter2"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Kept(file, nil); err == nil || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v; want an error that names %s", err, file)
	}
}

// A path is a path, and an address of a database is not printed.
func TestADatabaseHasNoPasswordInItsName(t *testing.T) {
	for _, path := range []string{"gateway.db", "/var/lib/gateway.db", "./a=b.db", `C:\gateway.db`,
		"postgres://me@db.example/x?sslmode=verify-full", "postgresql:///x?host=/run/postgresql", "host=/run/postgresql dbname=x"} {
		if err := CheckDB(path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, address := range []string{"", " ", "postgres://me:hunter2@db.example/x", "postgres://db.example/x?password=hunter2", "postgres://me:hunter2@%zz/", "file://x", "mysql://db.example/x", "host=db.example password=hunter2", "password=hunter2 dbname=x"} {
		if err := CheckDB(address); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

type gone struct{}

func (gone) Write([]byte) (int, error) { return 0, errors.New("no reader") }

// A server that cannot tell where it is closes what it opened, and says why.
func TestAServerThatNobodyIsToldOfEnds(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	served := false
	err := Announce(t.Context(), gone{}, log, "here", func(ctx context.Context) error { served = true; <-ctx.Done(); return nil })
	if err == nil || !strings.Contains(err.Error(), "no reader") || !served {
		t.Errorf("%v, served %t", err, served)
	}
	broken := errors.New("broken")
	if err := Announce(t.Context(), io.Discard, log, "here", func(context.Context) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
}

// Public keys are read as they were published; the error names the file.
func TestPublishedKeysAreRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "codes.jwks")
	want := []wire.Key{{Public: ed25519.NewKeyFromSeed(NewSecret()).Public()}}
	jwks, err := wire.FormatKeySet(want...)
	if err == nil {
		err = os.WriteFile(file, jwks, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadKeys(file)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
	if err := os.WriteFile(file, jwks[1:], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{file, file + ".missing"} {
		if _, err := ReadKeys(wrong); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%v; want an error that names %s", err, wrong)
		}
	}
}
