package verify_test

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/verify"
)

// development is the policy of one machine; nil is that of the world.
func development() *verify.Options { return &verify.Options{Development: true} }

func mustParse(t testing.TB, raw string) verify.Address {
	t.Helper()
	a, err := verify.Parse(raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// mustParseIn parses in development.
func mustParseIn(t testing.TB, raw string) verify.Address {
	t.Helper()
	a, err := verify.Parse(raw, development())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func label(n int) string { return strings.Repeat("a", n) }

// host253 and host254 are the longest host there is and one byte more.
func host253() string { return strings.Repeat(label(61)+".", 4) + "abcde" }
func host254() string { return strings.Repeat(label(61)+".", 4) + "abcdef" }

func TestParseAccepts(t *testing.T) {
	const base = "https://pay.example/"
	full := base + strings.Repeat("a", 2048-len(base))
	for raw, want := range map[string]string{
		"https://pay.example":                     "https://pay.example/",
		"https://pay.example/":                    "https://pay.example/",
		"HTTPS://PAY.EXAMPLE/A":                   "https://pay.example/A",
		"https://PAY.example/A":                   "https://pay.example/A",
		"HTTPS://pay.example/A":                   "https://pay.example/A",
		"hTtPs://pAy.eXample?B":                   "https://pay.example/?B",
		"https://pay.example?":                    "https://pay.example/?",
		"https://pay.example#":                    "https://pay.example/#",
		"https://pay.example:443":                 "https://pay.example/",
		"https://pay.example:80/":                 "https://pay.example:80/",
		"https://pay.example:1/":                  "https://pay.example:1/",
		"https://pay.example:65535/":              "https://pay.example:65535/",
		"https://a-b.0.xn--fiq228c.c0m/":          "https://a-b.0.xn--fiq228c.c0m/",
		"https://" + label(63) + ".example":       "https://" + label(63) + ".example/",
		"https://" + host253():                    "https://" + host253() + "/",
		"https://pay.example/!$&'()*+,-.;=@[]_~:": "https://pay.example/!$&'()*+,-.;=@[]_~:",
		"https://pay.example/%41%fF?%00#%7e":      "https://pay.example/%41%fF?%00#%7e",
		"https://pay.example/../a//b?x?y#z#?":     "https://pay.example/../a//b?x?y#z#?",
		"https://pay.example/@evil.example":       "https://pay.example/@evil.example",
		full:                                      full,
	} {
		if got := mustParse(t, raw).String(); got != want {
			t.Errorf("Parse(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		raw  string
		code verify.Code
		at   int
	}{
		{"", verify.CodeScheme, 0},
		{"pay.example", verify.CodeScheme, 0},
		{"//pay.example", verify.CodeScheme, 0},
		{"https:/pay.example", verify.CodeScheme, 0},
		{"https:pay.example", verify.CodeScheme, 0},
		{`https:\\pay.example`, verify.CodeScheme, 0},
		{" https://pay.example", verify.CodeScheme, 0},
		{"httpſ://pay.example", verify.CodeScheme, 0},
		{"javascript:alert(1)//https://pay.example", verify.CodeScheme, 0},
		{"http://pay.example", verify.CodePlainHTTP, 0},
		{"http://pay.localhost", verify.CodePlainHTTP, 0},
		{"https://pay.localhost", verify.CodeLocalhost, 8},
		{"https://pay.LOCALHOST:8080/", verify.CodeLocalhost, 8},
		{"https://localhost/", verify.CodeHostSingle, 8},
		{"https://", verify.CodeHostLabel, 8},
		{"https:///pay.example", verify.CodeHostLabel, 8},
		{"https://.example", verify.CodeHostLabel, 8},
		{"https://pay..example", verify.CodeHostLabel, 12},
		{"https://-pay.example", verify.CodeHostLabel, 8},
		{"https://pay-.example", verify.CodeHostLabel, 11},
		{"https://pay.example-", verify.CodeHostLabel, 19},
		{"https://" + label(64) + ".example", verify.CodeHostLabel, 71},
		{"https://" + host254(), verify.CodeHostLength, 261},
		{"https://pay.example.", verify.CodeTrailingDot, 19},
		{"https://pay.example./", verify.CodeTrailingDot, 19},
		{"https://127.0.0.1/", verify.CodeHostNumeric, 16},
		{"https://pay.0x7f/", verify.CodeHostNumeric, 12},
		{"https://[::1]/", verify.CodeHostCharacter, 8},
		{"https://pay_1.example/", verify.CodeHostCharacter, 11},
		{"https://pay%2eexample.com/", verify.CodeHostCharacter, 11},
		{"https://pay.example\\.evil.example/", verify.CodeHostCharacter, 19},
		{"https://pay.example\x00.evil.example/", verify.CodeHostCharacter, 19},
		{"https://pay.example\t/", verify.CodeHostCharacter, 19},
		{"https://alİpay.com", verify.CodeHostCharacter, 10}, // U+0130: ToLower makes it an i
		{"https://faẞ.de", verify.CodeHostCharacter, 10},     // U+1E9E: IDNA 2003 makes it ss
		{"https://pay.example．com/", verify.CodeHostCharacter, 19},
		{"https://user@pay.example", verify.CodeUserInfo, 12},
		{"https://user:password@pay.example", verify.CodeUserInfo, 8},
		{"https://pay.example@evil.example", verify.CodeUserInfo, 19},
		{"https://pay.example:443@evil.example", verify.CodeUserInfo, 23},
		{"https://pay.example:", verify.CodePort, 20},
		{"https://pay.example:/", verify.CodePort, 20},
		{"https://pay.example:0/", verify.CodePort, 20},
		{"https://pay.example:0443/", verify.CodePort, 20},
		{"https://pay.example:65536/", verify.CodePort, 20},
		{"https://pay.example:18446744073709552059/", verify.CodePort, 20},
		{"https://pay.example:44a/", verify.CodePort, 22},
		{"https://pay.example/a b", verify.CodeCharacter, 21},
		{"https://pay.example/\x7f", verify.CodeCharacter, 20},
		{"https://pay.example/é", verify.CodeCharacter, 20},
		{"https://pay.example/\n", verify.CodeCharacter, 20},
		{"https://pay.example/\\", verify.CodeCharacter, 20},
		{"https://pay.example/%", verify.CodeEscape, 20},
		{"https://pay.example/%4", verify.CodeEscape, 20},
		{"https://pay.example/?a=%4g", verify.CodeEscape, 23},
		{"https://pay.example/#%u0041", verify.CodeEscape, 21},
		{"https://pay.example/" + label(2029), verify.CodeTooLong, 2048},
		{"https://pay.example?" + label(2028), verify.CodeTooLong, 2047}, // "/" would be byte 2049
	} {
		a, err := verify.Parse(c.raw, nil)
		got, ok := errors.AsType[*verify.AddressError](err)
		if !ok || got.Code != c.code || got.Offset != c.at || a != (verify.Address{}) {
			t.Errorf("Parse(%.60q) = %q, %v; want code %s at %d", c.raw, a, err, c.code, c.at)
		}
	}
}

// Each of the nine forbidden characters is refused, everywhere behind the host.
func TestParseRefusesEveryForbiddenByte(t *testing.T) {
	for _, part := range []string{"https://pay.example/", "https://pay.example/?", "https://pay.example/#"} {
		for b := range 256 {
			forbidden := b <= ' ' || b >= 0x7f || strings.ContainsRune("\"<>\\^`{|}%", rune(b))
			if _, err := verify.Parse(part+string([]byte{byte(b)}), nil); (err != nil) != forbidden {
				t.Errorf("Parse(%q + %#x): %v", part, b, err)
			}
		}
	}
}

// http is for *.localhost, and only where somebody wrote Development.
func TestParseDevelopment(t *testing.T) {
	for raw, want := range map[string]string{
		"http://acquirer.localhost:8080/pay?a": "http://acquirer.localhost:8080/pay?a",
		"HTTP://Gateway.LocalHost:80":          "http://gateway.localhost/",
		"https://gateway.localhost:80/":        "https://gateway.localhost:80/",
		"http://gateway.localhost:443/":        "http://gateway.localhost:443/",
		"https://pay.example/":                 "https://pay.example/",
		"http://pay.example/":                  "",
		"http://localhost/":                    "",
		"http://127.0.0.1/":                    "",
		"http://evillocalhost/":                "",
		"http://localhost.example/":            "",
		"http://acquirer.localhost.example/":   "",
	} {
		a, err := verify.Parse(raw, development())
		if a.String() != want || (err == nil) != (want != "") {
			t.Errorf("Parse(%q) = %q, %v; want %q", raw, a, err, want)
		}
		for _, o := range []*verify.Options{nil, {}} {
			if _, err := verify.Parse(raw, o); err == nil && strings.Contains(want, "localhost") {
				t.Errorf("Parse(%q) accepted without Development", raw)
			}
		}
	}
}

func TestAddressParts(t *testing.T) {
	for _, c := range []struct {
		raw, host             string
		port                  int
		path, query, fragment string
	}{
		{"https://Pay.example", "pay.example", 443, "/", "", ""},
		{"https://pay.example:8443/a/b?c=d?&#e#f", "pay.example", 8443, "/a/b", "c=d?&", "e#f"},
		{"HTTPS://PAY.EXAMPLE:443?C#?", "pay.example", 443, "/", "C", "?"},
		{"https://pay.example/??a##b", "pay.example", 443, "/", "?a", "#b"},
		{"https://pay.example/?#", "pay.example", 443, "/", "", ""},
		{"http://A.localhost:80#e", "a.localhost", 80, "/", "", "e"},
		{"http://a.localhost:443/", "a.localhost", 443, "/", "", ""},
	} {
		a, err := verify.Parse(c.raw, development())
		if err != nil || a.Host() != c.host || a.Port() != c.port || a.Path() != c.path || a.Query() != c.query || a.Fragment() != c.fragment {
			t.Errorf("%q: %v, %q %d %q %q %q", c.raw, err, a.Host(), a.Port(), a.Path(), a.Query(), a.Fragment())
		}
	}
	var none verify.Address
	if none.String()+none.Host()+none.Path()+none.Query()+none.Fragment() != "" || none.Port() != 0 {
		t.Error("the zero Address has parts")
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	for _, raw := range []string{"https://pay.example/a?b", "https://pay.example:8443/a?b#c"} {
		if n := testing.AllocsPerRun(100, func() { _, _ = verify.Parse(raw, nil) }); n != 0 {
			t.Errorf("%q: %v allocations", raw, n)
		}
	}
}

// What the door accepts, net/url reads the same way, and the canonical form
// is canonical.
func FuzzParse(f *testing.F) {
	for _, raw := range []string{
		"https://pay.example/a?b#c", "HTTPS://PAY.EXAMPLE:443?A", "http://a.localhost:8080/", "https://u@h.example",
		"https://[::1]/", "https://alİpay.com", "https://a.b%2e/", "https://a.b/%zz", "https://a.b:0/", "https://a.b?#?", "https://0.A##",
	} {
		f.Add(raw, true)
		f.Add(raw, false)
	}
	f.Fuzz(func(t *testing.T, raw string, dev bool) {
		o := &verify.Options{Development: dev}
		a, err := verify.Parse(raw, o)
		if err != nil {
			if a != (verify.Address{}) {
				t.Fatal("an error and an Address")
			}
			return
		}
		if again, err := verify.Parse(a.String(), o); err != nil || again != a {
			t.Fatalf("%q: canonical %q parses to %q, %v", raw, a, again, err)
		}
		for _, text := range []string{raw, a.String()} {
			sameAsURL(t, text, a)
		}
		if !dev && !strings.HasPrefix(a.String(), "https://") {
			t.Fatalf("%q is not https", a)
		}
	})
}

func sameAsURL(t *testing.T, text string, a verify.Address) {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatalf("net/url refuses %q: %v", text, err)
	}
	port := map[bool]string{true: "443", false: "80"}[u.Scheme == "https"]
	if u.Port() != "" {
		port = u.Port()
	}
	if port != strconv.Itoa(a.Port()) {
		t.Fatalf("%q: net/url reads port %s, we %d", text, port, a.Port())
	}
	fragment, _ := url.PathUnescape(a.Fragment())
	path, _ := url.PathUnescape(a.Path())
	if strings.ToLower(u.Hostname()) != a.Host() || u.User != nil || u.RawQuery != a.Query() || u.Fragment != fragment || "/"+strings.TrimPrefix(u.Path, "/") != path {
		t.Fatalf("%q: net/url reads %#v, we %q %q %q", text, u, a.Host(), a.Query(), a.Fragment())
	}
}
