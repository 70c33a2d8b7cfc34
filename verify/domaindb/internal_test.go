package domaindb

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func sample(t testing.TB) []byte {
	var b bytes.Buffer
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	_, err := Build(&b, strings.NewReader("pay.example\n=one.example\n*.many.example\n"), Edition{1, time.Unix(1<<33, 0)}, key)
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Where files cannot be mapped, they are read.
func TestReadAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, release, err := readAll(f, 4)
	if err != nil || string(data) != "0123" {
		t.Errorf("%q, %v", data, err)
	}
	release()
	if _, _, err := readAll(f, 11); err == nil {
		t.Error("more was read than there is")
	}
}

// A file that nobody proved can lie, but never stops the program; one that has been
// checked finds every name in its own bucket.
func FuzzOpen(f *testing.F) {
	good := sample(f)
	f.Add(good)
	for _, at := range []int{24, 48, 56, 64, 128, 130, 132, 136} {
		bad := bytes.Clone(good)
		bad[at]++
		f.Add(bad)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		path := filepath.Join(t.TempDir(), "domains")
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := OpenFile(path)
		if err != nil {
			return
		}
		for _, name := range []string{"pay.example", "one.example", "", "x"} {
			file.Rules(name)
		}
		if file.check() == nil && file.Info().Names < 1 {
			t.Error("a file without names is no file")
		}
	})
}
