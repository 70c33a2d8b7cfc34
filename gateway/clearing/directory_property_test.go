package clearing_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

// A board is a directory in the store on two servers, and one without a store,
// with what they should say.
type board struct {
	here, there *shelf
	alone       *clearing.Directory
	stored      map[string]clearing.DirectoryEntry // by name, with those that were removed
	replaced    []clearing.Acquirer
	serial      int
}

// Whatever is put, removed, rotated and replaced in whatever order: a directory
// says what was accepted last, whole, and what was refused changed nothing.
// Meanwhile readers never see a part of a change: each key has the acquirer, and
// each acquirer the merchants, of one moment.
func TestDirectoryIsNeverHalfApplied(t *testing.T) {
	fewerChecks(t, 6)
	rapid.Check(t, func(rt *rapid.T) {
		s := openStore(t, tempFile(t))
		b := &board{here: newShelf(t, s), there: newShelf(t, s), alone: newDirectory(t), stored: map[string]clearing.DirectoryEntry{}}
		stop := read(t, b.here.directory, b.there.directory, b.alone)
		defer stop()
		rt.Repeat(map[string]func(*rapid.T){
			"put":       b.puts,
			"rotate":    b.rotates,
			"remove":    b.removes,
			"replace":   b.replaces,
			"take over": func(t *rapid.T) { b.takesOver(t) },
			"":          b.check,
		})
		b.takesOver(rt)
	})
}

// read looks at the directories all the time, until it is told to stop.
func read(t *testing.T, directories ...*clearing.Directory) (stop func()) {
	ended := make(chan struct{})
	var readers sync.WaitGroup
	for _, d := range directories {
		readers.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				if err := clearing.Whole(d); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	return func() { close(ended); readers.Wait() }
}

// draws makes an acquirer that never was before; its key may be another's.
func (b *board) draws(t *rapid.T, name string) clearing.Acquirer {
	b.serial++
	stamp := fmt.Sprint("serial ", b.serial)
	a := clearing.Acquirer{Name: name, Disabled: stamp, Merchants: []clearing.Merchant{{ID: "m1", Name: stamp}, {ID: fmt.Sprint("m", b.serial+1), Name: stamp}}}
	key := rapid.SampledFrom([]string{name, name, "one that all want"}).Draw(t, "key")
	a.Keys = []clearing.Key{{Public: publicKey(key)}}
	return a
}

func drawName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name")
}

func (b *board) puts(t *rapid.T) { b.put(t, b.draws(t, drawName(t))) }

// rotates adds a key to those of an acquirer, or takes the oldest away.
func (b *board) rotates(t *rapid.T) {
	name := drawName(t)
	a := b.draws(t, name)
	a.Keys = slices.Clone(b.stored[name].Acquirer.Keys)
	if len(a.Keys) > 1 {
		a.Keys = a.Keys[1:]
	} else {
		a.Keys = append(a.Keys, clearing.Key{Public: publicKey(fmt.Sprint(name, b.serial))})
	}
	b.put(t, a)
}

func (b *board) put(t *rapid.T, a clearing.Acquirer) {
	version := b.version(t, a.Name)
	want := order.Code("")
	switch {
	case b.clashes(a):
		want = order.CodeInvalid
	case version != b.stored[a.Name].Version:
		want = order.CodeConflict
	}
	e, err := b.server(t).Put(context.Background(), a, version, "ada", a.Disabled)
	if order.CodeOf(err) != want {
		t.Fatalf("putting %v over version %d: %v, want %q", a, version, err, want)
	}
	if err == nil {
		b.stored[a.Name] = clearing.DirectoryEntry{Acquirer: a, Version: version + 1, Changed: e.Changed, By: "ada", Why: a.Disabled}
	}
}

// version is mostly the right one.
func (b *board) version(t *rapid.T, name string) int64 {
	off := rapid.SampledFrom([]int64{0, 0, 0, 0, -1, 1}).Draw(t, "off")
	return max(0, b.stored[name].Version+off)
}

