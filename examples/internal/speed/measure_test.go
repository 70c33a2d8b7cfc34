package speed

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const (
	clients = 64
	turns   = 9
)

// A contestant does one thing again and again, n times in each of its turns.
type contestant struct {
	name string
	n    int
	do   func() error
	runs []run
}

// A run is one turn of a contestant.
type run struct {
	rate     float64 // things done in a second
	p50, p99 float64 // seconds for one of them
}

// compare gives the contestants their turns, one after the other and in changing
// order, after one that does not count. Turns are short, a few tenths of a
// second, so that what happens on the machine meets all of them.
func compare(b *testing.B, all ...*contestant) {
	b.Helper()
	for turn := range turns + 1 {
		for _, c := range all {
			r := c.turn(b)
			if turn > 0 {
				c.runs = append(c.runs, r)
			}
		}
		slices.Reverse(all)
	}
}

// turn does n things, from all clients at once.
func (c *contestant) turn(b *testing.B) run {
	b.Helper()
	n := c.n
	took := make([]float64, n)
	var next atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for range clients {
		group.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				began := time.Now()
				if err := c.do(); err != nil {
					b.Errorf("%s: %v", c.name, err)
					return
				}
				took[i] = time.Since(began).Seconds()
			}
		})
	}
	group.Wait()
	total := time.Since(start).Seconds()
	slices.Sort(took)
	return run{float64(n) / total, took[n/2], took[n*99/100]}
}

// The figures of a turn.
func rate(r run) float64 { return r.rate }
func p50(r run) float64  { return r.p50 }
func p99(r run) float64  { return r.p99 }

// typical is the median of a figure over the turns.
func (c *contestant) typical(f func(run) float64) float64 {
	all := make([]float64, len(c.runs))
	for i, r := range c.runs {
		all[i] = f(r)
	}
	return median(all)
}

// ratio is a figure of one contestant by that of another. Each pair of turns
// that followed each other gives one, and their median counts: what slows the
// machine down for seconds slows both.
func ratio(a, b *contestant, f func(run) float64) float64 {
	all := make([]float64, len(a.runs))
	for i := range all {
		all[i] = f(a.runs[i]) / f(b.runs[i])
	}
	return median(all)
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// A verdict is a ratio and its limit. It is printed and fails nothing: on a
// machine that is busy with something else a ratio moves too, if less than the
// figures that it is made of.
type verdict struct {
	unit  string // of the metric
	what  string
	ratio float64
	least bool    // the limit is the least that the ratio may be, and not the most
	limit float64 // 0 for none
}

func (v verdict) report(b *testing.B) {
	b.Helper()
	b.ReportMetric(v.ratio, v.unit)
	fmt.Printf("ratio %.3f %s: %s\n", v.ratio, v.judged(), v.what)
}

func (v verdict) judged() string {
	sign, missed := "<=", v.ratio > v.limit
	if v.least {
		sign, missed = ">=", v.ratio < v.limit
	}
	switch {
	case v.limit == 0:
		return "without a limit"
	case missed:
		return fmt.Sprintf("limit %s%v MISSED", sign, v.limit)
	}
	return fmt.Sprintf("limit %s%v kept", sign, v.limit)
}
