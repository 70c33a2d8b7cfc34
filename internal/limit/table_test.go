package limit

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/order/wire"
)

func TestBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := NewTable(10, 0)
		l := wire.Limit{PerSecond: 2, Burst: 3}
		enter := func(caller string) time.Duration {
			leave, wait := table.Enter(caller, l)
			if (leave == nil) != (wait > 0) {
				t.Errorf("let in: %v, and is to wait %v", leave != nil, wait)
			}
			if leave != nil {
				leave()
			}
			return wait
		}
		for i := range 3 {
			if wait := enter("a"); wait > 0 {
				t.Errorf("request %d of 3 in a row is to wait %v", i, wait)
			}
		}
		for range 5 { // asking costs nothing
			if wait := enter("a"); wait != 500*time.Millisecond {
				t.Errorf("the fourth is to wait %v, want half a second", wait)
			}
		}
		if wait := enter("b"); wait > 0 {
			t.Errorf("another caller is to wait %v", wait)
		}
		time.Sleep(500 * time.Millisecond)
		if wait := enter("a"); wait > 0 {
			t.Errorf("after the wait it is to wait %v", wait)
		}
	})
}

func TestConcurrent(t *testing.T) {
	table := NewTable(10, 0)
	l := wire.Limit{PerSecond: -1, Concurrent: 2}
	first, _ := table.Enter("a", l)
	second, _ := table.Enter("a", l)
	if leave, wait := table.Enter("a", l); leave != nil || wait <= 0 {
		t.Errorf("a third at once is let in, or is to wait %v", wait)
	}
	if leave, _ := table.Enter("b", l); leave == nil {
		t.Error("another caller is not let in")
	}
	first()
	if leave, _ := table.Enter("a", l); leave == nil {
		t.Error("nobody is let in after one left")
	}
	second()
}

func TestNoLimit(t *testing.T) {
	table := NewTable(1, 0)
	for range 1000 {
		if leave, _ := table.Enter("a", wire.Limit{PerSecond: -1, Burst: -1, Concurrent: -1}); leave == nil {
			t.Fatal("turned away")
		}
	}
}

// A limit that changes holds from the next request on.
func TestLimitChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table := NewTable(1, 0)
		for range 10 {
			table.Enter("a", wire.Limit{PerSecond: 1, Burst: 1})
		}
		if _, wait := table.Enter("a", wire.Limit{PerSecond: 10, Burst: 1}); wait != 100*time.Millisecond {
			t.Errorf("is to wait %v, want a tenth of a second", wait)
		}
	})
}

// However callers come and go: none gets more than its burst and its rate, one
// that asks as it may is let in, and no more callers are held than there is room.
func TestEveryCallerGetsItsShare(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		callers := rapid.IntRange(1, 12).Draw(rt, "callers")
		asking := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) request {
			return request{rapid.IntRange(1, callers).Draw(rt, "caller"), time.Duration(rapid.IntRange(0, 400).Draw(rt, "pause")) * time.Millisecond}
		}), 1, 100).Draw(rt, "requests")
		var wrong string
		synctest.Test(t, func(*testing.T) { wrong = share(callers, asking) })
		if wrong != "" {
			rt.Error(wrong)
		}
	})
}

// request is made after a pause.
type request struct {
	caller int
	pause  time.Duration
}

// share makes the requests and says what is wrong with who was let in.
func share(callers int, asking []request) (wrong string) {
	const room, perSecond, burst = 6, 4, 5
	table, l := NewTable(room, 0), wire.Limit{PerSecond: perSecond, Burst: burst}
	begun, got := time.Now(), map[int]int{}
	for _, r := range asking {
		time.Sleep(r.pause)
		leave, _ := table.Enter(fmt.Sprint(r.caller), l)
		if leave != nil {
			leave()
			got[r.caller]++
		}
		allowed := burst + perSecond*time.Since(begun).Seconds() + 1e-6
		if callers > room {
			allowed *= 2 // one's own bucket, and the one that is shared
		}
		switch {
		case leave == nil && callers <= room && got[r.caller] < burst:
			return fmt.Sprintf("caller %d is turned away at its request %d", r.caller, got[r.caller]+1)
		case float64(got[r.caller]) > allowed:
			return fmt.Sprintf("caller %d got %d, allowed are %.1f", r.caller, got[r.caller], allowed)
		case len(table.buckets) > room:
			return fmt.Sprintf("%d callers are held, there is room for %d", len(table.buckets), room)
		}
	}
	return ""
}

// A table that is full of callers who are owed a wait lets all newcomers share
// one bucket, and finds room again when the others are.
func TestFullTableFailsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, l := NewTable(100, 0), wire.Limit{PerSecond: 1, Burst: 2, Concurrent: 10}
		for i := range 100 {
			if leave, _ := table.Enter(fmt.Sprint("old ", i), l); leave != nil {
				leave()
			}
		}
		in := 0
		for i := range 1000 {
			if leave, _ := table.Enter(fmt.Sprint("new ", i), l); leave != nil {
				in++
				leave()
			}
		}
		if in != 2 {
			t.Errorf("%d newcomers were let in, want the 2 of one bucket", in)
		}
		leave, _ := table.Enter("old 7", l)
		if leave == nil {
			t.Fatal("who was there is turned away")
		}
		leave()
		time.Sleep(time.Minute)
		for i := range 50 {
			if leave, _ := table.Enter(fmt.Sprint("late ", i), l); leave == nil {
				t.Errorf("newcomer %d is turned away although others have gone", i)
			}
		}
	})
}

// Who is being served, and who was to be remembered, is not forgotten.
func TestWhoIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		table, l := NewTable(3, time.Hour), wire.Limit{PerSecond: 1, Burst: 1}
		table.Remember("payment")
		table.Enter("slow", l)
		for i := range 100 {
			time.Sleep(30 * time.Second)
			table.Enter(fmt.Sprint(i), l)
		}
		if !table.Known("payment") || !table.Known("slow") || table.Known("nobody") {
			t.Errorf("known are %v, want payment and slow", table.buckets)
		}
		time.Sleep(time.Hour)
		table.Enter("x", l)
		if table.Known("payment") {
			t.Error("a payment is remembered for ever")
		}
	})
}

// Memory is bounded, however many callers there are and however long their names.
func TestMemoryIsBounded(t *testing.T) {
	const room, most = 1 << 14, 8 << 20
	table := NewTable(room, 0)
	before := heap()
	long := make([]byte, 64<<10)
	for i := range 10 * room {
		request := fmt.Sprintf("%020d%s", i, long[:1024]) // a key that is cut out of it must not hold it
		table.Enter(request[:20], wire.Limit{PerSecond: 0.001, Burst: 1})
	}
	if used := heap() - before; used > most {
		t.Errorf("%d callers of %d took %d KiB, want at most %d", room, 10*room, used>>10, most>>10)
	}
	runtime.KeepAlive(table)
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func BenchmarkEnterFullTable(b *testing.B) {
	table, l := NewTable(1<<16, 0), wire.Limit{PerSecond: 0.001, Burst: 1}
	names := make([]string, 1<<18)
	for i := range names {
		names[i] = fmt.Sprint(i)
	}
	for i := 0; b.Loop(); i++ {
		if leave, _ := table.Enter(names[i%len(names)], l); leave != nil {
			leave()
		}
	}
}