func (b *board) server(t *rapid.T) *shelf {
	return rapid.SampledFrom([]*shelf{b.here, b.there}).Draw(t, "server")
}

// clashes reports whether another acquirer has one of the keys.
func (b *board) clashes(a clearing.Acquirer) bool {
	for _, e := range b.stored {
		for _, k := range e.Acquirer.Keys {
			if e.Acquirer.Name != a.Name && slices.ContainsFunc(a.Keys, func(own clearing.Key) bool { return gocmp.Equal(own, k) }) {
				return true
			}
		}
	}
	return false
}

func (b *board) removes(t *rapid.T) {
	name := drawName(t)
	version, have := b.version(t, name), b.stored[name]
	want := order.Code("")
	switch {
	case have.Version == 0 || have.Removed:
		want = order.CodeNotFound
	case version != have.Version:
		want = order.CodeConflict
	}
	err := b.server(t).Remove(context.Background(), name, version, "ada", "it left")
	if order.CodeOf(err) != want {
		t.Fatalf("removing version %d of %v: %v, want %q", version, have, err, want)
	}
	if err == nil {
		b.stored[name] = clearing.DirectoryEntry{Acquirer: clearing.Acquirer{Name: name}, Version: version + 1,
			Changed: b.here.now, By: "ada", Why: "it left", Removed: true}
	}
}

// replaces puts another list in place of the whole directory without a store,
// and the old one back, many times: readers are to have a chance.
func (b *board) replaces(t *rapid.T) {
	var all []clearing.Acquirer
	shared := 0
	for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), rapid.ID[string]).Draw(t, "names") {
		a := b.draws(t, name)
		if gocmp.Equal(a.Keys[0].Public, publicKey("one that all want")) {
			shared++
		}
		all = append(all, a)
	}
	err := b.alone.Replace(all)
	if refused := order.CodeOf(err) == order.CodeInvalid; refused != (shared > 1) || err != nil && !refused {
		t.Fatalf("replacing by %v: %v", all, err)
	}
	if err != nil {
		return
	}
	for range 100 {
		if err := errors.Join(b.alone.Replace(b.replaced), b.alone.Replace(all)); err != nil {
			t.Fatal(err)
		}
	}
	b.replaced = all
}

func (b *board) takesOver(t *rapid.T) {
	for _, k := range []*shelf{b.here, b.there} {
		if err := k.TakeOver(); err != nil {
			t.Fatal(err)
		}
		b.says(t, k.directory, b.parts())
	}
}

// parts are the acquirers that take part by what is stored.
func (b *board) parts() (all []clearing.Acquirer) {
	for _, e := range b.stored {
		if !e.Removed {
			all = append(all, e.Acquirer)
		}
	}
	return all
}

// says holds a directory to these acquirers and their keys.
func (b *board) says(t *rapid.T, d *clearing.Directory, want []clearing.Acquirer) {
	byName := map[string]clearing.Acquirer{}
	for _, name := range []string{"a", "b", "c", "d"} {
		if a, ok := d.Acquirer(name); ok {
			byName[name] = a
		}
	}
	wanted := map[string]clearing.Acquirer{}
	for _, a := range want {
		wanted[a.Name] = a
	}
	if diff := gocmp.Diff(wanted, byName); diff != "" {
		t.Fatalf("the directory differs (-want +got):\n%s", diff)
	}
}

func (b *board) check(t *rapid.T) {
	b.says(t, b.alone, b.replaced)
	list, err := b.here.List(context.Background())
	want := slices.SortedFunc(maps.Values(b.stored), func(x, y clearing.DirectoryEntry) int { return cmp.Compare(x.Acquirer.Name, y.Acquirer.Name) })
	if diff := gocmp.Diff(want, list); err != nil || diff != "" {
		t.Fatalf("the store differs: %v (-want +got):\n%s", err, diff)
	}
}
