package outbox

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"
	"time"
)

// owners are whose handlers run in one queue of this process, and who waits. What
// is nobody's in particular has no limit and never waits.
type owners struct {
	limit int // handlers at once for each

	mu    sync.Mutex
	total int
	known map[string]owner
}

type owner struct {
	running int
	until   time.Time // no handler of it starts before
}

func newOwners(limit int) *owners { return &owners{limit: limit, known: map[string]owner{}} }

// running is how many handlers there are.
func (o *owners) running() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.total
}

func (o *owners) enter(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	have := o.known[name]
	have.running++
	o.total++
	o.known[name] = have
}

func (o *owners) leave(name string, now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	have := o.known[name]
	have.running--
	o.total--
	if o.known[name] = have; have.forgettable(now) {
		delete(o.known, name)
	}
}

// pause lets no handler of the owner start before until.
func (o *owners) pause(name string, until, now time.Time) {
	if name == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	maps.DeleteFunc(o.known, func(_ string, have owner) bool { return have.forgettable(now) })
	have := o.known[name]
	have.until = until
	o.known[name] = have
}

func (o owner) forgettable(now time.Time) bool { return o.running == 0 && !now.Before(o.until) }

// room is how many more handlers the owner may have once it waits no more, with
// mu held.
func (o *owners) room(name string) int {
	if name == "" {
		return math.MaxInt
	}
	return o.limit - o.known[name].running
}

// A claim is a job that an owner has in the queue.
type claim struct {
	owner string
	ready time.Time // when it can be taken
}

// fit returns how many jobs of each owner the claims are, if all of them may run.
func (o *owners) fit(claims []claim, now time.Time) (shares map[string]int, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	shares = map[string]int{}
	for _, c := range claims {
		if shares[c.owner]++; shares[c.owner] > o.room(c.owner) || now.Before(o.known[c.owner].until) {
			return nil, false
		}
	}
	return shares, true
}

// divide gives so many handlers to the owners whose first jobs are the claims, one
// after the other: each to the one that has the fewest, and among those to the one
// that waits longest. Where there is nobody to give one to, wait is how long that
// stays so at most, unless a handler ends.
func (o *owners) divide(claims []claim, handlers int, now time.Time, wait time.Duration) (map[string]int, time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var due []claim
	for _, c := range claims {
		at := c.ready
		if until := o.known[c.owner].until; at.Before(until) {
			at = until
		}
		switch {
		case o.room(c.owner) <= 0:
		case now.Before(at):
			wait = min(wait, at.Sub(now))
		default:
			due = append(due, c)
		}
	}
	slices.SortStableFunc(due, func(a, b claim) int { return a.ready.Compare(b.ready) })
	shares := map[string]int{}
	for ; handlers > 0 && len(due) > 0; handlers-- {
		next := slices.MinFunc(due, func(a, b claim) int {
			return cmp.Compare(o.known[a.owner].running+shares[a.owner], o.known[b.owner].running+shares[b.owner])
		})
		if shares[next.owner]++; shares[next.owner] == o.room(next.owner) {
			due = slices.DeleteFunc(due, func(c claim) bool { return c.owner == next.owner })
		}
	}
	return shares, wait
}
