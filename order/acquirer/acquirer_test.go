package acquirer_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/minttest"
	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/ordertest"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

const base = "https://acquirer.example"

func yuan(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }

func merchants() acquirer.Merchants {
	return acquirer.Merchants{
		{ID: "cafe", Name: "Corner Café", Currency: "CNY", Direct: &acquirer.Direct{Amount: yuan(2500)}},
		{ID: "busker", Name: "Busker on the Bridge", Currency: "CNY", Direct: &acquirer.Direct{Max: yuan(50000)}},
		{ID: "teahouse", Name: "Jade Teahouse", Currency: "CNY", Goods: []order.Item{
			{ID: "oolong", Name: "Oolong, 100 g", Price: yuan(6800)},
			{ID: "jasmine", Name: "Jasmine pearls, 50 g", Price: yuan(4550)},
			{ID: "cup", Name: "Cup, celadon", Price: yuan(3200)},
		}},
	}
}

// open opens the file of a server.
func open(t testing.TB, path string) *store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newServer(t testing.TB, c order.Clearing, o *acquirer.Options) *acquirer.Server {
	t.Helper()
	return newServerOn(t, open(t, filepath.Join(t.TempDir(), "acquirer.db")), c, o)
}

func newServerOn(t testing.TB, st *store.Store, c order.Clearing, o *acquirer.Options) *acquirer.Server {
	t.Helper()
	s, err := acquirer.New(t.Context(), st, c, merchants(), base, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { wholeAudit(t, st) })
	return s
}

// wholeAudit is how every test ends: whatever happened, the histories in the
// store are as they were written. A test may have closed the store.
func wholeAudit(t testing.TB, st *store.Store) {
	t.Helper()
	r, err := audit.Verify(context.Background(), st, acquirer.AuditLog(), audit.Trust{})
	if len(r.Findings) > 0 || err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("the audit of %d orders: %v, %v", r.Orders, r.Findings, err)
	}
}

func TestServerKeepsTheContract(t *testing.T) {
	keepsTheContract(t, func(t *testing.T) *store.Store { return open(t, filepath.Join(t.TempDir(), "acquirer.db")) })
}

func TestServerOnPostgresKeepsTheContract(t *testing.T) {
	c := pgtest.Start(t)
	keepsTheContract(t, func(t *testing.T) *store.Store { return c.Store(t) })
}

func keepsTheContract(t *testing.T, open func(*testing.T) *store.Store) {
	ordertest.Run(t, func(t *testing.T, c order.Clearing) ordertest.Subject {
		mint := minttest.New(nil)
		s := newServerOn(t, open(t), c, &acquirer.Options{Verify: mint.Policy(t), Issuer: mint})
		revoked := printed(t, s, "cafe", "revoked")
		if _, err := s.RevokeCode(t.Context(), revoked.ID); err != nil {
			t.Fatal(err)
		}
		return ordertest.Subject{Server: s, Fixed: printed(t, s, "cafe", "k").Address, Entered: printed(t, s, "busker", "k").Address,
			Shop: printed(t, s, "teahouse", "k").Address, Dynamic: shown(t, s, "teahouse", "till").Address, Revoked: revoked.Address}
	})
}

// peer is a clearing institution as a test wants it, and what it was asked.
type peer struct {
	place placing // nil places every order
	query asking  // nil knows no order

	mu     sync.Mutex
	placed []order.Order // of every call of Place, whatever became of it
	times  []time.Time   // of every call
}

type (
	placing func(context.Context, order.Order) (order.Placement, error)
	asking  func(context.Context, order.ID) (order.Status, error)
)

func (p *peer) Place(ctx context.Context, o order.Order) (order.Placement, error) {
	p.mu.Lock()
	p.placed, p.times = append(p.placed, o), append(p.times, time.Now())
	place := p.place
	p.mu.Unlock()
	if place == nil {
		return placement(o), nil
	}
	return place(ctx, o)
}

func (p *peer) Query(ctx context.Context, id order.ID) (order.Status, error) {
	p.mu.Lock()
	p.times = append(p.times, time.Now())
	query := p.query
	p.mu.Unlock()
	if query == nil {
		return order.Status{}, order.Errorf(order.CodeNotFound, "peer", "there is no such order")
	}
	return query(ctx, id)
}

// turn changes how the peer places from now on.
func (p *peer) turn(place placing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.place = place
}

func (p *peer) orders() []order.Order {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.placed)
}

// since is how long after start the peer was called.
func (p *peer) since(start time.Time) (all []time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, at := range p.times {
		all = append(all, at.Sub(start))
	}
	return all
}

func placement(o order.Order) order.Placement {
	return order.Placement{Address: "https://pay.example/o/" + string(o.ID), Expires: o.Expires}
}

func unreachable(context.Context, order.Order) (order.Placement, error) {
	return order.Placement{}, errors.New("nobody answers")
}

// coffee confirms the cafe's page.
func coffee(t testing.TB, s *acquirer.Server, key string) order.Confirmation {
	t.Helper()
	p, err := s.Page(t.Context(), s.CodeAddress("cafe"))
	if err != nil {
		t.Fatal(err)
	}
	return order.Confirmation{Merchant: "cafe", Revision: p.Revision, Total: p.Total, Key: key}
}

func confirm(t testing.TB, s *acquirer.Server, c order.Confirmation) order.PageJump {
	t.Helper()
	jump, err := s.Confirm(t.Context(), s.CodeAddress(c.Merchant), c)
	if err != nil {
		t.Fatalf("Confirm: %v", err)
	}
	return jump
}

func status(t testing.TB, s *acquirer.Server, id order.ID) order.Status {
	t.Helper()
	st, err := s.Order(t.Context(), id)
	if err != nil {
		t.Fatalf("Order: %v", err)
	}
	return st
}

// told is what the gateway says of an order.
func told(o order.Order, state order.State, version int64) order.Status {
	st := order.Status{Order: o, State: state, Version: version, Changed: o.Created.Add(time.Second)}
	if state == order.StatePaid {
		st.Payment = &order.Payment{Component: "blue", Attempt: "attempt-1", Reference: "blue-1", Amount: o.Total, At: st.Changed}
	}
	return st
}

func wantCode(t testing.TB, what string, err error, want order.Code) {
	t.Helper()
	if got := order.CodeOf(err); got != want {
		t.Errorf("%s: code %q (%v), want %q", what, got, err, want)
	}
}

func wantSame(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", what, diff)
	}
}

// nowhere places every order and remembers none.
type nowhere struct{ order.Clearing }

func (nowhere) Place(_ context.Context, o order.Order) (order.Placement, error) {
	return placement(o), nil
}
