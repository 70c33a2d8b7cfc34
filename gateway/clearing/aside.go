package clearing

import (
	"errors"
	"sync"
	"time"

	"github.com/anyscan/anyscan/order"
)

// AsideOptions say when a component that keeps failing to begin payments is set aside:
// not instructed and not shown while another one can pay. It is tried again after a
// pause, which grows from First to Longest while it goes on failing.
type AsideOptions struct {
	After   int           // orders in a row that it failed for. Default: 5
	First   time.Duration // pause. Default: 30 s
	Longest time.Duration // pause. Default: 10 min
}

func (o *AsideOptions) fill() {
	o.After = orDefault(o.After, 5)
	o.First = orDefault(o.First, 30*time.Second)
	o.Longest = orDefault(o.Longest, 10*time.Minute)
}

func (o *AsideOptions) validate(p *problems) {
	if o.After < 1 {
		p.add("/aside/after", "is %d: want 1 or more", o.After)
	}
	p.positive("/aside/first", o.First)
	if o.Longest < o.First {
		p.add("/aside/longest", "is %v: want the first pause, %v, or more", o.Longest, o.First)
	}
}

// health is what this server, by itself, has seen of its components since it started.
// It is safe for concurrent use.
type health struct {
	options AsideOptions
	mu      sync.Mutex
	failing map[string]*failing
}

type failing struct {
	times int      // in a row
	last  orderKey // that it failed for: one order that cannot be begun is no reason
	pause time.Duration
	until time.Time // set aside
}

func newHealth(o AsideOptions) *health { return &health{options: o, failing: map[string]*failing{}} }

// note counts what beginning to pay an order came to. It reports that the component is
// set aside from now on.
func (h *health) note(name string, order orderKey, err error, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !faulty(err) {
		delete(h.failing, name)
		return false
	}
	f := h.failing[name]
	if f == nil {
		f = &failing{}
		h.failing[name] = f
	}
	if f.last == order {
		return false
	}
	f.last = order
	f.times++
	if f.times < h.options.After || now.Before(f.until) {
		return false
	}
	f.pause = min(max(2*f.pause, h.options.First), h.options.Longest)
	f.until = now.Add(f.pause)
	return true
}

// faulty tells a component that fails from one that says no to a request, or that
// was called on by mistake.
func faulty(err error) bool {
	if err == nil {
		return false
	}
	e, ok := errors.AsType[*order.Error](err)
	return !ok || e.Code.Retryable()
}

func (h *health) aside(name string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.failing[name]
	return f != nil && now.Before(f.until)
}
