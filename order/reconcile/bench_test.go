package reconcile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"io"
	"testing"
	"time"
)

const many = 100_000 // entries

// BenchmarkMatchFile reads a clearing file, verifies it, and matches it against own
// records. The limit is what hashing the bytes and splitting them with encoding/csv
// take.
func BenchmarkMatchFile(b *testing.B) {
	for _, f := range formats() {
		b.Run(string(f), func(b *testing.B) {
			h := testHeader(b)
			raw := benchFile(b, f, h)
			limit := splitting(b, benchFile(b, CSV, h))
			keys := keysOf(b, testKey().Public())
			b.ReportAllocs()
			for b.Loop() {
				r, err := NewReader(bytes.NewReader(raw), keys, nil)
				if err != nil {
					b.Fatal(err)
				}
				report, err := MatchFile(context.Background(), r, &ledger{n: many, period: h.Period}, &MatchOptions{MaxOpen: 10})
				if err != nil || report.Matched != many {
					b.Fatal(report.Matched, err)
				}
			}
			each := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(each)/float64(limit), "×csv+sha256")
			b.ReportMetric(float64(each.Nanoseconds())/many, "ns/entry")
		})
	}
}

// BenchmarkWriter writes the same file.
func BenchmarkWriter(b *testing.B) {
	h := testHeader(b)
	limit := splitting(b, benchFile(b, CSV, h))
	b.ReportAllocs()
	for b.Loop() {
		writeMany(b, io.Discard, CSV, h)
	}
	each := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(each)/float64(limit), "×csv+sha256")
	b.ReportMetric(float64(each.Nanoseconds())/many, "ns/entry")
}

func benchFile(b *testing.B, f Format, h Header) []byte {
	b.Helper()
	var out bytes.Buffer
	writeMany(b, &out, f, h)
	return out.Bytes()
}

func writeMany(b *testing.B, to io.Writer, f Format, h Header) {
	b.Helper()
	w, err := NewWriter(to, f, h, testKey())
	if err != nil {
		b.Fatal(err)
	}
	for e := range day(h.Period, many) {
		if err := w.Write(e); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

// splitting is the time of what nobody can read a file without.
func splitting(b *testing.B, raw []byte) time.Duration {
	b.Helper()
	start := time.Now()
	sha256.Sum256(raw)
	r := csv.NewReader(bytes.NewReader(raw))
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return time.Since(start)
		} else if err != nil {
			b.Fatal(err)
		}
	}
}
