//go:build unix

package examples_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
)

// Three gateways and two acquirers, each role on one database, of which one node
// after the other is killed at random under load: nothing is lost or doubled, each
// end is told, no job is two nodes' at once, and what a dead node had begun to do
// another one finishes.
func TestCrowdPaysWhileNodesAreKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short: kills nodes again and again")
	}
	want, random, c := max(kills()*6/100, 3), drawn(t), pgtest.Start(t)
	l := newLeague(t, random, c.Database(t), c.Database(t))
	begun, ended, over := time.Now(), make(chan struct{}), make(chan struct{})
	mine := rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))
	go func() { l.pay(16, mine, over); close(ended) }()
	l.raid(random, want, ended)
	close(over)
	<-ended
	took := time.Since(begun)
	r := l.reckon(t, settling)
	settled := time.Since(begun) - took
	h := l.succession(begun)
	t.Logf("%s in %.1f s; %s; settled in %.1f s more", l.blows(), took.Seconds(), r, settled.Seconds())
	if r.wrong() {
		t.Error(r)
	}
	if len(h.broken) > 0 {
		t.Errorf("%d jobs were two nodes' at once, such as: %s", len(h.broken), h.broken[0])
	}
	if h.finished == 0 && want >= 60 {
		t.Error("no node has finished what a dead one had begun")
	}
}

// A league is a besieged system that has a fleet for each role.
type league struct {
	*besieged
	fleets []*fleet
}

func newLeague(t *testing.T, random *rand.Rand, acquirerDB, gatewayDB string) *league {
	t.Helper()
	b, fronts := newSite(t, acquirerDB, gatewayDB)
	l := &league{b, []*fleet{b.newFleet("gateway", 3, fronts["gateway"], random), b.newFleet("acquirer", 2, fronts["acquirer"], random)}}
	b.print()
	books, err := b.openLedgers(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { books.close() })
	for i, s := range []*store.Store{books.gateway, books.acquirer} {
		l.fleets[i].store = s
		watchLeases(t, s)
	}
	return l
}

// raid kills so many nodes, each at a random moment at which it has messages to
// answer. It ends early when all payers have.
func (l *league) raid(random *rand.Rand, kills int, ended <-chan struct{}) {
	for kills > 0 && !closed(ended) {
		select {
		case <-time.After(time.Duration(random.Int64N(int64(2 * time.Second)))):
		case <-ended:
		}
		l.underLoad(0, ended)
		var all []func()
		for _, f := range l.fleets {
			for _, n := range f.candidates() {
				all = append(all, func() { f.strike(n, random) })
			}
		}
		if len(all) > 0 {
			all[random.IntN(len(all))]()
			kills--
		}
	}
}

// succession is what became of the jobs of all nodes, once those live again.
func (l *league) succession(begun time.Time) (sum heirs) {
	for _, f := range l.fleets {
		f.returns.Wait()
		h, err := succession(l.t.Context(), f.store, f.absences)
		if err != nil {
			l.t.Fatal(err)
		}
		l.t.Logf("of %d %ss %.1f lived on average, %d messages got 502; when leases ended, %d jobs were taken over, %d of which were finished before the node that had them was back",
			len(f.nodes), f.nodes[0].name, f.lived(begun), f.refused.Load(), h.taken, h.finished)
		sum = sum.plus(h)
	}
	return sum
}

func (l *league) blows() (sum blows) {
	for _, v := range l.victims {
		sum = sum.plus(v.blows)
	}
	return sum
}
