package joint

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
)

const (
	acquirerBase = "https://acquirer.example"
	gatewayBase  = "https://pay.example"
)

// A database opens a store on the same place again and again.
type database func(context.Context) (*store.Store, error)

// A world is two servers with everything around them that outlives them. Its
// steps are played one after another; what a step leaves under way goes on beside
// the next ones.
type world struct {
	t          *testing.T
	network    *network
	provider   *provider
	components *component.Registry
	directory  *clearing.Directory
	closed     atomic.Bool     // the acquirer's books take nothing
	ahead      [2]atomic.Int64 // the acquirer's clock, and the gateway's, in nanoseconds
	beside     sync.WaitGroup  // what goes on beside the steps
	planted    planted
	tally      map[string]int // what happened, how often

	mu        sync.Mutex
	acquirer  house[*acquirer.Server]
	gateway   house[*clearing.Server]
	orders    map[int]order.PageJump // of payers who know theirs
	canceled  map[order.ID]bool      // by their acquirer, perhaps in vain
	refundIDs [8]order.ID            // of the refunds of each order
	attempts  []gateway.Attempt      // that a payer has seen
	broken    error                  // the first rule that did not hold
	seen      map[string]order.Status
}

// A house is the database of a server, and the server that runs on it now.
type house[S any] struct {
	open   database
	make   func(context.Context, *store.Store) (S, error)
	store  *store.Store
	server S
	lives  int // how often it was opened
}

func newWorld(t *testing.T, acquirers, gateways database, p planted) *world {
	w := &world{t: t, network: newNetwork(), provider: newProvider(), planted: p, tally: map[string]int{}, orders: map[int]order.PageJump{}, canceled: map[order.ID]bool{}, seen: map[string]order.Status{}}
	for i := range w.refundIDs {
		w.refundIDs[i] = order.NewID(time.Now())
	}
	w.acquirer.open, w.acquirer.make = acquirers, w.newAcquirer
	w.gateway.open, w.gateway.make = gateways, w.newGateway
	w.configure()
	w.must(w.start(w.gateway.start))
	w.must(w.start(w.acquirer.start))
	w.must(w.acquirer.store.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS joint_books
			(order_id TEXT, number BIGINT, was TEXT, state TEXT, version BIGINT, refund TEXT, PRIMARY KEY (order_id, number))`)
		return err
	}))
	if p.furnish != "" {
		w.onBoth(p.furnish)
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// configure makes what servers share: the components and the directory.
func (w *world) configure() {
	wallet := wallet{name: "blue", v: w.provider, n: w.network, numbers: same, refunds: same}
	if w.planted.numbers != nil {
		wallet.numbers = w.planted.numbers()
	}
	if w.planted.refunds != nil {
		wallet.refunds = w.planted.refunds()
	}
	blue, red := closing{&wallet}, wallet
	red.name, red.atOnce = "red", true
	var err error
	w.components, err = component.NewRegistry(blue, &red)
	w.must(err)
	w.directory, err = clearing.NewDirectory([]clearing.Acquirer{{Name: "north", Keys: []clearing.Key{{Public: ed25519.PublicKey("the key of the acquirer is this.")}},
		ReturnOrigins: []string{acquirerBase}, Merchants: []clearing.Merchant{{ID: "busker", Name: "Busker on the Bridge"}}}}, nil)
	w.must(err)
}

func (w *world) newAcquirer(ctx context.Context, s *store.Store) (*acquirer.Server, error) {
	return acquirer.New(ctx, s, toGateway{w}, acquirer.Merchants{{ID: "busker", Name: "Busker on the Bridge", Currency: "CNY",
		Direct: &acquirer.Direct{Max: yuan(50000)}}}, acquirerBase, &acquirer.Options{OnChange: w.book, Now: w.clock(0), Canceler: toGateway{w}, Refunder: toGateway{w}})
}

func (w *world) newGateway(ctx context.Context, s *store.Store) (*clearing.Server, error) {
	return clearing.New(ctx, s, w.directory, w.components, clearing.Keys{Tokens: map[int]clearing.Secret{1: {1}}},
		func(clearing.Acquirer) order.Notifier { return toAcquirer{w} }, gatewayBase, &clearing.Options{Now: w.clock(1)})
}

// clock is that of a server.
func (w *world) clock(of int) func() time.Time {
	return func() time.Time { return time.Now().Add(time.Duration(w.ahead[of].Load())) }
}

func yuan(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }

// start lets a house start, which is not seen half done.
func (w *world) start(start func(context.Context) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return start(context.Background())
}

// start opens the house, unless it is open, and makes a new server.
func (h *house[S]) start(ctx context.Context) (err error) {
	if h.store == nil {
		if h.store, err = h.open(ctx); err != nil {
			return err
		}
		h.lives++
	}
	h.server, err = h.make(ctx, h.store)
	return err
}

// die ends whatever runs in the house, where it is, and opens it again.
func (h *house[S]) die(ctx context.Context) error {
	if err := h.store.Close(); err != nil {
		return err
	}
	h.store = nil
	return h.start(ctx)
}

// book keeps the acquirer's own books, in the transaction that it is told in.
func (w *world) book(ctx context.Context, tx *sql.Tx, c acquirer.Change) error {
	if w.closed.Load() {
		return errors.New("the books are closed")
	}
	refund, from, to := "", string(c.From), string(c.State)
	if c.Refund != nil {
		refund, from, to = string(c.Refund.ID), string(c.RefundFrom), string(c.Refund.State)
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO joint_books (order_id, number, was, state, version, refund)
		VALUES ($1, (SELECT COUNT(*) FROM joint_books WHERE order_id = $1), $2, $3, $4, $5)`,
		string(c.Order.ID), from, to, c.Version, refund)
	return err
}

