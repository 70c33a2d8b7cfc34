package clearing

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawAcquirer is any acquirer that a directory takes.
func drawAcquirer(t *rapid.T) Acquirer {
	strs := func(what, format string) []string {
		n := rapid.IntRange(-1, 3).Draw(t, what)
		if n < 0 {
			return nil
		}
		all := []string{}
		for i := range n {
			all = append(all, fmt.Sprintf(format, i))
		}
		return all
	}
	a := Acquirer{Name: rapid.StringMatching(`[a-z0-9-]{1,64}`).Draw(t, "name"), Components: strs("components", "component-%d"),
		Disabled: rapid.StringMatching(`([a-zé][a-zé /"]{0,19})?`).Draw(t, "disabled")}
	if origins := strs("origins", "https://shop%d.example"); len(origins) > 0 {
		a.ReturnOrigins = origins
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "keys") {
		k := Key{NotBefore: second(rapid.Int64Range(-1, 2e9).Draw(t, "nbf"))}
		if rapid.Bool().Draw(t, "ends") {
			k.NotAfter = second(2e9 + rapid.Int64Range(1, 2e9).Draw(t, "exp"))
		}
		if rapid.Bool().Draw(t, "secret") {
			k.SecretEnv = fmt.Sprint("SECRET_", i)
		} else {
			k.Public = ed25519.PublicKey(fmt.Sprintf("%032d", i+1))
		}
		a.Keys = append(a.Keys, k)
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "merchants") {
		m := Merchant{ID: fmt.Sprint("m", i), Name: rapid.StringMatching(`[A-Za-zé<&]{1,20}`).Draw(t, "merchant")}
		if domains := strs("domains", "shop%d.example"); len(domains) > 0 {
			m.Domains = domains
		}
		a.Merchants = append(a.Merchants, m)
	}
	if rapid.Bool().Draw(t, "limited") {
		a.Limits = Limits{Amounts: map[string]int64{}, Rate: rapid.Float64Range(0.001, 1e6).Draw(t, "rate"), Burst: rapid.IntRange(1, 1e6).Draw(t, "burst")}
		for _, currency := range []string{"CNY", "EUR"}[:rapid.IntRange(0, 2).Draw(t, "currencies")] {
			a.Limits.Amounts[currency] = rapid.Int64Range(1, 1<<53-1).Draw(t, "amount")
		}
	}
	return a
}

// second is that time, the zero time for -1.
func second(s int64) time.Time {
	if s < 0 {
		return time.Time{}
	}
	return time.Unix(s, 0).UTC()
}

// What is written into the store is read as it was, to the difference between
// none and all.
func TestEntriesRoundTrip(t *testing.T) {
	env := func(name string) (string, bool) {
		return base64.StdEncoding.EncodeToString([]byte(name + strings.Repeat("x", 32))), true
	}
	rapid.Check(t, func(t *rapid.T) {
		want := drawAcquirer(t)
		if _, err := NewDirectory([]Acquirer{want}, &DirectoryOptions{LookupEnv: env}); err != nil {
			t.Fatalf("the acquirer is not valid: %v", err)
		}
		var p problems
		raw := formatEntry(&p, "", want)
		got := parseEntry(&p, "", raw)
		if diff := cmp.Diff(want, got); diff != "" || len(p) > 0 {
			t.Errorf("%s reads differently (-want +got):\n%s%v", raw, diff, p)
		}
	})
}

// A secret is not written, under whatever name.
func TestSecretsAreNotWritten(t *testing.T) {
	var p problems
	raw := formatEntry(&p, "", Acquirer{Name: "north", Keys: []Key{{Public: NewSharedSecret([]byte(strings.Repeat("s", 32)))},
		{Public: NewSharedSecret([]byte(strings.Repeat("s", 32))), SecretEnv: "NORTH_SECRET"}}})
	if len(p) != 1 || p[0].Path != "/keys/0" {
		t.Errorf("the problems are %v", p)
	}
	if want := `{"name":"north","keys":{"keys":[{"kty":"oct","secret_env":"NORTH_SECRET"}]}}`; raw != want {
		t.Errorf("written: %s, want %s", raw, want)
	}
}

// Whatever a file says is refused, or read; and acquirers that a directory takes
// are written, and read as what was written.
func FuzzParseDirectory(f *testing.F) {
	for _, seed := range []string{
		`{"acquirers": []}`,
		`{"acquirers": [{"name": "north", "keys": {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "exp": 1798761600}, {"kty": "oct", "secret_env": "NORTH_SECRET", "nbf": 1}]}}]}`,
		`{"acquirers": [{"name": "south", "merchants": [{"id": "tea", "name": "Tea House", "domains": ["tea.example"]}], "components": [], "limits": {"amounts": {"CNY": 1}, "rate": 0.5, "burst": 1}, "disabled": "x"}]}`,
		`{"acquirers": [{"name": "a", "name": "b", "Name": null, "a/~b": 1}]}`,
	} {
		f.Add([]byte(seed))
	}
	env := func(name string) (string, bool) {
		return base64.StdEncoding.EncodeToString([]byte(name + strings.Repeat("x", 32))), true
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := ParseDirectory(raw)
		if err != nil {
			return
		}
		d, err := NewDirectory(all, &DirectoryOptions{LookupEnv: env})
		if err != nil {
			return
		}
		for _, a := range d.load().list {
			var p problems
			text := formatEntry(&p, "", a)
			again := formatEntry(&p, "", parseEntry(&p, "", text))
			if again != text || len(p) > 0 {
				t.Errorf("%s is read and written as %s, %v", text, again, p)
			}
		}
	})
}
