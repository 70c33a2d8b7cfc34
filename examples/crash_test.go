//go:build unix

package examples_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/pgtest"
)

// Servers that are killed at random moments, with many payments under way, lose
// nothing, charge nobody twice, and tell the acquirer of each end, once they live
// again.
func TestCrowdPaysWhileServersAreKilled(t *testing.T) {
	t.Parallel()
	if r := crash(t, seedCorrect, kills(), func() string { return "" }); r.wrong() {
		t.Error(r)
	}
}

func TestCrowdPaysWhileServersOnPostgresAreKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short: kills servers dozens of times")
	}
	c := pgtest.Start(t)
	if r := crash(t, seedCorrect, kills()*3/10, func() string { return c.Database(t) }); r.wrong() {
		t.Error(r)
	}
}

// The same where it is the database that is killed, with all of its processes, under
// servers that live on.
func TestCrowdPaysWhilePostgresIsKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("short: kills PostgreSQL several times")
	}
	const payers = 16
	c := pgtest.Start(t)
	random := drawn(t)
	b := newBesieged(t, seedCorrect, random, c.Database(t), c.Database(t), nil)
	over, ended, want, had := make(chan struct{}), make(chan struct{}), max(kills()/25, 4), 0
	begun := time.Now()
	go func() { b.pay(payers, random, over); close(ended) }()
	for range want {
		had += b.underLoad(1+random.IntN(30), ended)
		c.Kill()
		c.Restart(t)
	}
	close(over)
	<-ended
	took := time.Since(begun)
	r := b.reckon(t, settling)
	t.Logf("PostgreSQL was killed %d times in %.1f s, each with %.1f messages under way at the servers on average; %s", want, took.Seconds(), float64(had)/float64(want), r)
	if r.wrong() {
		t.Error(r)
	}
}

// The same comparison finds each of the bugs that it is there for.
func TestCrowdFindsSeededBugs(t *testing.T) {
	for bug, found := range map[string]func(reckoning) int{
		seedAcknowledge: func(r reckoning) int { return len(r.lost) + len(r.untold) },
		seedKey:         func(r reckoning) int { return len(r.doubled) },
		seedOutbox:      func(r reckoning) int { return len(r.untold) },
	} {
		t.Run(bug, func(t *testing.T) {
			t.Parallel()
			// A kill has to come at a bad moment: 40 of them find the rarest bug, the early
			// acknowledgement, in about half of the runs.
			for range 10 {
				if r := crash(t, bug, 40, func() string { return "" }); found(r) > 0 {
					return
				}
			}
			t.Error("not found")
		})
	}
}

// kills is how many kills on SQLite there are to be, of which those on PostgreSQL
// are a part: all for .ci/run, ten times as many for .ci/long, few for who wants to
// wait for neither.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("ANYSCAN_KILLS")); err == nil {
		return n
	}
	if os.Getenv("ANYSCAN_FULL") == "1" {
		return 1000
	}
	return 50
}

// Servers that live again wait for the end of the dead ones' leases, and then for
// peers that were left alone because they were dead.
const (
	lease    = 15 * time.Second
	settling = lease + time.Minute
)

// drawn are random numbers, of a seed that is told.
func drawn(t *testing.T) *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// crash lets crowds pay in systems side by side until as many kills counted, and adds
// up how their books came out.
func crash(t *testing.T, bug string, kills int, newDB func() string) (sum reckoning) {
	t.Helper()
	if testing.Short() {
		t.Skip("short: kills servers dozens of times")
	}
	const systems, payers = 2, 16
	random := drawn(t)
	over, mu := make(chan struct{}), sync.Mutex{}
	left := kills
	killed := func() {
		mu.Lock()
		defer mu.Unlock()
		if left--; left == 0 {
			close(over)
		}
	}
	var all []*besieged
	for range systems {
		all = append(all, newBesieged(t, bug, random, newDB(), newDB(), killed))
	}
	begun := time.Now()
	var living sync.WaitGroup
	for _, b := range all {
		mine := rand.New(rand.NewPCG(random.Uint64(), random.Uint64()))
		living.Go(func() { b.live(payers, mine, over) })
	}
	living.Wait()
	took := time.Since(begun)
	limit := settling
	if bug != seedCorrect {
		limit = lease + 5*time.Second
	}
	var blows blows
	for _, b := range all {
		sum = sum.plus(b.reckon(t, limit))
		for _, v := range b.victims {
			blows = blows.plus(v.blows)
		}
	}
	t.Logf("%s in %.1f s; %s; settled in %.1f s more", blows, took.Seconds(), sum, (time.Since(begun) - took).Seconds())
	if blows.kills < kills && !sum.wrong() {
		t.Errorf("%d kills counted, want %d", blows.kills, kills)
	}
	return sum
}

func (r reckoning) plus(o reckoning) reckoning {
	return reckoning{r.payments + o.payments, r.charges + o.charges, r.returned + o.returned, r.orders + o.orders, r.continued + o.continued,
		append(r.lost, o.lost...), append(r.doubled, o.doubled...), append(r.untold, o.untold...)}
}
