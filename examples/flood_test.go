//go:build unix

package examples_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/order"
)

// While 2,000 connections are held half open and 100,000 requests of garbage come
// in, on sockets and from many addresses, every payer pays, and the memory of each
// server stays bounded.
func TestPayersPayInAFlood(t *testing.T) {
	idle, garbage := 2000, 100_000
	if testing.Short() {
		idle, garbage = 200, 5000
	}
	openFiles(t, idle+500)
	f := newFlooded(t)
	f.payOnce("a payer before the flood")
	f.hold(idle)
	f.payOnce("a payer beside the connections")
	before := f.memory()

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

	f.checkMemory(before)
	if f.garbage.served.Load() > 0 {
		t.Errorf("%d requests of garbage were answered as if they were good", f.garbage.served.Load())
	}
	t.Logf("%d connections held half open (%d times cut and opened again), %d requests of garbage in %.1f s, %.0f a second: %s",
		idle, f.reopened.Load(), garbage, took.Seconds(), float64(garbage)/took.Seconds(), &f.garbage)
	t.Logf("%d payments beside them, all paid", f.paid.Load())
}

// flooded is a system on sockets, behind a proxy as far as it can tell: so
// everybody here can have an address.
type flooded struct {
	*local.System
	workers []*worker // the servers, each a process of its own
	t       *testing.T
	ctx     context.Context // ends with the test
	group   *sync.WaitGroup
	garbage tally
	books   func(address string) *books

	paid, reopened atomic.Int64
}

func newFlooded(t *testing.T) *flooded {
	t.Helper()
	s := &local.System{Dir: t.TempDir(), Proxies: 1}
	var err error
	if s.Keys, err = local.LoadKeys(s.Dir); err != nil {
		t.Fatal(err)
	}
	acquirer, gateway, company := listen(t), listen(t), listen(t)
	s.Acquirer, s.Gateway, s.Wallet = local.Address("acquirer", acquirer), local.Address("gateway", gateway), local.Address("wallet", company)
	wallet := runWallet(t, s, company)
	workers := []*worker{newWorker(t, "acquirer", s, acquirer), newWorker(t, "gateway", s, gateway)}
	ctx, cancel := context.WithCancel(context.Background())
	code, err := s.Code(ctx, "cafe")
	if err != nil {
		t.Fatal(err)
	}
	f := &flooded{System: s, workers: workers, t: t, ctx: ctx, group: &sync.WaitGroup{}}
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
