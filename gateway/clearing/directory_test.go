package clearing_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

func north() clearing.Acquirer {
	return clearing.Acquirer{Name: "north", Keys: []clearing.Key{{Public: publicKey("north")}}, Notify: "https://north.example/notify",
		Merchants:     []clearing.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{"tea.example"}}},
		ReturnOrigins: []string{"https://tea.example", "https://tea.example:8443", "http://tea.localhost"}}
}

// Every mistake in a directory is told, with its place.
func TestDirectoryTellsEveryProblem(t *testing.T) {
	again := north()
	again.Keys = nil
	wrong := clearing.Acquirer{Name: "North!", Keys: []clearing.Key{{Public: publicKey("north")}, {Public: ed25519.PublicKey{1, 2}}}, Notify: "ftp://x.example",
		Merchants: []clearing.Merchant{{ID: "a b", Name: "\n", Domains: []string{"Tea.example", "tea.example/x", "x:80"}},
			{ID: "m", Name: ""}, {ID: "m", Name: "Tea \u202eesuoh"}},
		ReturnOrigins: []string{"https://tea.example/", "tea.example", "http://tea.example"}}
	_, err := clearing.NewDirectory([]clearing.Acquirer{north(), again, wrong}, nil)
	bad, ok := errors.AsType[*order.Error](err)
	if !ok || bad.Code != order.CodeInvalid {
		t.Fatalf("the error is %v", err)
	}
	paths := map[string]bool{}
	for _, p := range bad.Problems {
		paths[p.Path] = true
	}
	want := map[string]bool{"/1/name": true, "/2/name": true, "/2/keys/0": true, "/2/keys/1": true, "/2/notify": true,
		"/2/merchants/0/id": true, "/2/merchants/0/name": true, "/2/merchants/0/domains/0": true, "/2/merchants/0/domains/1": true,
		"/2/merchants/0/domains/2": true, "/2/merchants/1/name": true, "/2/merchants/2/id": true, "/2/merchants/2/name": true,
		"/2/return_origins/0": true, "/2/return_origins/1": true, "/2/return_origins/2": true}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("the problems differ (-want +got):\n%s\n%v", diff, err)
	}
}

// A directory that is wrong all over does not flood the log.
func TestProblemsAreBounded(t *testing.T) {
	paths := pathsOf(t, newDirectory(t).Replace(make([]clearing.Acquirer, 150)))
	if len(paths) != 101 || paths[0] != "/0/name" || paths[100] != "" {
		t.Errorf("%d problems are told: %q", len(paths), paths)
	}
}

// A key's identifier is its RFC 7638 thumbprint; the vector is RFC 8037's,
// appendix A.3.
func TestDirectoryFindsKeysByThumbprint(t *testing.T) {
	key, err := base64.RawURLEncoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
	if err != nil {
		t.Fatal(err)
	}
	a := north()
	a.Keys = append(a.Keys, clearing.Key{Public: ed25519.PublicKey(key)})
	d, err := clearing.NewDirectory([]clearing.Acquirer{a}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const id = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
	if name, ok := d.Holder(id); !ok || name != "north" {
		t.Errorf("the holder is %q, %v", name, ok)
	}
	if pub, err := d.Key(t.Context(), id); err != nil || !ed25519.PublicKey(key).Equal(pub) {
		t.Errorf("the key is %v, %v", pub, err)
	}
	if _, err := d.Key(t.Context(), "unknown"); !errors.Is(err, order.CodeNotFound) {
		t.Errorf("an unknown key gives %v", err)
	}
	if _, ok := d.Holder("unknown"); ok {
		t.Error("an unknown key has a holder")
	}
}

// What the caller does to its slices later does not change the directory.
func TestDirectoryKeepsItsOwn(t *testing.T) {
	a := north()
	d, err := clearing.NewDirectory([]clearing.Acquirer{a}, nil)
	if err != nil {
		t.Fatal(err)
	}
	a.Keys[0].Public.(ed25519.PublicKey)[0]++
	a.Merchants[0].ID, a.Merchants[0].Domains[0], a.ReturnOrigins[0] = "x", "y", "z"
	have, ok := d.Acquirer("north")
	if diff := cmp.Diff(north(), have); !ok || diff != "" {
		t.Errorf("the directory changed (-want +got):\n%s", diff)
	}
}

// A host belongs to one acquirer: two could have codes signed for each other's
// pages.
func TestHostsBelongToOneAcquirer(t *testing.T) {
	with := func(name string, rules ...string) clearing.Acquirer {
		return clearing.Acquirer{Name: name, Merchants: []clearing.Merchant{{ID: "tea", Name: "Tea", Domains: rules}}}
	}
	for _, c := range []struct {
		one, two string
		overlap  bool
	}{
		{"mall.example", "=pay.mall.example", true},
		{"mall.example", "pay.mall.example", true},
		{"mall.example", "*.mall.example", true},
		{"mall.example", "=mall.example", true},
		{"*.mall.example", "=a.b.mall.example", true},
		{"=mall.example", "=mall.example", true},
		{"=mall.example", "*.mall.example", false},
		{"=mall.example", "=pay.mall.example", false},
		{"mall.example", "all.example", false},
		{"mall.example", "mall2.example", false},
	} {
		for _, rules := range [][2]string{{c.one, c.two}, {c.two, c.one}} {
			_, err := clearing.NewDirectory([]clearing.Acquirer{with("a", rules[0]), with("b", rules[1])}, nil)
			if (order.CodeOf(err) == order.CodeInvalid) != c.overlap {
				t.Errorf("%s and %s: %v, want overlap %v", rules[0], rules[1], err, c.overlap)
			}
		}
	}
	if _, err := clearing.NewDirectory([]clearing.Acquirer{with("a", "mall.example", "=pay.mall.example")}, nil); err != nil {
		t.Errorf("of one acquirer: %v", err)
	}
}

// A secret that stands where the name of its variable belongs is not told on.
func TestSecretInPlaceOfItsVariableIsNotTold(t *testing.T) {
	for name, told := range map[string]bool{
		"NORTH_SECRET": true,
		"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlYw":                       false,
		"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08": false,
		"AF86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08": false,
	} {
		_, err := clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{{SecretEnv: name}}}},
			&clearing.DirectoryOptions{LookupEnv: func(string) (string, bool) { return "", false }})
		if err == nil || strings.Contains(err.Error(), name) != told {
			t.Errorf("%v; want an error with the name: %v", err, told)
		}
	}
}
