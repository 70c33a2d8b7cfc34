package clearing_test

import (
	"testing"

	"github.com/anyscan/anyscan/gateway/clearing"
)

// BenchmarkDirectoryKey is what each signed request costs in the directory.
func BenchmarkDirectoryKey(b *testing.B) {
	d := newDirectory(b, north())
	id := idOf(b, publicKey("north"))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := d.Key(b.Context(), id); err != nil {
				b.Error(err)
			}
		}
	})
}

// BenchmarkDirectoryStoreIdle is what a look of Run costs, every 2 s, while
// nothing changes.
func BenchmarkDirectoryStoreIdle(b *testing.B) {
	k := newShelf(b, openStore(b, tempFile(b)))
	k.put(north(), 0)
	for b.Loop() {
		if err := k.TakeOver(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDirectoryReplace is what a change of a large directory costs.
func BenchmarkDirectoryReplace(b *testing.B) {
	d := newDirectory(b)
	var all []clearing.Acquirer
	for i := range 1000 {
		name := string([]byte{'a' + byte(i/100), '0' + byte(i/10%10), '0' + byte(i%10)})
		all = append(all, clearing.Acquirer{Name: name, Keys: []clearing.Key{{Public: publicKey(name)}},
			Merchants: []clearing.Merchant{{ID: "tea", Name: "Tea House", Domains: []string{name + ".example"}}}})
	}
	for b.Loop() {
		if err := d.Replace(all); err != nil {
			b.Fatal(err)
		}
	}
}
