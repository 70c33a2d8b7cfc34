package verify_test

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/net/idna"

	"github.com/anyscan/anyscan/verify"
)

// Every case of the Public Suffix List's own tests is right. International names
// are converted here; the door refuses them as they are.
func TestPublicSuffixes(t *testing.T) {
	raw, err := os.ReadFile("../../shared/data/psl/tests.txt")
	if err != nil {
		if os.Getenv("ANYSCAN_FULL") == "1" {
			t.Fatal(err)
		}
		t.Skip("the tests of the Public Suffix List are not here:", err)
	}
	cases := 0
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || strings.HasPrefix(line, "//") || fields[0] == "null" {
			continue
		}
		cases++
		checkSuffix(t, fields[0], strings.TrimPrefix(fields[1], "null"))
	}
	if cases < 75 {
		t.Errorf("%d cases are too few to mean anything", cases)
	}
}

// checkSuffix wants the domain of a host, "" for none.
func checkSuffix(t *testing.T, host, want string) {
	t.Helper()
	if ascii(t, host) != strings.ToLower(host) {
		if _, err := verify.Parse("https://"+host+"/", nil); err == nil {
			t.Errorf("%s: the door accepts what is not ASCII", host)
		}
	}
	a, err := verify.Parse("https://"+ascii(t, host)+"/", nil)
	if got := a.Domain(); got != ascii(t, want) {
		t.Errorf("%s: the domain is %q (%v), want %q", host, got, err, want)
	}
	// A rule covers what lies below a suffix, and nothing is below a bare one.
	if _, err := verify.NewDomains([]string{ascii(t, host)}); (err == nil) != (want != "") {
		t.Errorf("%s as a rule: %v; the domain is %q", host, err, want)
	}
}

func ascii(t *testing.T, name string) string {
	t.Helper()
	if strings.HasPrefix(name, ".") || name == "" { // no name at all
		return name
	}
	a, err := idna.Lookup.ToASCII(name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// A suffix that the list does not know is nobody's domain.
func TestUnknownSuffixes(t *testing.T) {
	for host, want := range map[string]string{
		"a.shop.unheardof": "", "com.invalidtld": "", "a.b.pay.example": "pay.example", "shop.github.io": "shop.github.io",
		"a.shop.github.io": "shop.github.io", "github.io": "", "a.shop.test": "shop.test", "pay.co.uk": "pay.co.uk",
	} {
		if got := mustParse(t, "https://"+host+"/").Domain(); got != want {
			t.Errorf("%s: %q, want %q", host, got, want)
		}
	}
	if got := (verify.Address{}).Domain(); got != "" {
		t.Errorf("no address has the domain %q", got)
	}
}
