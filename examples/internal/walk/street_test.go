package walk

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// street is a whole system at addresses that a browser reaches, with a clock that can
// be set forward, and counts what happens in it.
type street struct {
	*testing.T
	*local.System
	ahead atomic.Int64 // what the clock is ahead of the right time
	cut   atomic.Bool  // between acquirer and gateway

	mu     sync.Mutex
	placed map[string]bool // orders, by the keys of their placements
	begun  map[string]bool // attempts that a component was asked to begin
	held   chan struct{}   // until when both wait; nil for not at all
}

// newStreet serves a system with the policy; change changes it before.
func newStreet(t *testing.T, policy gateway.Policy, change func(*local.System)) *street {
	t.Helper()
	s := &street{T: t, placed: map[string]bool{}, begun: map[string]bool{}}
	var listeners [3]net.Listener
	for i := range listeners {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners[i] = l
	}
	s.System = &local.System{Acquirer: local.Address("acquirer", listeners[0]), Gateway: local.Address("gateway", listeners[1]),
		Wallet: local.Address("wallet", listeners[2]), Dir: t.TempDir(), Keys: local.NewKeys(), Policy: policy,
		Base: counting{roles.Localhost(), s}, Now: s.now, Component: func(c component.Component) component.Component { return beginning{c, s} }}
	if change != nil {
		change(s.System)
	}
	stop, err := s.Start(context.Background(), listeners[0], listeners[1], listeners[2])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *street) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// pass lets time pass, as far as the servers can tell.
func (s *street) pass(d time.Duration) { s.ahead.Add(int64(d)) }

// counting counts the orders that are placed.
type counting struct {
	*http.Transport
	s *street
}

func (c counting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost && r.URL.Path == "/v1/orders" {
		c.s.count(r.Context(), c.s.placed, r.Header.Get("Idempotency-Key"))
		if c.s.cut.Load() {
			return nil, errors.New("the line is cut")
		}
	}
	return c.Transport.RoundTrip(r)
}

// beginning counts the attempts that begin.
type beginning struct {
	component.Component
	s *street
}

func (c beginning) Unwrap() component.Component { return c.Component }

func (c beginning) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	c.s.count(ctx, c.s.begun, a.ID)
	return c.Component.Begin(ctx, a)
}

func (s *street) count(ctx context.Context, among map[string]bool, what string) {
	s.mu.Lock()
	among[what] = true
	held := s.held
	s.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
		}
	}
}

// counted is how many orders were placed, and attempts begun.
func (s *street) counted() (placed, begun int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.placed), len(s.begun)
}

// hold keeps whatever is placed or begun waiting until release.
func (s *street) hold() (release func()) {
	held := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = held
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.held = nil
		close(held)
	}
}

// until waits for something to happen in the street.
func (s *street) until(what string, happened func() bool) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			s.Fatalf("never: %s", what)
		}
	}
}

// counts fails unless so many orders were placed, and attempts begun.
func (s *street) counts(placed, begun int) {
	s.Helper()
	if p, b := s.counted(); p != placed || b != begun {
		s.Errorf("%d orders were placed and %d attempts begun, want %d and %d", p, b, placed, begun)
	}
}

// code is the address of a merchant's code.
func (s *street) code(merchant string) string {
	s.Helper()
	address, err := s.Code(s.Context(), merchant)
	if err != nil {
		s.Fatal(err)
	}
	return address
}

// session is what the gateway tells a program about the order.
func (s *street) session(address string) gateway.Session {
	s.Helper()
	session, err := scanhttp.New(s.Client(), nil).Open(s.Context(), address, gateway.Opening{})
	if err != nil {
		s.Fatal(err)
	}
	return session
}

// ended waits until the acquirer knows how the order ended.
func (s *street) ended(o order.Order) (state order.State) {
	s.Helper()
	s.until("the order ends", func() bool {
		status, err := s.result(s.Context(), o)
		state = status.State
		return err == nil && state.Final()
	})
	return state
}

// result is what the acquirer tells a program about the order.
func (s *street) result(ctx context.Context, o order.Order) (order.Status, error) {
	return scanhttp.New(s.Client(), nil).Result(ctx, o.ReturnAddress)
}
