package verify_test

import (
	"math/rand/v2"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	whatwg "github.com/nlnwa/whatwg-url/url"

	"github.com/anyscan/anyscan/verify"
)

// Of many strings, hostile ones and ones of the grammar's own alphabet, none that the
// door accepts has another host for a browser (the WHATWG's URL standard) or for
// net/url. ANYSCAN_STRINGS says how many; what fails is told by its number, and is
// the same each time.
func TestNobodyReadsAnotherHost(t *testing.T) {
	n := 100_000
	if text := os.Getenv("ANYSCAN_STRINGS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	accepted := 0
	for i := range n {
		r := rand.New(rand.NewPCG(uint64(i), 11))
		raw := hostile(r)
		if i%2 == 0 {
			raw = plausible(r)
		}
		if differs, ok := readsAnotherHost(t, raw); differs {
			t.Fatalf("string %d: %q", i, raw)
		} else if ok {
			accepted++
		}
	}
	t.Logf("%d strings, %d accepted, 0 differences", n, accepted)
	if accepted < n/20 {
		t.Error("too few were accepted to mean anything")
	}
}

// readsAnotherHost compares the door with both, on what was read and on what comes
// out.
func readsAnotherHost(t *testing.T, raw string) (differs, accepted bool) {
	t.Helper()
	a, err := verify.Parse(raw, nil)
	if err != nil {
		return false, false
	}
	for _, text := range []string{raw, a.String()} {
		u, err := url.Parse(text)
		if err != nil || strings.ToLower(u.Hostname()) != a.Host() {
			t.Errorf("net/url reads %q of %q (%v), the door %q", u.Hostname(), text, err, a.Host())
			return true, true
		}
		w, err := whatwg.Parse(text)
		switch {
		case err != nil && strings.Contains(a.Host(), "xn--"): // no name of IDNA: a browser opens nothing
		case err != nil:
			t.Errorf("a browser refuses %q: %v", text, err)
			return true, true
		case w.Hostname() != a.Host() || w.Username() != "" || w.DecodedPort() != a.Port():
			t.Errorf("a browser reads %q of %q, the door %q", w.Hostname(), text, a.Host())
			return true, true
		}
	}
	return false, true
}

// plausible is of the grammar's own alphabet.
func plausible(r *rand.Rand) string {
	const alphabet = "abcxyzABCXYZ0189-."
	var b strings.Builder
	b.WriteString([]string{"https://", "HTTPS://", "hTTps://"}[r.IntN(3)])
	for range 1 + r.IntN(4) {
		switch r.IntN(12) {
		case 0:
			b.WriteString("xn--")
		case 1:
			b.WriteString(strconv.Itoa(r.IntN(300)))
		case 2:
			b.WriteString("0x7f")
		}
		for range 1 + r.IntN(6) {
			b.WriteByte(alphabet[r.IntN(len(alphabet)-2)])
		}
		b.WriteByte('.')
	}
	b.WriteString([]string{"com", "example", "c0m", "a", "xn--p1ai"}[r.IntN(5)])
	b.WriteString([]string{"", "", ":443", ":8443", ":80"}[r.IntN(5)])
	b.WriteString([]string{"", "/", "/a/../b", "?a=b", "#c", "/%41?x=%2f#@"}[r.IntN(6)])
	for range r.IntN(6) {
		b.WriteByte("abc/?#@:&=%4[]!$'()*+,;._~-"[r.IntN(27)])
	}
	return b.String()
}

// hostile is built around a legal and an illegal host, of what parsers stumble over.
func hostile(r *rand.Rand) string {
	parts := []string{"https://", "https:", "HTTPS://", "http://", "//", "/", "\\", "legal.example", "evil.example", "LEGAL.example", "@", ":", ":443",
		":80", ".", "..", "%2e", "%00", "%", "#", "?", "\t", "\n", "\r", " ", "\x00", "\u0130", "\u1e9e", "\uff0e", "\u3002", "\u00ad", "\u200b", "ſ", "K",
		"[::1]", "127.0.0.1", "0x7f", "2130706433", "xn--", "xn--fa-hia.de", "localhost", "a", "-", "_", "*", "user", "|", "^", "`", "{", "<", "\"", "\xff"}
	var b strings.Builder
	if r.IntN(4) > 0 {
		b.WriteString("https://legal.example")
	}
	for range r.IntN(7) {
		b.WriteString(parts[r.IntN(len(parts))])
	}
	return b.String()
}

func FuzzNobodyReadsAnotherHost(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 20 {
		f.Add(hostile(r))
		f.Add(plausible(r))
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if differs, _ := readsAnotherHost(t, raw); differs {
			t.Fail()
		}
	})
}
