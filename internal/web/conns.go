package web

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// conns are the connections of a server. Those that wait for a request, whether
// they said nothing yet, something, or have had an answer, stand in a queue: when
// it is too long, its head is closed. So who holds connections open and says
// nothing takes no place of one who does.
type conns struct {
	max int

	mu      sync.Mutex
	waiting *list.List // of net.Conn, the longest waiting first
	all     map[net.Conn]*place
}

// place is where a connection stands.
type place struct {
	queued  *list.Element // nil while it works
	working int           // requests: with HTTP/2 there can be several
}

func newConns(max int) *conns {
	return &conns{max: max, waiting: list.New(), all: map[net.Conn]*place{}}
}

// state is the hook of http.Server.
func (c *conns) state(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.add(conn)
	case http.StateClosed, http.StateHijacked:
		c.remove(conn)
	}
}

func (c *conns) add(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[conn] = &place{queued: c.waiting.PushBack(conn)}
	c.cut()
}

func (c *conns) remove(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.all[conn]; p != nil && p.queued != nil {
		c.waiting.Remove(p.queued)
	}
	delete(c.all, conn)
}

// cut closes who has waited longest, as long as there are too many. The server
// learns of it when it reads.
func (c *conns) cut() {
	for c.waiting.Len() > c.max {
		longest := c.waiting.Remove(c.waiting.Front()).(net.Conn)
		c.all[longest].queued = nil
		go longest.Close() // which may take its time
	}
}

// connKey is where a request's context holds its connection.
type connKey struct{}

// remember is the hook of http.Server.
func remember(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// working takes a connection out of the queue for as long as next works on one of
// its requests.
func (c *conns) working(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, ok := r.Context().Value(connKey{}).(net.Conn); ok {
			c.work(conn, 1)
			defer c.work(conn, -1)
		}
		next.ServeHTTP(w, r)
	})
}

func (c *conns) work(conn net.Conn, requests int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.all[conn]
	if p == nil {
		return
	}
	p.working += requests
	switch {
	case p.working > 0 && p.queued != nil:
		c.waiting.Remove(p.queued)
		p.queued = nil
	case p.working == 0 && p.queued == nil:
		p.queued = c.waiting.PushBack(conn)
		c.cut()
	}
}
