package speed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// orders is how many are stored; .ci/long stores a million.
func orders() int {
	if n, err := strconv.Atoi(os.Getenv("ANYSCAN_ORDERS")); err == nil {
		return n
	}
	return 50_000
}

// BenchmarkStored compares what writing costs at a server that holds many
// orders with what it costs at one that holds none.
//
// Clients that make random idempotency keys are measured too, without a limit:
// each of their keys changes another page of a large index, and a page is written
// as a whole. Our own terminals and forms make keys in the order of time.
func BenchmarkStored(b *testing.B) {
	t := live(b)
	for _, s := range []server{
		{"acquirer", t.acquirer, takeOrders, timedKey, true},
		{"gateway", t.gateway, takePayments, timedKey, true},
		{"acquirer, random keys", t.acquirer, takeOrders, randomKey, false},
	} {
		b.Run(s.name, func(b *testing.B) { s.compare(b, t) })
	}
}

// A server is what one of the two does.
type server struct {
	name    string
	lives   string // the file in which orders went through it
	work    func(*testing.B, *store.Store, keys) *contestant
	key     keys
	limited bool
}

// compare lets the server work on two files: with its tables alone, and with
// orders too.
func (s server) compare(b *testing.B, t town) {
	full := tempFile(b)
	tables := open(b, full)
	s.work(b, tables, s.key)
	if err := tables.Close(); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	fill(b, full, s.lives, t.paid, t.opened, orders(), s.key)
	b.ReportMetric(time.Since(start).Seconds(), "s-to-fill")
	before, after := s.work(b, open(b, tempFile(b)), s.key), s.work(b, open(b, full), s.key)
	compare(b, before, after)
	b.ReportMetric(before.typical(rate), "empty/s")
	b.ReportMetric(1e3*before.typical(p50), "empty-p50-ms")
	b.ReportMetric(1e3*before.typical(p99), "empty-p99-ms")
	what := fmt.Sprintf("%d stored orders against none, %s: ", orders(), s.name)
	for _, v := range []verdict{
		{"rate-x-empty", what + "grouped write rate", ratio(after, before, rate), true, 0.9},
		{"p50-x-empty", what + "p50", ratio(after, before, p50), false, 1.1},
		{"p99-x-empty", what + "p99", ratio(after, before, p99), false, 1.5},
	} {
		if !s.limited {
			v.limit = 0
		}
		v.report(b)
	}
}

// takeOrders is the work of an acquirer: an order is confirmed, placed, and
// notified as paid.
func takeOrders(b *testing.B, s *store.Store, key keys) *contestant {
	t := newTill(b, s, instant{})
	return &contestant{name: "acquirer", n: 2000, do: func() error {
		jump, err := t.confirm(key(time.Now()))
		if err != nil {
			return err
		}
		st, err := t.Order(context.Background(), jump.Order)
		if err != nil {
			return err
		}
		st.State, st.Version, st.Changed = order.StatePaid, 2, time.Now()
		st.Payment = &order.Payment{Component: "blue", Attempt: string(jump.Order) + "01", Reference: "blue-" + string(jump.Order) + "01",
			Amount: st.Order.Total, At: st.Changed}
		return t.Notify(context.Background(), st)
	}}
}

// takePayments is the work of a gateway: an order is placed, an attempt begins,
// and its provider tells that it was paid.
func takePayments(b *testing.B, s *store.Store, key keys) *contestant {
	c := newCashier(b, s, nobody{})
	return &contestant{name: "gateway", n: 1000, do: func() error {
		now := time.Now().UTC().Truncate(time.Microsecond)
		id := order.NewID(now)
		p, err := c.Place(context.Background(), order.Order{ID: id, Merchant: "cafe", Total: order.Money{Amount: 2500, Currency: "CNY"},
			Created: now, Expires: now.Add(15 * time.Minute), ReturnAddress: acquirerBase + "/orders/" + string(id)})
		if err != nil {
			return err
		}
		return c.pay(p.Address, key(now))
	}}
}

// A town is the files of both servers after two orders went through them: one
// was paid, and one is open.
type town struct {
	acquirer, gateway string
	paid, opened      life
}

// live makes a town.
func live(b *testing.B) town {
	b.Helper()
	t := town{acquirer: tempFile(b), gateway: tempFile(b)}
	first, second := open(b, t.acquirer), open(b, t.gateway)
	told := &listener{heard: make(chan struct{})}
	c := newCashier(b, second, told)
	shop := newTill(b, first, c.Desk)
	told.to = shop
	t.opened, _ = shop.order(b)
	paid, address := shop.order(b)
	t.paid = paid
	if err := c.pay(address, paid.idempotency); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	<-told.heard
	cancel()
	if err := errors.Join(<-ended, first.Close(), second.Close()); err != nil {
		b.Fatal(err)
	}
	return t
}

// order makes an order.
func (t *till) order(b *testing.B) (l life, address string) {
	b.Helper()
	key := timedKey(time.Now())
	jump, err := t.confirm(key)
	if err != nil {
		b.Fatal(err)
	}
	name, ok := strings.CutPrefix(jump.Address, gatewayBase+"/pay/")
	if !ok || len(name) < len(jump.Order) {
		b.Fatalf("the gateway address %q does not name the order", jump.Address)
	}
	return life{order: string(jump.Order), key: name[:len(jump.Order)], idempotency: key}, jump.Address
}

// A listener passes on what it is told, and says that it heard something.
type listener struct {
	to    order.Notifier
	heard chan struct{}
	once  sync.Once
}

func (l *listener) Notify(ctx context.Context, s order.Status) error {
	err := l.to.Notify(ctx, s)
	if err == nil {
		l.once.Do(func() { close(l.heard) })
	}
	return err
}
