package clearing

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/anyscan/anyscan/order"
)

// What one peer may have of the background workers, so that one that is down is
// left alone. As many jobs of its own as run at once does the outbox see to; the
// ends of orders, which are the acquirers', call components too.
const (
	maxAtOnce = 4                      // calls at once
	wait      = 200 * time.Millisecond // where it has as many
	tolerated = 3                      // failures in a row before it is left alone for a while
	maxPause  = time.Minute            // at most
)

// gates keep peers, each an acquirer or a component, apart. They are safe for
// concurrent use.
type gates struct {
	mu    sync.Mutex
	peers map[string]*gate
}

type gate struct {
	running  int
	failures int       // in a row
	until    time.Time // left alone until then
}

func newGates() *gates { return &gates{peers: map[string]*gate{}} }

// enter admits one call to the peer; the caller leaves with how it went. Where it
// is not admitted, leave is nil and the call may be tried from at on.
func (g *gates) enter(peer string, now time.Time) (leave func(now time.Time, err error), at time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p := g.peers[peer]
	if p == nil {
		p = &gate{}
		g.peers[peer] = p
	}
	switch {
	case now.Before(p.until):
		return nil, p.until
	case p.running >= maxAtOnce, p.failures >= tolerated && p.running > 0: // one call tries a peer out
		return nil, now.Add(wait)
	}
	p.running++
	return func(now time.Time, err error) { g.leave(p, now, err) }, time.Time{}
}

func (g *gates) leave(p *gate, now time.Time, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	p.running--
	if !unreached(err) {
		p.failures = 0
		return
	}
	if p.failures++; p.failures >= tolerated {
		p.until = now.Add(min(time.Second<<min(p.failures-tolerated, 16), maxPause))
	}
}

// unreached tells a peer that is down or hangs from one that has answered, be it
// with a refusal.
func unreached(err error) bool {
	if err == nil {
		return false
	}
	e, ok := errors.AsType[*order.Error](err)
	return !ok || e.Code == order.CodeUnavailable || e.Code == order.CodeInternal || errors.Is(err, context.DeadlineExceeded)
}
