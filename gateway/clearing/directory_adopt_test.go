package clearing_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
)

// adopt makes the directory what is valid of these, and gives the problems of the
// others.
func adopt(d *clearing.Directory, all ...clearing.Acquirer) (paths []string) {
	bad, _ := errors.AsType[*order.Error](clearing.Adopt(d, all))
	if bad != nil {
		for _, p := range bad.Problems {
			paths = append(paths, p.Path)
		}
	}
	return paths
}

// shop is an acquirer with these keys, whose merchant is on these hosts.
func shop(name, keys string, hosts ...string) clearing.Acquirer {
	a := clearing.Acquirer{Name: name, Merchants: []clearing.Merchant{{ID: "m", Name: "M", Domains: hosts}}}
	for _, key := range strings.Fields(keys) {
		a.Keys = append(a.Keys, clearing.Key{Public: publicKey(key)})
	}
	return a
}

// An entry that is not valid, by itself, beside the others or for a server, stays
// as it was. It holds back neither what others are given nor what is taken from
// them; who has a key or host keeps it, and of two who had it not nobody gets it.
func TestOneEntryDoesNotHoldBackAnother(t *testing.T) {
	bad := func(a clearing.Acquirer) clearing.Acquirer { a.Notify = "ftp://x.example"; return a }
	on := func(a clearing.Acquirer, component string) clearing.Acquirer {
		a.Components = []string{component}
		return a
	}
	tls := func(a clearing.Acquirer) clearing.Acquirer { a.Keys, a.TLSKeys = nil, a.Keys; return a }
	a, b := shop("a", "a1 a2", "a.example"), shop("b", "b1", "=b.example")
	for what, c := range map[string]struct {
		next  []clearing.Acquirer
		want  []clearing.Acquirer
		paths []string
	}{
		"a revocation":              {[]clearing.Acquirer{shop("a", "a2"), bad(shop("b", "b2"))}, []clearing.Acquirer{shop("a", "a2"), b}, []string{"/1/notify"}},
		"a removal":                 {[]clearing.Acquirer{bad(b)}, []clearing.Acquirer{b}, []string{"/0/notify"}},
		"a new one":                 {[]clearing.Acquirer{a, b, bad(shop("c", "c1"))}, []clearing.Acquirer{a, b}, []string{"/2/notify"}},
		"another name":              {[]clearing.Acquirer{shop("A", "a1"), b}, []clearing.Acquirer{b}, []string{"/0/name"}},
		"no name":                   {[]clearing.Acquirer{{}, {}, b}, []clearing.Acquirer{b}, []string{"/0/name", "/1/name"}},
		"twice":                     {[]clearing.Acquirer{shop("a", "a2"), b, shop("a", "a1")}, []clearing.Acquirer{a, b}, []string{"/0/name", "/2/name"}},
		"a component":               {[]clearing.Acquirer{on(a, "bleu"), on(b, "blue")}, []clearing.Acquirer{a, on(b, "blue")}, []string{"/0/components/0"}},
		"another's key":             {[]clearing.Acquirer{shop("a", "a2"), shop("b", "b1 a2")}, []clearing.Acquirer{shop("a", "a2"), b}, []string{"/1/keys/1"}},
		"another's for TLS":         {[]clearing.Acquirer{tls(shop("b", "a2")), shop("a", "a2")}, []clearing.Acquirer{b, shop("a", "a2")}, []string{"/0/tls_keys/0"}},
		"a key that moves":          {[]clearing.Acquirer{shop("b", "a1"), shop("a", "a2")}, []clearing.Acquirer{shop("b", "a1"), shop("a", "a2")}, nil},
		"a key that cannot move":    {[]clearing.Acquirer{bad(shop("a", "a2")), shop("b", "a1")}, []clearing.Acquirer{a, b}, []string{"/0/notify", "/1/keys/0"}},
		"keys that change hands":    {[]clearing.Acquirer{shop("a", "b1"), shop("b", "a1")}, []clearing.Acquirer{shop("a", "b1"), shop("b", "a1")}, nil},
		"a chain":                   {[]clearing.Acquirer{shop("c", "b1"), shop("b", "a1"), bad(a)}, []clearing.Acquirer{b, a}, []string{"/0/keys/0", "/1/keys/0", "/2/notify"}},
		"a key that two want":       {[]clearing.Acquirer{shop("a", "new"), shop("b", "new"), shop("c", "c1")}, []clearing.Acquirer{a, b, shop("c", "c1")}, []string{"/0/keys/0", "/1/keys/0"}},
		"another's host":            {[]clearing.Acquirer{shop("b", "b1", "=pay.a.example"), shop("a", "a2", "a.example")}, []clearing.Acquirer{b, shop("a", "a2", "a.example")}, []string{"/0/merchants/0/domains/0"}},
		"a host that is narrowed":   {[]clearing.Acquirer{shop("a", "a1", "=pay.a.example"), shop("b", "b1", "=pay.a.example")}, []clearing.Acquirer{shop("a", "a1", "=pay.a.example"), b}, []string{"/1/merchants/0/domains/0"}},
		"a host that is given away": {[]clearing.Acquirer{shop("a", "a1", "=a.example"), shop("b", "b1", "*.a.example")}, []clearing.Acquirer{shop("a", "a1", "=a.example"), shop("b", "b1", "*.a.example")}, nil},
		"a host that two want":      {[]clearing.Acquirer{shop("a", "a1", "c.example"), shop("b", "b1", "*.c.example")}, []clearing.Acquirer{a, b}, []string{"/0/merchants/0/domains/0", "/1/merchants/0/domains/0"}},
		"a host that is widened":    {[]clearing.Acquirer{a, shop("b", "b1", "b.example"), shop("c", "", "=x.b.example")}, []clearing.Acquirer{a, b}, []string{"/1/merchants/0/domains/0", "/2/merchants/0/domains/0"}},
	} {
		d := newDirectory(t, a, b)
		blue, err := component.NewRegistry(gatewaytest.NewWallet("blue"))
		if err != nil {
			t.Fatal(err)
		}
		notify := func(clearing.Acquirer) order.Notifier { return make(acquirerEnd) }
		if _, err := clearing.New(t.Context(), openStore(t, tempFile(t)), d, blue, keys(1), notify, base, nil); err != nil {
			t.Fatal(err)
		}
		for range 2 { // the same again changes nothing
			if diff := gocmp.Diff(c.paths, adopt(d, c.next...)); diff != "" {
				t.Errorf("%s: the problems differ (-want +got):\n%s", what, diff)
			}
			if diff := gocmp.Diff(c.want, clearing.List(d)); diff != "" {
				t.Errorf("%s: the directory differs (-want +got):\n%s", what, diff)
			}
		}
	}
}

