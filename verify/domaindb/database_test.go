package domaindb_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/verify"
	"github.com/anyscan/anyscan/verify/domaindb"
	"github.com/anyscan/anyscan/verify/verifytest"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// testKey returns a key that depends on n alone.
func testKey(n uint64) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint64(seed, n)
	return ed25519.NewKeyFromSeed(seed)
}

func public(n uint64) verify.Key { return verify.Key{Public: testKey(n).Public()} }

// build is a file of rules, good for a day from noon.
func build(t testing.TB, version uint64, rules ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := domaindb.Build(&b, strings.NewReader(strings.Join(rules, "\n")),
		domaindb.Edition{Version: version, FreshUntil: noon().Add(24 * time.Hour)}, testKey(1))
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// open is an empty database that takes files of key 1, at noon.
func open(t testing.TB, path string) *domaindb.Database {
	t.Helper()
	d, err := domaindb.Open(path, []verify.Key{public(1)}, &domaindb.Options{Now: noon, MaxBytes: 1 << 28})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func installed(t testing.TB, file []byte) *domaindb.Database {
	t.Helper()
	d := open(t, filepath.Join(t.TempDir(), "domains"))
	if _, err := d.Install(t.Context(), bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	return d
}

// rule is the rule that covers a host, "" for none, and the code of a refusal.
func rule(t testing.TB, m verify.Method, host string, now time.Time) (string, verify.Code) {
	t.Helper()
	a, err := verify.Parse("https://"+host+"/A", nil)
	if err != nil {
		t.Fatal(err)
	}
	match, err := m.Check(t.Context(), a, now)
	if reason, ok := errors.AsType[*verify.Reason](err); ok {
		return match.Rule, reason.Code
	}
	if err != nil {
		t.Fatal(err)
	}
	return match.Rule, ""
}

func TestRulesOfAFile(t *testing.T) {
	d := installed(t, build(t, 1, "# the institution's", "", "pay.example", "=One.Example", "*.many.example", "=both.example",
		"*.both.example", "all.example", "=all.example", "all.example", "shop.github.io", "XXXX.com\r"))
	for host, want := range map[string]string{
		"a.b.pay.example": "pay.example", "pay.example": "pay.example", "evilpay.example": "", "one.example": "=one.example",
		"a.one.example": "", "many.example": "", "a.many.example": "*.many.example", "both.example": "=both.example",
		"a.both.example": "*.both.example", "all.example": "all.example", "a.shop.github.io": "shop.github.io", "evil.github.io": "",
		"www.xxxx.com": "xxxx.com",
	} {
		if got, code := rule(t, d, host, noon()); got != want || (code == "") != (want != "") {
			t.Errorf("%s: rule %q, code %q; want %q", host, got, code, want)
		}
	}
	info, ok := d.Info()
	want := domaindb.Info{Version: 1, FreshUntil: noon().Add(24 * time.Hour), Names: 7, Bytes: info.Bytes}
	if diff := cmp.Diff(want, info); diff != "" || !ok {
		t.Error(diff)
	}
	if d.Name() != "domain" {
		t.Error(d.Name())
	}
}

// A file answers as the same rules do in memory, whatever they are.
func TestFileIsLikeMemory(t *testing.T) {
	labels := rapid.SampledFrom([]string{"a", "b", "pay", "shop", "a-b", "x1", "longer-label-of-a-name"})
	suffixes := rapid.SampledFrom([]string{"example", "com", "co.uk", "github.io", "s3.amazonaws.com"})
	host := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(append(rapid.SliceOfN(labels, 1, 3).Draw(t, "labels"), suffixes.Draw(t, "suffix")), ".")
	})
	written := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"", "=", "*."}).Draw(t, "form") + host.Draw(t, "name")
	})
	rapid.Check(t, func(r *rapid.T) {
		rules := rapid.SliceOfN(written, 1, 60).Draw(r, "rules")
		memory, err := verify.NewDomains(rules)
		if err != nil {
			r.Skip(err)
		}
		d := installed(t, build(t, 1, rules...))
		for range 40 {
			h := host.Draw(r, "host")
			got, gotCode := rule(t, d, h, noon())
			want, wantCode := rule(t, memory, h, noon())
			if got != want || gotCode != wantCode {
				r.Fatalf("%s: %q %q in a file, %q %q in memory", h, got, gotCode, want, wantCode)
			}
		}
	})
}

// One build is like the next, so that a file can be compared with its rules.
func TestBuildsAreAlike(t *testing.T) {
	if !bytes.Equal(build(t, 1, "pay.example", "=a.example"), build(t, 1, "pay.example", "=a.example")) {
		t.Error("two builds of the same differ")
	}
}

