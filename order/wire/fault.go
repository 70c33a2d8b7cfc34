package wire

import (
	"net/http"
	"time"
)

// A Fault is what happens to one message of a [Network]: a request and its
// answer. The zero value is none; the fields can be combined.
type Fault struct {
	// Delay is how much later the request arrives, be its client still there or
	// not.
	Delay time.Duration
	// Twice lets the request arrive twice, one after the other. The client gets
	// the second answer.
	Twice bool
	// CutRequest cuts the connection before anything arrives at the server.
	CutRequest bool
	// CutAnswer cuts the connection after the server has answered: the request was
	// acted on, and its client does not learn of it.
	CutAnswer bool
	// Keep is how many bytes of the answer arrive before CutAnswer, from its status
	// line on. More than it has are all: the connection is cut after a whole answer.
	Keep int
}

// Message is a request on its way through a [Network].
type Message struct {
	Number  int    // 1 is the first that this Disturb sees
	Address string // host and port that the client dialed, such as pay.localhost:80
	Method  string
	Path    string // without the query
}

// Disturb asks f for every message what is to happen to it, one message at a
// time. It replaces the f before it and numbers from 1 again; nil ends the
// disturbance. Connections that were made before the first call are not
// disturbed.
//
// Messages are HTTP/1 without TLS and are held as a whole on their way; what is no
// request ends its connection.
func (n *Network) Disturb(f func(Message) Fault) {
	n.disturbing.Lock()
	defer n.disturbing.Unlock()
	n.faults, n.messages, n.disturbed = f, 0, n.disturbed || f != nil
}

// fault is what is to happen to a request.
func (n *Network) fault(address string, r *http.Request) Fault {
	n.disturbing.Lock()
	defer n.disturbing.Unlock()
	if n.faults == nil {
		return Fault{}
	}
	n.messages++
	return n.faults(Message{n.messages, address, r.Method, r.URL.Path})
}

func (n *Network) isDisturbed() bool {
	n.disturbing.Lock()
	defer n.disturbing.Unlock()
	return n.disturbed
}
