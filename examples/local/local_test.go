package local_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/examples/local"
)

func TestKeysAreKept(t *testing.T) {
	dir := t.TempDir()
	made, err := local.LoadKeys(dir)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := local.LoadKeys(dir)
	if diff := cmp.Diff(made, kept); err != nil || diff != "" {
		t.Errorf("%v, %s", err, diff)
	}
}

// A file in which any key is missing or cut is refused by the file's name and
// the key's.
func TestKeysThatAreDamagedAreNamed(t *testing.T) {
	raw, err := json.Marshal(local.NewKeys())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"codes", "gateway", "acquirer", "tokens", "forms", "wallet"} {
		for _, damaged := range []any{nil, "", "AAAA"} {
			var keys map[string]any
			if err := json.Unmarshal(raw, &keys); err != nil {
				t.Fatal(err)
			}
			keys[name] = damaged
			changed, err := json.Marshal(keys)
			if err != nil {
				t.Fatal(err)
			}
			file := write(t, changed)
			_, err = local.LoadKeys(filepath.Dir(file))
			if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), `"`+name+`"`) {
				t.Errorf("%s is %v: %v; want an error that names %s and the key", name, damaged, err, file)
			}
		}
	}
	file := write(t, []byte("{"))
	if _, err := local.LoadKeys(filepath.Dir(file)); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("no JSON: %v; want an error that names %s", err, file)
	}
}

// Keys that others could have planted sign no codes.
func TestKeysOfOthersAreRefused(t *testing.T) {
	raw, err := os.ReadFile(keyFile(t))
	if err != nil {
		t.Fatal(err)
	}
	open := write(t, raw)
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	linked := filepath.Join(t.TempDir(), "keys.json")
	if err := os.Symlink(write(t, raw), linked); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{open, linked} {
		if _, err := local.LoadKeys(filepath.Dir(file)); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%v; want an error that names %s", err, file)
		}
	}
}

func keyFile(t *testing.T) string {
	dir := t.TempDir()
	if _, err := local.LoadKeys(dir); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "keys.json")
}

func write(t *testing.T, keys []byte) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(file, keys, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestClientsShareTheirConnections(t *testing.T) {
	s, other := &local.System{}, &local.System{}
	way := func(s *local.System) http.RoundTripper { return s.Client().Transport }
	if way(s) != way(s) {
		t.Error("two clients of one system have two transports")
	}
	if way(s) == way(other) {
		t.Error("two systems have one transport")
	}
}