// Every line that is no rule is told with its number.
func TestMalformedRules(t *testing.T) {
	text := "pay.example\nco.uk\n# a comment\n\n=a b\n" + strings.Repeat("a", 100_000) + "\nalİpay.com\n*.shop.example\nhttps://x.example"
	var out bytes.Buffer
	_, err := domaindb.Build(&out, strings.NewReader(text), domaindb.Edition{Version: 1, FreshUntil: noon()}, testKey(1))
	bad, ok := errors.AsType[*domaindb.RulesError](err)
	if !ok {
		t.Fatal(err)
	}
	var lines []int
	for _, p := range bad.Problems {
		lines = append(lines, p.Line)
	}
	if diff := cmp.Diff([]int{2, 5, 6, 7, 9}, lines); diff != "" || bad.Count != 5 || out.Len() > 0 {
		t.Errorf("%v: %s", err, diff)
	}
	if !strings.Contains(err.Error(), `line 2: "co.uk" is a public suffix`) {
		t.Error(err)
	}
	many := strings.Repeat("com\n", 3000)
	_, err = domaindb.Build(io.Discard, strings.NewReader(many), domaindb.Edition{Version: 1, FreshUntil: noon()}, testKey(1))
	if bad, ok := errors.AsType[*domaindb.RulesError](err); !ok || bad.Count != 3000 || len(bad.Problems) != 1000 {
		t.Errorf("%v", err)
	}
}

// A rule that stands a hundred thousand times counts once, and costs no more than as
// many different ones: a test that took the square of them would not end.
func TestRepeatedRule(t *testing.T) {
	var b bytes.Buffer
	info, err := domaindb.Build(&b, strings.NewReader(strings.Repeat("=pay.example\n*.pay.example\n", 200_000)+"a.example"),
		domaindb.Edition{Version: 1, FreshUntil: noon().Add(time.Hour)}, testKey(1))
	if err != nil || info.Names != 2 {
		t.Fatalf("%+v, %v", info, err)
	}
	d := installed(t, b.Bytes())
	for host, want := range map[string]string{"pay.example": "=pay.example", "x.pay.example": "*.pay.example", "x.a.example": "a.example", "evil.example": ""} {
		if got, _ := rule(t, d, host, noon()); got != want {
			t.Errorf("%s: rule %q, want %q", host, got, want)
		}
	}
}