// servers are those that run now.
func (w *world) servers() (*acquirer.Server, *clearing.Server) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acquirer.server, w.gateway.server
}

func (w *world) desk() (order.Desk, error) {
	_, g := w.servers()
	return g.For("north")
}

// break notes the first rule that did not hold.
func (w *world) breaks(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.broken == nil {
		w.broken = fmt.Errorf(format, args...)
	}
}

func (w *world) whole() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.broken == nil
}

// try does something that may take its time beside the next steps.
func (w *world) try(do func(context.Context)) {
	w.beside.Go(func() { do(context.Background()) })
	synctest.Wait()
}

// A runner is what does background work until ctx ends.
type runner func(ctx context.Context) error

// work lets new servers of a house do what is due for a while, beside each other.
// They are then stopped, or die with all that was begun.
func (w *world) work(fresh func() runner, servers int, span time.Duration, die func(context.Context) error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var running sync.WaitGroup
	for range servers {
		run := fresh()
		running.Go(func() {
			if err := run(ctx); err != nil && !errors.Is(err, store.ErrClosed) {
				w.breaks("a worker ended: %v", err)
			}
		})
	}
	synctest.Wait()
	time.Sleep(span)
	if die != nil {
		w.dies(die)
		return
	}
	stop()
	running.Wait()
}

// dies lets a server die.
func (w *world) dies(die func(context.Context) error) {
	w.must(w.start(die))
	if w.planted.died != nil {
		w.planted.died(w)
	}
}

// freshAcquirer is the work of a new server in the same house.
func (w *world) freshAcquirer() runner {
	w.must(w.start(w.acquirer.start))
	a, _ := w.servers()
	return a.Run
}

func (w *world) freshGateway() runner {
	w.must(w.start(w.gateway.start))
	_, g := w.servers()
	return g.Run
}

// toGateway is how the acquirer reaches the gateway.
type toGateway struct{ w *world }

func (g toGateway) Place(ctx context.Context, o order.Order) (order.Placement, error) {
	return asked(ctx, g.w, func(ctx context.Context, d order.Desk) (order.Placement, error) { return d.Place(ctx, o) })
}

func (g toGateway) Query(ctx context.Context, id order.ID) (order.Status, error) {
	return asked(ctx, g.w, func(ctx context.Context, d order.Desk) (order.Status, error) { return d.Query(ctx, id) })
}

func (g toGateway) Cancel(ctx context.Context, id order.ID) (order.Status, error) {
	return asked(ctx, g.w, func(ctx context.Context, d order.Desk) (order.Status, error) { return d.Cancel(ctx, id) })
}

func (g toGateway) Refund(ctx context.Context, r order.RefundRequest) (order.Status, error) {
	return asked(ctx, g.w, func(ctx context.Context, d order.Desk) (order.Status, error) {
		if g.w.planted.asks != nil {
			r = g.w.planted.asks(r)
		}
		return d.Refund(ctx, r)
	})
}

// asked asks the gateway that runs when the message arrives.
func asked[T any](ctx context.Context, w *world, ask func(context.Context, order.Desk) (T, error)) (T, error) {
	return carry(ctx, w.network, placing, func(ctx context.Context) (answer T, err error) {
		d, err := w.desk()
		if err != nil {
			return answer, err
		}
		return ask(ctx, d)
	})
}

// toAcquirer is how the gateway reaches the acquirer.
type toAcquirer struct{ w *world }

func (a toAcquirer) Notify(ctx context.Context, s order.Status) error {
	_, err := carry(ctx, a.w.network, notifying, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, a.w.take(a.w.planted.notify, func() error {
			server, _ := a.w.servers()
			return server.Notify(ctx, s)
		})
	})
	return err
}
