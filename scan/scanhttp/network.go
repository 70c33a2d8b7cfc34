package scanhttp

import (
	"net/http"
	"time"

	"github.com/anyscan/anyscan/internal/public"
	"github.com/anyscan/anyscan/order/wire"
)

// LocalhostClient is an http.Client for development: localhost and every name
// below it, such as acquirer.localhost, is this machine, and nothing else can be
// reached with it.
func LocalhostClient() *http.Client {
	transport := wire.NewPool(wire.DialLocalhost(nil))
	transport.Proxy = nil // nothing of this machine goes through one
	return &http.Client{Timeout: 30 * time.Second, Transport: transport}
}

// PublicClient is an http.Client for production: it connects to the public internet
// alone. Whatever a name server says, no code leads it to this machine, into a
// private network or to a link-local address; what is about to be connected to is
// looked at, after the name was resolved. It uses no proxy, which would connect in
// its place. A merchant's own network needs a client of its own.
func PublicClient() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: publicPool()}
}

func publicPool() *http.Transport {
	pool := wire.NewPool(public.Dialer().DialContext)
	pool.Proxy = nil
	return pool
}
