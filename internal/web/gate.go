package web

import (
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/anyscan/anyscan/internal/limit"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// Gate lets requests in, or turns them away before anything but their head is
// read. It is not copied.
type Gate struct {
	Max  int                      // requests at the same time; negative is no limit
	Lane func(*http.Request) Lane // where a request is counted

	inside atomic.Int64
	others atomic.Int64 // of those inside, who begin something: they are not Lane.First
	turned atomic.Int64 // away, for the log
	line   rate.Sometimes
}

// Lane is where a request is counted.
type Lane struct {
	Table  *limit.Table
	Caller string
	Limit  wire.Limit
	// First says that the request ends something that was begun. A quarter of
	// Gate.Max is kept for these: what was begun is finished before more is. The
	// rest is for all: requests that are First keep the others out only when there
	// is no room left at all.
	First bool
	// Within is a lane that the request has to fit in too: its Table, Caller and
	// Limit count. It is asked first. nil is none.
	Within  *Lane
	Program bool // an answer that turns it away is for a program, whatever it accepts
}

// NewGate makes a gate.
func NewGate(max int, lane func(*http.Request) Lane) *Gate {
	return &Gate{Max: max, Lane: lane, line: rate.Sometimes{Interval: 10 * time.Second}}
}

// enter counts the request. The error turns it away; else leave is called when it
// is done.
func (g *Gate) enter(l Lane) (leave func(), err error) {
	freed, ok := g.take(l)
	if !ok {
		return nil, &order.Error{Code: order.CodeUnavailable, Detail: "the server has too much to do: ask again in a moment", RetryAfter: time.Second}
	}
	left, err := l.enter()
	if err != nil {
		freed()
		return nil, err
	}
	return func() { left(); freed() }, nil
}

// take takes a place for the request, and leave gives it back. Those that are not
// First are held to their part before they are counted with the others: however
// many try, they take no room of who is.
func (g *Gate) take(l Lane) (leave func(), ok bool) {
	part, all := room{&g.others, int64(g.Max - g.Max/4)}, room{&g.inside, int64(g.Max)}
	if l.First {
		return all.leave, all.take()
	}
	if !part.take() {
		return nil, false
	}
	if !all.take() {
		part.leave()
		return nil, false
	}
	return func() { all.leave(); part.leave() }, true
}

// room is a count of requests and the most that there may be; negative is no
// limit.
type room struct {
	inside *atomic.Int64
	most   int64
}

func (r room) take() bool {
	if n := r.inside.Add(1); r.most >= 0 && n > r.most {
		r.leave()
		return false
	}
	return true
}

func (r room) leave() { r.inside.Add(-1) }

// enter counts the request in the lane and in those that it is within.
func (l Lane) enter() (leave func(), err error) {
	if l.Within == nil {
		return Enter(l.Table, l.Caller, l.Limit)
	}
	outer, err := l.Within.enter()
	if err != nil {
		return nil, err
	}
	inner, err := Enter(l.Table, l.Caller, l.Limit)
	if err != nil {
		outer()
		return nil, err
	}
	return func() { inner(); outer() }, nil
}

// Enter lets a request of the caller in, or says in an *[order.Error] with
// [order.CodeRateLimited] how long to wait.
func Enter(t *limit.Table, caller string, l wire.Limit) (leave func(), err error) {
	leave, wait := t.Enter(caller, l)
	if leave == nil {
		return nil, &order.Error{Code: order.CodeRateLimited, Detail: "there were too many requests: ask again later", RetryAfter: wait}
	}
	return leave, nil
}

// through passes requests on to next as the gate lets them in. A nil gate is
// open.
func (s *Site) through(g *Gate, next http.Handler) http.Handler {
	if g == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lane := g.Lane(r)
		leave, err := g.enter(lane)
		if err != nil {
			s.turnAway(w, r, g, lane, err)
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

// turnAway answers who is not let in. A flood is to cost no flood of lines in the
// log, so they are counted.
func (s *Site) turnAway(w http.ResponseWriter, r *http.Request, g *Gate, l Lane, err error) {
	g.turned.Add(1)
	g.line.Do(func() {
		s.log.WarnContext(r.Context(), "requests turned away", "count", g.turned.Swap(0), "last", order.CodeOf(err))
	})
	if l.Program || PrefersJSON(r) {
		wire.WriteError(w, r, err)
		return
	}
	s.page(w, r, err, Remedy{})
}
