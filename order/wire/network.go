package wire

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
)

// Network is a network inside the process. A plain http.Server serves on its
// listeners and a plain http.Client reaches them with its transport, with real
// addresses, headers and time-outs, but without sockets: nothing outside can
// connect, no port can be taken, and in a testing/synctest bubble no real time
// passes. On request it delays, loses, cuts and repeats messages, see
// [Network.Disturb]. It is for tests, examples and programs that hold all roles.
//
// A Network is safe for concurrent use.
type Network struct {
	mu        sync.Mutex
	listeners map[string]*listener
	dialed    int

	disturbing sync.Mutex
	faults     func(Message) Fault
	messages   int
	disturbed  bool // at some time, so that connections have to be prepared for it
}

// NewNetwork is a network where nobody listens yet.
func NewNetwork() *Network { return &Network{listeners: map[string]*listener{}} }

// Listen takes the address, a host and a port such as "acquirer.localhost:80".
// The host can be any name; http://acquirer.localhost/ reaches port 80. Closing
// the listener frees the address, and leaves open connections alone. Errors are
// *[DialError]: not an address, or in use.
func (n *Network) Listen(address string) (net.Listener, error) {
	if host, port, err := net.SplitHostPort(address); err != nil || host == "" || port == "" {
		return nil, &DialError{address, "want a host and a port, such as acquirer.localhost:80"}
	}
	key := strings.ToLower(address)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners[key] != nil {
		return nil, &DialError{address, "is in use in this network"}
	}
	l := &listener{
		address: endpoint(key), conns: make(chan net.Conn), closed: make(chan struct{}),
		leave: func() { n.leave(key) },
	}
	n.listeners[key] = l
	return l, nil
}

func (n *Network) leave(key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.listeners, key)
}

// DialContext connects to a listener of this network and waits until it accepts
// or ctx ends. The network is not looked at; the address is a host and a port.
// It fails with a *[DialError] where nobody listens, and with ctx's error.
func (n *Network) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	l, client := n.find(address)
	if l == nil {
		return nil, &DialError{address, "nobody listens there in this network"}
	}
	near, err := l.dial(ctx, address, client)
	if err == nil && n.isDisturbed() {
		near = n.between(address, near, l, client)
	}
	if err != nil {
		return nil, err
	}
	return &conn{Conn: near, local: client, remote: l.address}, nil
}

// dial connects to whoever accepts next.
func (l *listener) dial(ctx context.Context, address string, client endpoint) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- &conn{Conn: far, local: l.address, remote: client}:
		return near, nil
	case <-l.closed:
		return nil, &DialError{address, "the listener was closed"}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// find is the listener at the address, and an address for who calls it: a
// loopback address, as servers expect to be able to read one.
func (n *Network) find(address string) (*listener, endpoint) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dialed++
	return n.listeners[strings.ToLower(address)], endpoint(fmt.Sprintf("127.0.0.1:%d", 1024+n.dialed%64512))
}

// Transport is a new HTTP transport that reaches this network and nothing else.
// It waits 30 seconds for an answer to begin, on the bubble's clock in a
// testing/synctest bubble. Call its CloseIdleConnections when done.
func (n *Network) Transport() *http.Transport {
	t := NewPool(n.DialContext)
	t.Proxy = nil
	return t
}

// listener hands over the far ends of pipes.
type listener struct {
	address endpoint
	conns   chan net.Conn // not buffered: a dial that returned was accepted
	closed  chan struct{}
	once    sync.Once
	leave   func()
}

func (l *listener) Accept() (net.Conn, error) {
	closed := &net.OpError{Op: "accept", Net: l.address.Network(), Addr: l.address, Err: net.ErrClosed}
	select {
	case <-l.closed: // before the select below, which takes either when both are there
		return nil, closed
	default:
	}
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, closed
	}
}

func (l *listener) Close() error {
	l.once.Do(func() {
		l.leave()
		close(l.closed)
	})
	return nil
}

func (l *listener) Addr() net.Addr { return l.address }

// conn is one end of a pipe, with addresses.
type conn struct {
	net.Conn
	local, remote endpoint
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

// endpoint is an address in a network.
type endpoint string

func (endpoint) Network() string  { return "pipe" }
func (e endpoint) String() string { return string(e) }
