//go:build unix

package examples_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order/store"
)

// A fleet is the nodes of one role, which share a database, behind a load balancer:
// it spreads messages over those that live, and answers 502 for one that dies.
type fleet struct {
	t       *testing.T
	nodes   []*node
	store   *store.Store // that the nodes share
	refused atomic.Int64 // messages that got 502

	mu       sync.Mutex
	next     int       // node that gets the next message
	held     bool      // a node stays dead until others have finished what it had
	absences []absence // that have ended
	returns  sync.WaitGroup
}

// An absence is how long a node was dead.
type absence struct {
	node       string
	begin, end time.Time
}

// newFleet runs so many nodes of a role behind the listener, and returns once all
// of them answer.
func (b *besieged) newFleet(role string, count int, front net.Listener, random *rand.Rand) *fleet {
	b.t.Helper()
	f := &fleet{t: b.t}
	for i := range count {
		n := &node{id: fmt.Sprintf("%s %d", role, i+1)}
		n.victim = b.newVictim(role, random, func() {}, f.refuse, "ANYSCAN_SEEDED="+seedCorrect, "PGAPPNAME="+n.id)
		f.nodes = append(f.nodes, n)
		n.await()
	}
	server := &http.Server{Handler: f}
	go server.Serve(front)
	b.t.Cleanup(func() { server.Close() })
	b.t.Cleanup(f.returns.Wait)
	return f
}

// ServeHTTP passes a message on to the next node that lives.
func (f *fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n, living := f.pick()
	if n == nil {
		f.refuse(w, r, nil)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(living, cancel)()
	n.pass(w, r.WithContext(ctx))
}

// refuse is what a load balancer says of a node that did not answer.
func (f *fleet) refuse(w http.ResponseWriter, _ *http.Request, _ error) {
	f.refused.Add(1)
	http.Error(w, "the node did not answer", http.StatusBadGateway)
}

func (f *fleet) pick() (*node, context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range f.nodes {
		f.next = (f.next + 1) % len(f.nodes)
		n := f.nodes[f.next]
		if living := n.alive(); living != nil {
			return n, living
		}
	}
	return nil, nil
}

// candidates are the nodes that may be killed: they have messages to answer, and
// are not the last of their role.
func (f *fleet) candidates() (all []*node) {
	living := 0
	for _, n := range f.nodes {
		if n.alive() == nil {
			continue
		}
		living++
		if n.load() > 0 {
			all = append(all, n)
		}
	}
	if living < 2 {
		return nil
	}
	return all
}

// strike kills a node, and starts it again after a while: once others have finished
// the jobs that it had, where no other of its role is waited for so; else at a random
// moment soon.
func (f *fleet) strike(n *node, random *rand.Rand) {
	n.fall()
	soon := time.Duration(random.Int64N(int64(2 * time.Second)))
	had := leasedTo(f.t, f.store, n.id) > 0
	f.mu.Lock()
	hold := had && !f.held
	f.held = f.held || hold
	f.mu.Unlock()
	f.returns.Go(func() {
		if hold {
			f.hold(n)
		} else {
			time.Sleep(soon)
		}
		f.back(n, hold)
	})
}

// back starts a dead node, which was one that was waited for.
func (f *fleet) back(n *node, held bool) {
	f.mu.Lock()
	f.absences = append(f.absences, absence{n.id, n.died, time.Now()})
	f.held = f.held && !held
	f.mu.Unlock()
	n.start(f.t)
	n.await()
}

// lived is how many nodes there were on average since then.
func (f *fleet) lived(begun time.Time) float64 {
	var dead time.Duration
	for _, a := range f.absences {
		dead += a.end.Sub(a.begin)
	}
	return float64(len(f.nodes)) - dead.Seconds()/time.Since(begun).Seconds()
}

// hold waits until a dead node's jobs are done, so long at most as it takes to
// take them over and to find the peer alive.
func (f *fleet) hold(n *node) {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(2 * lease); leasedTo(f.t, f.store, n.id) > 0 && time.Now().Before(end); <-tick.C {
	}
}
