package program

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
