package limit

import (
	"math"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/anyscan/anyscan/order/wire"
)

// Table has a bucket for each of at most so many callers.
type Table struct {
	max  int
	keep time.Duration

	mu      sync.Mutex
	buckets map[string]*bucket
	shared  bucket // of all who find the table full
}

// bucket is what one caller may still ask.
type bucket struct {
	rate   *rate.Limiter // nil until it is limited
	active int           // requests being worked on
	used   time.Time
}

// NewTable holds max callers, each at least for the time keep after it was seen.
func NewTable(max int, keep time.Duration) *Table {
	return &Table{max: max, keep: keep, buckets: map[string]*bucket{}}
}

// Or is l with the fields of def where l has none.
func Or(l, def wire.Limit) wire.Limit {
	if l.PerSecond == 0 || math.IsNaN(l.PerSecond) {
		l.PerSecond = def.PerSecond
	}
	if l.Burst == 0 {
		l.Burst = def.Burst
	}
	if l.Concurrent == 0 {
		l.Concurrent = def.Concurrent
	}
	return l
}

// Enter lets a request of the caller in, who calls leave when it is done. A nil
// leave turns it away: after wait another may be let in. The limit may change
// from call to call.
func (t *Table) Enter(caller string, l wire.Limit) (leave func(), wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	b := t.find(caller, now)
	if wait := b.take(l, now); wait > 0 {
		return nil, wait
	}
	b.active++
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		b.active--
	}, 0
}

// Known reports whether the caller has a bucket of its own.
func (t *Table) Known(caller string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buckets[caller] != nil
}

// Remember gives the caller a bucket of its own, if there is room.
func (t *Table) Remember(caller string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if b := t.find(caller, now); b != &t.shared {
		b.used = now
	}
}

func (t *Table) find(caller string, now time.Time) *bucket {
	if b := t.buckets[caller]; b != nil {
		return b
	}
	t.forget(now)
	if len(t.buckets) >= t.max {
		return &t.shared
	}
	b := &bucket{used: now}
	t.buckets[strings.Clone(caller)] = b // which may be part of a long request
	return b
}

// forget looks at a few callers, any, and forgets those who would find the same
// bucket anew. Each newcomer makes room for itself, so none waits for a sweep.
func (t *Table) forget(now time.Time) {
	looked := 0
	for caller, b := range t.buckets {
		if b.idle(now, t.keep) {
			delete(t.buckets, caller)
		}
		if looked++; looked == 8 {
			return
		}
	}
}

func (b *bucket) idle(now time.Time, keep time.Duration) bool {
	full := b.rate == nil || b.rate.TokensAt(now) >= float64(b.rate.Burst())
	return full && b.active == 0 && now.Sub(b.used) >= keep
}

// take takes one request out of the bucket, or says when there will be one.
func (b *bucket) take(l wire.Limit, now time.Time) (wait time.Duration) {
	b.used = now
	if l.Concurrent > 0 && b.active >= l.Concurrent {
		return time.Second // nobody knows when one of them ends
	}
	if l.PerSecond < 0 || l.Burst < 0 {
		return 0
	}
	b.set(rate.Limit(l.PerSecond), l.Burst, now)
	r := b.rate.ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func (b *bucket) set(perSecond rate.Limit, burst int, now time.Time) {
	if b.rate == nil {
		b.rate = rate.NewLimiter(perSecond, burst)
	}
	if b.rate.Limit() != perSecond {
		b.rate.SetLimitAt(now, perSecond)
	}
	if b.rate.Burst() != burst {
		b.rate.SetBurstAt(now, burst)
	}
}
