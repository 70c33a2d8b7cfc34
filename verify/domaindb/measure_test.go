package domaindb_test

import (
	"slices"
	"testing"
	"time"
)

// report prints the lower quartile of each, and their ratio.
func report(b *testing.B, ours, loads []time.Duration) {
	quartile := func(all []time.Duration) float64 {
		slices.Sort(all)
		return float64(all[len(all)/4].Nanoseconds())
	}
	a, z := quartile(ours), quartile(loads)
	b.ReportMetric(a/z, "of_a_load(limit_1.5)")
	b.ReportMetric(a, "ns/name")
	b.ReportMetric(z, "ns/load")
}
