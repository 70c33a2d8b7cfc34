package domaindb

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
)

// sample has some buckets.
func sample(t testing.TB) []byte {
	more := ""
	for c := 'a'; c <= 'z'; c++ {
		more += "shop-" + string(c) + ".example\n"
	}
	var b bytes.Buffer
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	_, err := Build(&b, strings.NewReader("pay.example\n=one.example\n*.many.example\n"+more), Edition{1, time.Unix(1<<33, 0)}, key)
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

// A file that was signed, and contradicts itself, is not installed: whoever built it
// has a bug.
func TestSignedButDamaged(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	good := sample(t)
	h, err := readHeader(good)
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func(content []byte){
		"nothing":             func([]byte) {},
		"another name":        func(c []byte) { copy(c[bytes.Index(c, []byte("pay")):], "zzz") },
		"a length":            func(c []byte) { c[bytes.Index(c, []byte("pay.example"))-1]++ },
		"more names":          func(c []byte) { c[48]++ },
		"the seed":            func(c []byte) { c[41]++ },
		"where buckets begin": func(c []byte) { c[headerSize]++ },
		"where buckets end":   func(c []byte) { c[h.blob()-4]-- },
	} {
		content := bytes.Clone(good[:h.signed()])
		damage(content)
		trailer, err := signFile(key, content)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Open(filepath.Join(t.TempDir(), "domains"), []verify.Key{{Public: key.Public()}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Install(t.Context(), bytes.NewReader(append(content, trailer...)))
		if (err == nil) != (name == "nothing") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
