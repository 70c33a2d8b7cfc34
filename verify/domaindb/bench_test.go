package domaindb_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/anyscan/anyscan/verify"
	"github.com/anyscan/anyscan/verify/domaindb"
)

// size is a million names, or ANYSCAN_DOMAINS.
func size(b *testing.B) int {
	text := os.Getenv("ANYSCAN_DOMAINS")
	if text == "" {
		return 1_000_000
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// synthetic is the nth domain: as long as registered ones are, 14 bytes on average.
func synthetic(n int) string {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	suffix := [...]string{"com", "com", "net", "org", "de", "com.cn", "co.uk", "info"}[r.IntN(8)]
	name := strconv.FormatUint(uint64(n), 36) + "-x"
	for len(name) < 4+r.IntN(14) {
		name += string(rune('a' + r.IntN(26)))
	}
	return name + "." + suffix
}

// corpus writes n names, one a line, and returns how many bytes they are.
func corpus(b *testing.B, path string, n int) (bytes int64) {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for i := range n {
		fmt.Fprintln(w, synthetic(i))
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	bytes, err = f.Seek(0, io.SeekEnd)
	if err != nil || f.Close() != nil {
		b.Fatal(err)
	}
	return bytes
}

func buildCorpus(b *testing.B, text, path string) {
	in, err := os.Open(text)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer out.Close()
	if _, err := domaindb.Build(out, in, domaindb.Edition{Version: 1, FreshUntil: noon()}, testKey(1)); err != nil {
		b.Fatal(err)
	}
}

// chain is a table of n bytes in which each load says where the next one is.
func chain(n int) []uint64 {
	table := make([]uint64, max(n/8, 2))
	order := rand.New(rand.NewPCG(1, 2)).Perm(len(table))
	for i, at := range order {
		table[at] = uint64(order[(i+1)%len(order)])
	}
	return table
}

// BenchmarkFile holds a file to its limits: 1.1 times the text of its rules, a hit
// in 1.5 times a random memory load that waits for the one before, opened without
// being read.
func BenchmarkFile(b *testing.B) {
	n, dir := size(b), b.TempDir()
	text, path := filepath.Join(dir, "rules"), filepath.Join(dir, "domains")
	bytes := corpus(b, text, n)
	buildCorpus(b, text, path)
	raw, err := os.ReadFile(path) // its pages are in memory now
	if err != nil {
		b.Fatal(err)
	}
	b.Run("size", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(float64(len(raw))/float64(bytes), "of_text(limit_1.1)")
		b.ReportMetric(float64(len(raw))/float64(n), "bytes/name")
	})
	b.Run("open", func(b *testing.B) { benchmarkOpen(b, path) })
	f, err := domaindb.OpenFile(path)
	if err != nil {
		b.Fatal(err)
	}
	table := chain(len(raw))
	b.Run("hit", func(b *testing.B) { benchmarkLookup(b, f, table, n, 0) })
	b.Run("miss", func(b *testing.B) { benchmarkLookup(b, f, table, n, n) })
}

func benchmarkOpen(b *testing.B, path string) {
	var open, read time.Duration
	for b.Loop() {
		t0 := time.Now()
		if _, err := domaindb.OpenFile(path); err != nil {
			b.Fatal(err)
		}
		t1 := time.Now()
		if _, err := os.ReadFile(path); err != nil {
			b.Fatal(err)
		}
		open, read = open+t1.Sub(t0), read+time.Since(t1)
	}
	b.ReportMetric(float64(open)/float64(read), "of_reading")
	b.ReportMetric(float64(open.Microseconds())/float64(b.N), "µs/open")
}

// benchmarkLookup asks for names from first on, in random order. Of many short runs
// of both in turn it takes the median ratio: another program's work falls into some.
func benchmarkLookup(b *testing.B, f *domaindb.File, table []uint64, n, first int) {
	const batch = 4096
	names := make([]string, 1<<18)
	for i := range names {
		names[i] = synthetic(first + rand.IntN(n))
	}
	want := verify.RuleDomain
	if first > 0 {
		want = 0
	}
	for _, name := range names { // no page is asked for the first time below
		if f.Rules(name) != want {
			b.Fatal(name)
		}
	}
	var ours, loads []time.Duration
	var at uint64
	next := 0
	for b.Loop() {
		t0 := time.Now()
		for range batch {
			f.Rules(names[next%len(names)])
			next++
		}
		t1 := time.Now()
		for range batch {
			at = table[at]
		}
		ours, loads = append(ours, t1.Sub(t0)/batch), append(loads, time.Since(t1)/batch)
	}
	if at == 1<<63 {
		b.Log("never: at has to be used")
	}
	report(b, ours, loads)
}
