package wire

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// wires stand between a client and a server and pass on one message after the
// other, as the network's faults have it.
type wires struct {
	network        *Network
	address        string
	client, server net.Conn
	listener       *listener // of the server
	caller         endpoint

	requests chan sent          // closed when the client is gone
	pending  chan *http.Request // whose answer comes next
	answers  chan replied       // closed when the server is gone
	done     chan struct{}      // closed when nothing is passed on any more
}

// sent and replied are as they travel, byte by byte.
type (
	sent struct {
		*http.Request
		raw []byte
	}
	replied struct {
		raw  []byte
		last bool // the connection ends with it
	}
)

// between is the client's end of a connection to server that faults happen on.
func (n *Network) between(address string, server net.Conn, l *listener, caller endpoint) net.Conn {
	near, far := net.Pipe()
	w := &wires{network: n, address: address, client: far, server: server, listener: l, caller: caller,
		requests: make(chan sent), pending: make(chan *http.Request, 1), answers: make(chan replied), done: make(chan struct{})}
	go w.listen()
	go w.hear()
	go w.run()
	return near
}

func (w *wires) run() {
	defer w.server.Close()
	defer w.client.Close()
	defer close(w.done)
	for {
		select {
		case m, ok := <-w.requests:
			if !ok || !w.pass(m, w.network.fault(w.address, m.Request)) {
				return
			}
		case <-w.answers: // the server ends a connection on which nothing is asked
			return
		}
	}
}

// pass passes a message on, and tells whether the connection lives on.
func (w *wires) pass(m sent, f Fault) bool {
	if f.CutRequest {
		return false
	}
	w.wait(f.Delay)
	if f.Twice {
		w.beside(m)
	}
	if f.Delay > 0 { // for which the server may not have waited
		a, err := w.beside(m)
		a.last = true
		return err == nil && w.answer(a, f)
	}
	go w.server.Write(m.raw) // which may be answered before it is read to its end
	w.pending <- m.Request   // there is room: the one before was answered
	select {
	case a, ok := <-w.answers:
		return ok && w.answer(a, f)
	case <-w.requests: // nothing is asked before the answer: the client is gone
		return false
	}
}

// answer gives the client what the fault leaves of the answer.
func (w *wires) answer(a replied, f Fault) bool {
	if f.CutAnswer {
		a.raw, a.last = a.raw[:min(max(f.Keep, 0), len(a.raw))], true
	}
	_, err := w.client.Write(a.raw)
	return err == nil && !a.last
}

// wait lets the time go by, as long as there is a server at its end. No time is
// not waited for: timers that are over when they begin, of several goroutines in one
// bubble of testing/synctest, crash the race detector (go.dev/issue/78156).
func (w *wires) wait(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-w.listener.closed:
	}
}

// beside lets a message arrive on a connection of its own, whether its client is
// there or not, and hears its answer to the end.
func (w *wires) beside(m sent) (replied, error) {
	server, err := w.listener.dial(context.Background(), w.address, w.caller)
	if err != nil {
		return replied{}, err
	}
	defer server.Close()
	go server.Write(m.raw)
	return newTape(server).answer(m.Request)
}

// listen takes the client's requests. It reads on while one is passed on, to
// learn when the client is gone.
func (w *wires) listen() {
	defer close(w.requests)
	for t := newTape(w.client); ; {
		m, err := t.request()
		if err != nil {
			return
		}
		select {
		case w.requests <- m:
		case <-w.done:
			return
		}
	}
}

// hear takes the server's answers.
func (w *wires) hear() {
	defer close(w.answers)
	for t := newTape(w.server); ; {
		if _, err := t.Peek(1); err != nil {
			return
		}
		var r *http.Request
		select {
		case r = <-w.pending:
		case <-w.done:
			return
		}
		a, err := t.answer(r)
		if err != nil {
			return
		}
		select {
		case w.answers <- a:
		case <-w.done:
			return
		}
	}
}

// tape reads messages and keeps their bytes.
type tape struct {
	*bufio.Reader
	bytes *bytes.Buffer // all that was read, perhaps ahead
}

func newTape(r io.Reader) tape {
	var b bytes.Buffer
	return tape{bufio.NewReader(io.TeeReader(r, &b)), &b}
}

// cut takes what was read off the tape.
func (t tape) cut() []byte { return bytes.Clone(t.bytes.Next(t.bytes.Len() - t.Buffered())) }

func (t tape) request() (sent, error) {
	r, err := http.ReadRequest(t.Reader)
	if err == nil {
		_, err = io.Copy(io.Discard, r.Body)
	}
	return sent{r, t.cut()}, err
}

// answer reads what answers the request, with all that comes before the answer
// proper.
func (t tape) answer(r *http.Request) (a replied, err error) {
	for {
		resp, err := http.ReadResponse(t.Reader, r)
		if err != nil {
			return a, err
		}
		if resp.StatusCode >= 200 {
			a.last = resp.Close
			_, err = io.Copy(io.Discard, resp.Body)
			a.raw = t.cut()
			return a, err
		}
	}
}
