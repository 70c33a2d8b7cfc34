package clearing_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// A shelf is one server's directory with the store that it is kept in.
type shelf struct {
	*clearing.DirectoryStore
	testing.TB
	directory *clearing.Directory
	now       time.Time
	log       logbook
}

func newShelf(t testing.TB, s *store.Store) *shelf {
	t.Helper()
	k := &shelf{TB: t, directory: newDirectory(t), now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	var err error
	k.DirectoryStore, err = clearing.NewDirectoryStore(context.Background(), s, k.directory, &clearing.DirectoryStoreOptions{
		Now: func() time.Time { return k.now }, Logger: slog.New(slog.NewTextHandler(&k.log, nil))})
	if err == nil {
		err = k.Load(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *shelf) put(a clearing.Acquirer, version int64) clearing.DirectoryEntry {
	k.Helper()
	e, err := k.Put(context.Background(), a, version, "ada", "a test")
	if err != nil {
		k.Fatal(err)
	}
	return e
}

// What is put is in the directory at once, of the server that put it and of one
// that starts later; who did it, when and why is kept.
func TestDirectoryStoreKeepsAndAudits(t *testing.T) {
	s := openStore(t, tempFile(t))
	k := newShelf(t, s)
	first, second := north(), north()
	second.Disabled, second.Components = "its contract ended", []string{}
	stamp := k.now
	k.put(first, 0)
	k.now = k.now.Add(time.Hour)
	e, err := k.Put(t.Context(), second, 1, "grace", "the contract ended")
	want := []clearing.DirectoryEntry{
		{Acquirer: second, Version: 2, Changed: stamp.Add(time.Hour), By: "grace", Why: "the contract ended"},
		{Acquirer: first, Version: 1, Changed: stamp, By: "ada", Why: "a test"},
	}
	if diff := cmp.Diff(want[0], e); err != nil || diff != "" {
		t.Errorf("the entry differs: %v (-want +got):\n%s", err, diff)
	}
	for what, d := range map[string]*clearing.Directory{"this server": k.directory, "a later one": newShelf(t, s).directory} {
		have, _ := d.Acquirer("north")
		if diff := cmp.Diff(second, have); diff != "" {
			t.Errorf("%s has (-want +got):\n%s", what, diff)
		}
	}
	k.now = k.now.Add(time.Hour)
	if err := k.Remove(t.Context(), "north", 2, "ada", "it was sold"); err != nil {
		t.Fatal(err)
	}
	removed := clearing.DirectoryEntry{Acquirer: clearing.Acquirer{Name: "north"}, Version: 3, Changed: stamp.Add(2 * time.Hour), By: "ada", Why: "it was sold", Removed: true}
	history, err := k.History(t.Context(), "north")
	if diff := cmp.Diff(append([]clearing.DirectoryEntry{removed}, want...), history); err != nil || diff != "" {
		t.Errorf("the history differs: %v (-want +got):\n%s", err, diff)
	}
	list, err := k.List(t.Context())
	if diff := cmp.Diff([]clearing.DirectoryEntry{removed}, list); err != nil || diff != "" {
		t.Errorf("the list differs: %v (-want +got):\n%s", err, diff)
	}
	if _, ok := k.directory.Acquirer("north"); ok {
		t.Error("the acquirer that was removed is in the directory")
	}
}

// A name that was removed is nobody else's; who knows that it is the same
// acquirer says so by the version.
func TestRemovedNamesAreReserved(t *testing.T) {
	k := newShelf(t, openStore(t, tempFile(t)))
	k.put(north(), 0)
	if err := k.Remove(t.Context(), "north", 1, "ada", "a mistake"); err != nil {
		t.Fatal(err)
	}
	other := clearing.Acquirer{Name: "north"}
	for _, version := range []int64{0, 1, 3} {
		if _, err := k.Put(t.Context(), other, version, "ada", "a new one"); !errors.Is(err, order.CodeConflict) || !strings.Contains(err.Error(), "reserved") {
			t.Errorf("version %d: %v", version, err)
		}
	}
	if err := k.Remove(t.Context(), "north", 2, "ada", "again"); !errors.Is(err, order.CodeNotFound) {
		t.Errorf("removed again: %v", err)
	}
	if e := k.put(north(), 2); e.Version != 3 {
		t.Errorf("restored as version %d", e.Version)
	}
}

// Of two who change the same entry one learns of the other.
func TestDirectoryStoreChecksVersions(t *testing.T) {
	k := newShelf(t, openStore(t, tempFile(t)))
	if _, err := k.Put(t.Context(), north(), 1, "ada", "no reason"); !errors.Is(err, order.CodeConflict) {
		t.Errorf("an entry that is not there: %v", err)
	}
	k.put(north(), 0)
	k.put(north(), 1)
	for _, version := range []int64{0, 1, 3} {
		if _, err := k.Put(t.Context(), north(), version, "ada", "late"); !errors.Is(err, order.CodeConflict) {
			t.Errorf("putting over version %d: %v", version, err)
		}
		if err := k.Remove(t.Context(), "north", version, "ada", "late"); !errors.Is(err, order.CodeConflict) {
			t.Errorf("removing version %d: %v", version, err)
		}
	}
	if err := k.Remove(t.Context(), "south", 0, "ada", "never was"); !errors.Is(err, order.CodeNotFound) {
		t.Errorf("removing what is not there: %v", err)
	}
	if history, err := k.History(t.Context(), "north"); err != nil || len(history) != 2 {
		t.Errorf("the history is %v, %v", history, err)
	}
}

// An entry that is wrong by itself, beside the others or for the server is not
// stored, and every problem is told.
func TestDirectoryStoreChecksEntries(t *testing.T) {
	s := openStore(t, tempFile(t))
	k := newShelf(t, s)
	blue, err := component.NewRegistry(gatewaytest.NewWallet("blue"))
	if err != nil {
		t.Fatal(err)
	}
	notify := func(clearing.Acquirer) order.Notifier { return make(acquirerEnd) }
	if _, err := clearing.New(t.Context(), s, k.directory, blue, keys(1), notify, base, nil); err != nil {
		t.Fatal(err)
	}
	k.put(north(), 0)
	large := clearing.Acquirer{Name: "large", Merchants: make([]clearing.Merchant, 1<<14)}
	for i := range large.Merchants {
		large.Merchants[i] = clearing.Merchant{ID: fmt.Sprint("m", i), Name: strings.Repeat("M", 128)}
	}
	for what, c := range map[string]struct {
		a       clearing.Acquirer
		by, why string
		want    []string
	}{
		"by itself":       {clearing.Acquirer{Name: "South", Components: []string{"bleu"}}, "", "\x00", []string{"/name", "/components/0", "/by", "/why"}},
		"a secret":        {clearing.Acquirer{Name: "south", Keys: []clearing.Key{{Public: clearing.NewSharedSecret([]byte(strings.Repeat("s", 32)))}}}, "ada", "why", []string{"/keys/0"}},
		"a missing one":   {clearing.Acquirer{Name: "south", Keys: []clearing.Key{{SecretEnv: "ANYSCAN_TEST_NEVER_SET"}}}, "ada", "why", []string{"/keys/0/secret_env"}},
		"another's key":   {clearing.Acquirer{Name: "south", TLSKeys: north().Keys}, "ada", "why", []string{"/tls_keys/0"}},
		"an hour of zero": {clearing.Acquirer{Name: "south", Keys: []clearing.Key{{Public: publicKey("s"), NotBefore: k.now, NotAfter: k.now.Add(1)}}}, "ada", "why", []string{"/keys/0"}},
		"too large":       {large, "ada", "why", []string{""}},
	} {
		_, err := k.Put(t.Context(), c.a, 0, c.by, c.why)
		if diff := cmp.Diff(c.want, pathsOf(t, err)); diff != "" {
			t.Errorf("%s: the problems differ (-want +got):\n%s\n%v", what, diff, err)
		}
	}
	if list, err := k.List(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("the list is %v, %v", list, err)
	}
}

// What one server changes, another takes over within the interval; looking
// costs no write, and an entry that cannot be used is logged once and stays out,
// while others change.
func TestServersTakeOverFromEachOther(t *testing.T) {
	file := tempFile(t)
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, file)
		here, there := newShelf(t, s), newShelf(t, s)
		red, err := component.NewRegistry(gatewaytest.NewWallet("red"))
		if err != nil {
			t.Fatal(err)
		}
		notify := func(clearing.Acquirer) order.Notifier { return make(acquirerEnd) }
		if _, err := clearing.New(t.Context(), s, there.directory, red, keys(1), notify, base, nil); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- there.Run(ctx) }()
		look := func() string {
			there.log.take()
			time.Sleep(2 * time.Second)
			synctest.Wait()
			return there.log.take()
		}
		look()
		here.put(clearing.Acquirer{Name: "south"}, 0)
		if log := look(); !strings.Contains(log, "level=INFO") || !known(there.directory, "south") {
			t.Errorf("after a change the log says %q", log)
		}
		if log := look(); log != "" {
			t.Errorf("without a change the log says %q", log)
		}
		here.put(clearing.Acquirer{Name: "east", Components: []string{"blue"}}, 0) // there are no servers here that it does not suit
		if log := look(); !strings.Contains(log, "/east/components/0") || known(there.directory, "east") || !known(there.directory, "south") {
			t.Errorf("after an unknown component the log says %q", log)
		}
		if log := look(); log != "" {
			t.Errorf("the log repeats %q", log)
		}
		here.put(clearing.Acquirer{Name: "south", Disabled: "it left"}, 1)
		look()
		if a, _ := there.directory.Acquirer("south"); a.Disabled != "it left" || known(there.directory, "east") {
			t.Errorf("one that is not valid holds back %+v", a)
		}
		if err := here.Remove(t.Context(), "south", 2, "ada", "it left"); err != nil {
			t.Fatal(err)
		}
		if look(); known(there.directory, "south") {
			t.Error("one that is not valid holds back a removal")
		}
		here.put(clearing.Acquirer{Name: "east", Components: []string{"red"}}, 1)
		if look(); !known(there.directory, "east") {
			t.Error("the mended entry was not taken over")
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run ends with %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

func known(d *clearing.Directory, name string) bool {
	_, ok := d.Acquirer(name)
	return ok
}

// A stored directory that has become wrong is refused at the start with every
// problem, and can be mended one entry after the other.
func TestStoredDirectoryIsMended(t *testing.T) {
	s := openStore(t, tempFile(t))
	k := newShelf(t, s)
	t.Setenv("ANYSCAN_TEST_A", "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=")
	t.Setenv("ANYSCAN_TEST_B", "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=")
	k.put(clearing.Acquirer{Name: "a", Keys: []clearing.Key{{SecretEnv: "ANYSCAN_TEST_A"}}}, 0)
	k.put(clearing.Acquirer{Name: "b", Keys: []clearing.Key{{SecretEnv: "ANYSCAN_TEST_B"}}}, 0)
	t.Setenv("ANYSCAN_TEST_A", "short")
	t.Setenv("ANYSCAN_TEST_B", "")
	later, err := clearing.NewDirectoryStore(t.Context(), s, newDirectory(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/a/keys/0/secret_env", "/b/keys/0/secret_env"}, pathsOf(t, later.Load(t.Context()))); diff != "" {
		t.Errorf("the problems differ (-want +got):\n%s", diff)
	}
	// What is mended is in force at once, whatever the other is.
	for _, name := range []string{"a", "b"} {
		if e, err := later.Put(t.Context(), clearing.Acquirer{Name: name}, 1, "ada", "its secret is lost"); err != nil || e.Version != 2 {
			t.Errorf("mending %s: version %d, %v; want version 2", name, e.Version, err)
		}
	}
	if err := later.Load(t.Context()); err != nil {
		t.Error(err)
	}
}

// What is stored and cannot be in force here, because an entry that is not valid
// here stays as it was and has what is claimed, is told as such; mended, it counts.
func TestAClaimWaitsForWhoStays(t *testing.T) {
	s := openStore(t, tempFile(t))
	here, there := newShelf(t, s), newShelf(t, s)
	red, err := component.NewRegistry(gatewaytest.NewWallet("red"))
	if err != nil {
		t.Fatal(err)
	}
	notify := func(clearing.Acquirer) order.Notifier { return make(acquirerEnd) }
	if _, err := clearing.New(t.Context(), s, there.directory, red, keys(1), notify, base, nil); err != nil {
		t.Fatal(err)
	}
	here.put(shop("a", "key"), 0)
	if err := there.TakeOver(); err != nil {
		t.Fatal(err)
	}
	here.put(clearing.Acquirer{Name: "a", Components: []string{"blue"}}, 1) // gives the key up, but not there
	e, err := there.Put(t.Context(), shop("b", "key"), 0, "ada", "it has the key now")
	if order.CodeOf(err) != order.CodeUnavailable || e.Version != 1 || !strings.Contains(err.Error(), "/b/keys/0") || known(there.directory, "b") {
		t.Errorf("claiming it: %+v, %v", e, err)
	}
	if e, err := there.Put(t.Context(), clearing.Acquirer{Name: "c"}, 0, "ada", "a new one"); err != nil || !known(there.directory, "c") {
		t.Errorf("another one: %+v, %v", e, err)
	}
	there.put(clearing.Acquirer{Name: "a", Components: []string{"red"}}, 2)
	if holder, _ := there.directory.Holder(idOf(t, publicKey("key"))); holder != "b" {
		t.Errorf("the key is %q's", holder)
	}
}
