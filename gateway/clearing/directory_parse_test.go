package clearing_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/internal/jwk"
)

// sameKeys compares keys by what they are.
func sameKeys() cmp.Option {
	return cmp.Options{cmp.Comparer(func(a, b *ecdsa.PublicKey) bool { return a.Equal(b) }),
		cmp.Comparer(func(a, b *rsa.PublicKey) bool { return a.Equal(b) })}
}

// A file says all that an Acquirer can.
func TestParseDirectory(t *testing.T) {
	ec, big := otherKinds(t)
	set := func(pub crypto.PublicKey, until time.Time) string {
		raw, err := jwk.FormatSet(jwk.Key{Public: pub, NotAfter: until})
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(strings.TrimPrefix(string(raw), `{"keys":[`), `]}`)
	}
	end := time.Unix(1798761600, 0).UTC()
	got, err := clearing.ParseDirectory([]byte(`{"acquirers": [{
		"name": "north",
		"keys": {"keys": [` + set(publicKey("north"), end) + `, {"kty": "oct", "secret_env": "NORTH_SECRET", "nbf": 1798675200, "exp": 1798761600}, ` + set(big, time.Time{}) + `]},
		"tls_keys": {"keys": [` + set(ec, time.Time{}) + `]},
		"merchants": [{"id": "tea", "name": "Tea House", "domains": ["tea.example"]}, {"id": "books", "name": "Book Cellar"}],
		"notify": "https://north.example/v1/notifications",
		"return_origins": ["https://tea.example"],
		"components": ["blue"],
		"limits": {"amounts": {"CNY": 1000000}, "rate": 2.5, "burst": 100},
		"disabled": "its contract ended"
	}, {"name": "south", "components": [], "limits": {"amounts": {}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []clearing.Acquirer{{
		Name: "north", Notify: "https://north.example/v1/notifications", ReturnOrigins: []string{"https://tea.example"}, Components: []string{"blue"},
		Keys:      []clearing.Key{{Public: publicKey("north"), NotAfter: end}, {SecretEnv: "NORTH_SECRET", NotBefore: end.AddDate(0, 0, -1), NotAfter: end}, {Public: big}},
		Merchants: []clearing.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{"tea.example"}}, {ID: "books", Name: "Book Cellar"}},
		TLSKeys:   []clearing.Key{{Public: ec}}, Disabled: "its contract ended",
		Limits: clearing.Limits{Amounts: map[string]int64{"CNY": 1000000}, Rate: 2.5, Burst: 100},
	}, {Name: "south", Components: []string{}, Limits: clearing.Limits{Amounts: map[string]int64{}}}}
	if diff := cmp.Diff(want, got, sameKeys()); diff != "" {
		t.Errorf("the acquirers differ (-want +got):\n%s", diff)
	}
}

// Every mistake of a file is told, with its place.
func TestParseDirectoryTellsEveryProblem(t *testing.T) {
	_, err := clearing.ParseDirectory([]byte(`{"acquirers": [
		{"name": 1, "Keys": {}, "x/y": 0, "keys": {"keys": [5, {"kty": "oct", "k": "c2VjcmV0"}, {"kty": "oct"}, {"kty": "RSA", "secret_env": "X"},
			{"kty": "OKP", "crv": "Ed25519", "x": "AA"}, {"kty": "OKP", "crv": "Ed25519", "x": "=", "d": ""}]}},
		{"notify": [], "notify": "", "merchants": [{"id": "a", "domain": "b"}, 7], "return_origins": "x", "components": null,
			"limits": {"amounts": {"CNY": 1.5, "EUR": "2"}, "rate": "fast", "burst": 1.5}, "disabled": true, "tls_keys": []},
		"north"], "Acquirers": []}`))
	want := []string{"/acquirers/0/name", "/acquirers/0/keys/keys/0", "/acquirers/0/keys/keys/1/k", "/acquirers/0/keys/keys/2/secret_env",
		"/acquirers/0/keys/keys/3/kty", "/acquirers/0/keys/keys/4", "/acquirers/0/keys/keys/5/x", "/acquirers/0/Keys", "/acquirers/0/x~1y",
		"/acquirers/1/notify", "/acquirers/1/tls_keys", "/acquirers/1/merchants/0/domain", "/acquirers/1/merchants/1", "/acquirers/1/return_origins", "/acquirers/1/components",
		"/acquirers/1/limits/amounts/CNY", "/acquirers/1/limits/amounts/EUR", "/acquirers/1/limits/rate", "/acquirers/1/limits/burst", "/acquirers/1/disabled",
		"/acquirers/2", "/Acquirers"}
	if diff := cmp.Diff(want, pathsOf(t, err)); diff != "" {
		t.Errorf("the problems differ (-want +got):\n%s\n%v", diff, err)
	}
	if strings.Contains(err.Error(), "c2Vj") {
		t.Errorf("the error tells a secret: %v", err)
	}
}

// What is no configuration file at all is told as that.
func TestParseDirectoryRefusesOtherFiles(t *testing.T) {
	for raw, want := range map[string]string{
		"":                            "is not JSON",
		"{}":                          "/acquirers is missing",
		`{"acquirers": null}`:         "/acquirers is not a list",
		"[]":                          "is no JSON object",
		"{\"acquirers\": [\n\n,]}":    "in line 3",
		`{"acquirers": []} {}`:        "is not JSON, in line 1",
		"{\"acquirers\": [\"\xff\"]}": "is not UTF-8",
		strings.Repeat(" ", 16<<20+1): "at most 16777216",
		strings.Repeat("[", 100_000):  "is not JSON",
	} {
		if _, err := clearing.ParseDirectory([]byte(raw)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", raw, err, want)
		}
	}
	if _, err := clearing.ReadDirectory(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
