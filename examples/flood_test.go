//go:build unix

package examples_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/order"
)

// heapLimit is what the process may hold in the middle of the flood: both servers,
// the wallet company, and the clients of all three, with 2,000 connections of each
// side.
const heapLimit = 128 << 20

// While 2,000 connections are held half open and 100,000 requests of garbage come
// in, on sockets and from many addresses, every payer pays, and memory stays
// bounded.
func TestPayersPayInAFlood(t *testing.T) {
	idle, garbage := 2000, 100_000
	if testing.Short() {
		idle, garbage = 200, 5000
	}
	idle = min(idle, fitting(t))
	f := newFlooded(t)
	f.hold(idle)
	f.payOnce("a payer before the flood")
	f.watchHeap()

	flooding := make(chan struct{})
	var payers sync.WaitGroup
	for range 4 {
		payers.Go(func() { f.payUntil(flooding) })
	}
	begun := time.Now()
	f.send(garbage)
	took := time.Since(begun)
	close(flooding)
	payers.Wait()

	held := heap()
	if held > heapLimit {
		t.Errorf("after the flood the heap holds %d MiB, want at most %d", held>>20, heapLimit>>20)
	}
	if f.garbage.served.Load() > 0 {
		t.Errorf("%d requests of garbage were answered as if they were good", f.garbage.served.Load())
	}
	t.Logf("%d connections held half open (%d times cut and opened again), %d requests of garbage in %.1f s, %.0f a second: %s",
		idle, f.reopened.Load(), garbage, took.Seconds(), float64(garbage)/took.Seconds(), &f.garbage)
	t.Logf("%d payments beside them, all paid; heap %d MiB after GC, %d MiB at most before one", f.paid.Load(), held>>20, f.most.Load()>>20)
}

// fitting is how many connections to itself this process may open beside what
// else it has open.
func fitting(t *testing.T) int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		t.Fatal(err)
	}
	n := (int(min(l.Cur, 1<<20)) - 500) / 2
	if n < 2000 {
		t.Logf("this process may open %d files: %d connections at most are held half open", l.Cur, n)
	}
	return n
}

// flooded is a system on sockets, behind a proxy as far as it can tell: so
// everybody here can have an address.
type flooded struct {
	*local.System
	t       *testing.T
	ctx     context.Context // ends with the test
	group   *sync.WaitGroup
	garbage tally
	books   func(address string) *books

	paid, reopened, most atomic.Int64
}

func newFlooded(t *testing.T) *flooded {
	t.Helper()
	s := &local.System{Dir: t.TempDir(), Keys: local.NewKeys(), Proxies: 1}
	listeners := map[string]net.Listener{"acquirer": listen(t), "gateway": listen(t), "wallet": listen(t)}
	s.Acquirer, s.Gateway, s.Wallet = local.Address("acquirer", listeners["acquirer"]), local.Address("gateway", listeners["gateway"]), local.Address("wallet", listeners["wallet"])
	wallet := run(t, s, listeners)
	ctx, cancel := context.WithCancel(context.Background())
	code, err := s.Code(ctx, "cafe")
	if err != nil {
		t.Fatal(err)
	}
	f := &flooded{System: s, t: t, ctx: ctx, group: &sync.WaitGroup{}}
	f.books = func(address string) *books {
		from := &local.System{Acquirer: s.Acquirer, Gateway: s.Gateway, Wallet: s.Wallet, Keys: s.Keys, Base: forwarded{s.Client().Transport, address}}
		return &books{from, t, wallet, code}
	}
	t.Cleanup(s.Client().CloseIdleConnections)
	t.Cleanup(func() { cancel(); f.group.Wait() })
	return f
}

// forwarded are requests that came through a proxy from an address.
type forwarded struct {
	base    http.RoundTripper
	address string
}

func (f forwarded) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-Forwarded-For", f.address)
	return f.base.RoundTrip(r)
}

// payUntil pays again and again, each time from another address, and at least
// five times.
func (f *flooded) payUntil(over <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-over:
			if i >= 5 {
				return
			}
		default:
		}
		f.payOnce(fmt.Sprintf("payment %d in the flood", f.paid.Load()+1))
	}
}

// payOnce takes one payment, which may not fail: charged once, and both servers
// agree.
func (f *flooded) payOnce(name string) {
	ctx, cancel := context.WithTimeout(f.ctx, 2*time.Minute)
	defer cancel()
	b := f.books(fmt.Sprintf("198.51.100.%d", rand.N(250)))
	var jump order.ID
	result, err := b.pay(ctx, &jump)
	if err != nil {
		f.t.Errorf("%s: %v", name, err)
		return
	}
	if result.Payment == nil {
		f.t.Errorf("%s: the order is %s", name, result.State)
		return
	}
	b.agree(ctx, name, result)
	charged := 0
	for _, c := range b.wallet.Charges() {
		if c.Number == result.Payment.Attempt {
			charged++
		}
	}
	if charged != 1 {
		f.t.Errorf("%s: charged %d times", name, charged)
	}
	f.paid.Add(1)
}

// watchHeap notes how much the heap holds at most.
func (f *flooded) watchHeap() {
	f.group.Go(func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-f.ctx.Done():
				return
			case <-tick.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				f.most.Store(max(f.most.Load(), int64(m.HeapAlloc)))
			}
		}
	})
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