// A feed that begins anew gets the file that is installed already: nothing is wrong,
// or it would ask for all of it again and again.
func TestInstalledAgain(t *testing.T) {
	path, file := filepath.Join(t.TempDir(), "domains"), build(t, 5, "pay.example")
	d := open(t, path)
	for range 3 {
		info, err := d.Install(t.Context(), bytes.NewReader(file))
		if err != nil || info.Version != 5 {
			t.Fatalf("%+v, %v", info, err)
		}
		d = open(t, path) // the program starts again
	}
	if got, _ := rule(t, d, "pay.example", noon()); got != "pay.example" {
		t.Errorf("rule %q", got)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}

func TestBuildRefuses(t *testing.T) {
	good := domaindb.Edition{Version: 1, FreshUntil: noon()}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, build := range map[string]func() error{
		"no rules": func() error {
			_, err := domaindb.Build(io.Discard, strings.NewReader("#\n"), good, testKey(1))
			return err
		},
		"no signer": func() error {
			_, err := domaindb.Build(io.Discard, strings.NewReader("a.example"), good, nil)
			return err
		},
		"P-384": func() error {
			_, err := domaindb.Build(io.Discard, strings.NewReader("a.example"), good, p384)
			return err
		},
		"no version": func() error {
			_, err := domaindb.Build(io.Discard, strings.NewReader("a.example"), domaindb.Edition{FreshUntil: noon()}, testKey(1))
			return err
		},
		"no date": func() error {
			_, err := domaindb.Build(io.Discard, strings.NewReader("a.example"), domaindb.Edition{Version: 1}, testKey(1))
			return err
		},
		"broken off": func() error {
			_, err := domaindb.Build(io.Discard, iotest.ErrReader(io.ErrUnexpectedEOF), good, testKey(1))
			return err
		},
	} {
		if build() == nil {
			t.Errorf("%s: a file was built", name)
		}
	}
}

// Whatever is wrong with a new file, the old one stays, in use and on the disk.
func TestBadFilesAreNotInstalled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "domains")
	d, old := open(t, path), build(t, 5, "old.example")
	if _, err := d.Install(t.Context(), bytes.NewReader(old)); err != nil {
		t.Fatal(err)
	}
	fresh := build(t, 6, "new.example")
	edited := func(edit func(b []byte) []byte) io.Reader { return bytes.NewReader(edit(bytes.Clone(fresh))) }
	var stale, foreign bytes.Buffer
	for w, e := range map[*bytes.Buffer]domaindb.Edition{&stale: {Version: 6, FreshUntil: noon()}, &foreign: {Version: 6, FreshUntil: noon().Add(time.Hour)}} {
		signer := testKey(1)
		if w == &foreign {
			signer = testKey(2)
		}
		if _, err := domaindb.Build(w, strings.NewReader("new.example"), e, signer); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		file io.Reader
		want string
	}{
		"empty":        {strings.NewReader(""), "is no file"},
		"a page":       {strings.NewReader("<html>" + strings.Repeat(" ", 500)), "is no file"},
		"same version": {bytes.NewReader(build(t, 5, "new.example")), "has the version 5, and 5 is installed"},
		"older":        {bytes.NewReader(build(t, 4, "new.example")), "has the version 4"},
		"not fresh":    {&stale, "was fresh until"},
		"unknown key":  {&foreign, "unknown key"},
		"cut short":    {edited(func(b []byte) []byte { return b[:len(b)-80] }), "cut short"},
		"longer":       {edited(func(b []byte) []byte { return append(b, 0) }), "damaged trailer"},
		"other format": {edited(func(b []byte) []byte { b[16]++; return b }), "format 2"},
		"other rule":   {bytes.NewReader(bytes.Replace(fresh, []byte("new"), []byte("evi"), 1)), "not what was signed"},
		"breaks off":   {io.MultiReader(bytes.NewReader(fresh[:100]), iotest.ErrReader(io.ErrUnexpectedEOF)), "unexpected EOF"},
		"without end":  {zeros{}, "the most that is taken"},
	} {
		_, err := d.Install(t.Context(), c.file)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
		if got, _ := rule(t, d, "old.example", noon()); got != "old.example" {
			t.Errorf("%s: the old file is gone", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Install(ctx, bytes.NewReader(fresh)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	onlyFile(t, path, old)
}

// onlyFile wants nothing left beside the one file.
func onlyFile(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file on the disk has changed: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%d files are left, want one: %v", len(entries), err)
	}
}

// zeros have no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// No byte of a file can be changed.
func TestEveryByteIsSigned(t *testing.T) {
	file := build(t, 6, "pay.example", "=one.example", "*.many.example")
	for i := range file {
		d := open(t, filepath.Join(t.TempDir(), "domains"))
		changed := bytes.Clone(file)
		changed[i] ^= 1
		if _, err := d.Install(t.Context(), bytes.NewReader(changed)); err == nil {
			t.Fatalf("byte %d was changed, and the file installed", i)
		}
	}
}

func TestKeysOfFiles(t *testing.T) {
	file := build(t, 1, "pay.example")
	for name, c := range map[string]struct {
		key  verify.Key
		want string
	}{
		"in force":  {verify.Key{Public: public(1).Public, NotBefore: noon()}, ""},
		"not yet":   {verify.Key{Public: public(1).Public, NotBefore: noon().Add(1)}, "not in force"},
		"no longer": {verify.Key{Public: public(1).Public, NotAfter: noon()}, "not in force"},
	} {
		d, err := domaindb.Open(filepath.Join(t.TempDir(), "domains"), []verify.Key{public(2), c.key}, &domaindb.Options{Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.Install(t.Context(), bytes.NewReader(file))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	for _, keys := range [][]verify.Key{nil, {{}}} {
		if _, err := domaindb.Open("x", keys, nil); err == nil {
			t.Errorf("opened with %d keys that are none", len(keys))
		}
	}
}

// A file that is no longer fresh decides nothing, and neither does none.
func TestStale(t *testing.T) {
	d := installed(t, build(t, 1, "pay.example"))
	for after, want := range map[time.Duration]verify.Code{24*time.Hour - 1: "", 24 * time.Hour: verify.CodeStale} {
		if got, code := rule(t, d, "pay.example", noon().Add(after)); code != want || (got != "") != (want == "") {
			t.Errorf("after %v: rule %q, code %q", after, got, code)
		}
	}
	none := open(t, filepath.Join(t.TempDir(), "domains"))
	if _, code := rule(t, none, "pay.example", noon()); code != verify.CodeStale {
		t.Errorf("without a file: %q", code)
	}
	if _, ok := none.Info(); ok {
		t.Error("there is no file, and it says something")
	}
}

// What was installed is there when the program starts again.
func TestOpenAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "domains")
	if _, err := open(t, path).Install(t.Context(), bytes.NewReader(build(t, 1, "pay.example"))); err != nil {
		t.Fatal(err)
	}
	d := open(t, path)
	if got, _ := rule(t, d, "pay.example", noon()); got != "pay.example" {
		t.Error("the rule is gone")
	}
	if _, err := d.Install(t.Context(), bytes.NewReader(build(t, 1, "other.example"))); err == nil {
		t.Error("the same version was installed again")
	}
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := domaindb.Open(path, []verify.Key{public(1)}, nil); err == nil {
		t.Error("a damaged file was opened")
	}
}

// A policy with a file keeps the contract of every verifier.
func TestContract(t *testing.T) {
	verifytest.Run(t, func(t *testing.T) verifytest.Subject {
		d := installed(t, build(t, 1, "pay.example", "=one.example"))
		p, err := verify.Any([]verify.Method{d}, &verify.Options{Now: noon})
		if err != nil {
			t.Fatal(err)
		}
		return verifytest.Subject{Verifier: p, Legal: []string{"https://a.pay.example/?a=1", "https://one.example:8443/"},
			Illegal: []string{"https://a.one.example/", "https://evil.example/"}}
	})
}
