package joint

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A way is one direction in which requests go.
type way string

const (
	placing   way = "acquirer→gateway"
	notifying way = "gateway→acquirer"
	charging  way = "gateway→provider"
	telling   way = "provider→gateway"
)

func ways() []way { return []way{placing, notifying, charging, telling} }

// A fault is what happens to one request.
type fault string

const (
	lost       fault = "lost"        // it never arrives
	unanswered fault = "unanswered"  // it is acted on, and the answer is lost
	twice      fault = "twice"       // it arrives twice, at once
	slow       fault = "slow"        // it takes longer than most things
	tooSlow    fault = "too slow"    // it takes longer than its sender waits, and is acted on
	late       fault = "late"        // its sender has given up, and has done something else, when it arrives
	veryLate   fault = "very late"   // after the order's time
	slowAnswer fault = "slow answer" // it is acted on at once, and its sender gives up before the answer
)

func faults() []fault {
	return []fault{lost, unanswered, twice, slow, tooSlow, late, veryLate, slowAnswer}
}

var errLost = errors.New("joint: no answer came")

// A network carries requests, the next ones of a way with the faults that were
// put there. It is safe for concurrent use.
type network struct {
	mu     sync.Mutex
	put    map[way][]fault
	moving sync.WaitGroup // requests whose sender has gone
}

func newNetwork() *network { return &network{put: map[way][]fault{}} }

func (n *network) disturb(w way, f fault, times int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for range times {
		n.put[w] = append(n.put[w], f)
	}
}

func (n *network) mend() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.put)
}

func (n *network) next(w way) (f fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if all := n.put[w]; len(all) > 0 {
		f, n.put[w] = all[0], all[1:]
	}
	return f
}

// carry takes a request to act, and its answer back.
func carry[T any](ctx context.Context, n *network, w way, act func(context.Context) (T, error)) (answer T, err error) {
	alone := context.WithoutCancel(ctx) // what has arrived is acted on
	f := n.next(w)
	switch f {
	case "":
		return act(alone)
	case slow:
		if sleep(ctx, 4*time.Second) {
			return act(alone)
		}
	case unanswered:
		_, _ = act(alone)
	case slowAnswer:
		_, _ = act(alone)
		sleep(ctx, patience)
	case twice:
		n.meanwhile(0, func() { _, _ = act(alone) })
		return act(alone)
	case tooSlow:
		n.meanwhile(25*time.Second, func() { _, _ = act(alone) })
		sleep(ctx, patience)
	case late:
		n.meanwhile(3*time.Minute, func() { _, _ = act(alone) })
	case veryLate:
		n.meanwhile(20*time.Minute, func() { _, _ = act(alone) })
	}
	return answer, errLost
}

// patience is how long a sender waits whose context sets no limit.
const patience = 20 * time.Second

// sleep reports whether ctx has left it that long.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
	return ctx.Err() == nil
}

func (n *network) meanwhile(after time.Duration, do func()) {
	n.moving.Go(func() {
		time.Sleep(after)
		do()
	})
}