// An entry that stays as it was keeps the secret that it had.
func TestAnEntryThatStaysKeepsItsSecret(t *testing.T) {
	value, there := "cmFyZXNlY3JldHJhcmVzZWNyZXRyYXJlc2VjcmV0MTI=", true
	d, err := clearing.NewDirectory(nil, &clearing.DirectoryOptions{LookupEnv: func(string) (string, bool) { return value, there }})
	if err != nil {
		t.Fatal(err)
	}
	a := clearing.Acquirer{Name: "a", Keys: []clearing.Key{{SecretEnv: "A_SECRET"}}}
	if paths := adopt(d, a); paths != nil {
		t.Fatal(paths)
	}
	before, _ := d.KeysOf("a").Secret()
	there = false
	if diff := gocmp.Diff([]string{"/0/keys/0/secret_env"}, adopt(d, a)); diff != "" {
		t.Error(diff)
	}
	after, ok := d.KeysOf("a").Secret()
	if holder, found := d.Holder(idOf(t, before)); !ok || !before.Equal(after) || !found || holder != "a" {
		t.Errorf("the secret is gone: %v, its holder is %q", ok, holder)
	}
}

// Whatever follows whatever: each entry is the proposed one, and has no problem, or
// the one before, and has one; nobody has what neither gave him. What is left is
// valid as a whole. An entry that is valid and claims what nobody else has had or
// wants is taken.
func TestADirectoryIsAdoptedEntryByEntry(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDirectory(t)
		serial := 0
		rt.Repeat(map[string]func(*rapid.T){"adopt": func(rt *rapid.T) {
			before := map[string]clearing.Acquirer{}
			for _, a := range clearing.List(d) {
				before[a.Name] = a
			}
			proposed := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) clearing.Acquirer {
				serial++
				return drawShop(t, fmt.Sprint("serial ", serial))
			}), 0, 6).Draw(rt, "proposed")
			checkAdopted(rt, d, before, proposed, adopt(d, proposed...))
		}})
	})
}

func drawShop(t *rapid.T, stamp string) clearing.Acquirer {
	some := func(what string, of ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 2, rapid.ID[string]).Draw(t, what)
	}
	a := shop(drawName(t), strings.Join(some("keys", "k1", "k2", "k3", "k4", "k5", "k6"), " "),
		some("hosts", "a.example", "=a.example", "*.a.example", "=x.a.example", "b.example", "*.x.b.example", "=b.example")...)
	a.Merchants[0].Name, a.Disabled = stamp, stamp
	if rapid.IntRange(0, 4).Draw(t, "invalid") == 0 {
		a.Notify = "ftp://x.example"
	}
	return a
}

func checkAdopted(t *rapid.T, d *clearing.Directory, before map[string]clearing.Acquirer, proposed []clearing.Acquirer, paths []string) {
	want := map[string]clearing.Acquirer{}
	for i, a := range proposed {
		had, there := before[a.Name]
		refused := slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(p, fmt.Sprintf("/%d/", i)) })
		switch {
		case !refused:
			want[a.Name] = a
		case there:
			want[a.Name] = had
		}
		if refused && innocent(a, i, before, proposed) {
			t.Fatalf("%v is refused for %v", a, paths)
		}
	}
	have := map[string]clearing.Acquirer{}
	for _, a := range clearing.List(d) {
		have[a.Name] = a
	}
	if diff := gocmp.Diff(want, have); diff != "" {
		t.Fatalf("the directory differs (-want +got):\n%s", diff)
	}
	if err := clearing.Whole(d); err != nil {
		t.Fatal(err)
	}
	if _, err := clearing.NewDirectory(slices.Collect(maps.Values(have)), nil); err != nil {
		t.Fatalf("what is left is not valid: %v", err)
	}
}

// innocent reports whether an entry is valid by itself, and beside each other one,
// proposed or before, that it may have to stand beside.
func innocent(a clearing.Acquirer, i int, before map[string]clearing.Acquirer, proposed []clearing.Acquirer) bool {
	beside := []clearing.Acquirer{}
	for _, other := range before {
		if other.Name != a.Name {
			beside = append(beside, other)
		}
	}
	for j, other := range proposed {
		if j != i {
			other.Notify = "" // it may be mended
			beside = append(beside, other)
		}
	}
	_, err := clearing.NewDirectory([]clearing.Acquirer{a}, nil)
	for _, other := range beside {
		if err == nil {
			_, err = clearing.NewDirectory([]clearing.Acquirer{a, other}, nil)
		}
	}
	return err == nil
}
