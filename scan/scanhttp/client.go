package scanhttp

import (
	"fmt"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// Options are what a client can be told. nil and the zero value mean the
// defaults.
type Options struct {
	// Retries is how often a call is repeated that reached nobody or was answered
	// with order.CodeUnavailable, order.CodeInFlight or order.CodeRateLimited.
	// Every call can be: those that write carry an idempotency key, and Resume may
	// be called again by its contract. Default: 2; negative means none.
	Retries int
	// Pause is how long to wait before the first repetition. It doubles each
	// time, and up to half of it is random. Where a server asks for a longer
	// pause it gets that, up to 30 seconds; for more the call fails, and its
	// error says how long. Default: 200 ms.
	Pause time.Duration
}

// Client reaches acquirers and gateways by address. It is safe for concurrent
// use.
type Client struct{ calls *exchange.Client }

var (
	_ order.Storefront = (*Client)(nil)
	_ gateway.Cashier  = (*Client)(nil)
)

// New makes a client that calls with the transport and time-out of c, which may
// be nil. Without a transport it has a [wire.NewPool] of its own; without a
// time-out one try has 30 seconds. A call has at most one try more than there are
// retries, and ends with its context. Cookies are never sent, and redirects never
// followed.
func New(c *http.Client, o *Options) *Client {
	var used http.Client
	if c != nil {
		used = *c
	}
	if used.Transport == nil {
		used.Transport = wire.NewPool(nil)
	}
	if used.Timeout <= 0 {
		used.Timeout = 30 * time.Second
	}
	used.Jar, used.CheckRedirect = nil, refuseRedirect
	if o == nil {
		o = &Options{}
	}
	return &Client{exchange.NewClient(&used, o.Retries, o.Pause)}
}

// LocalhostClient is an http.Client for development: localhost and every name
// below it, such as acquirer.localhost, is this machine, and nothing else can be
// reached with it.
func LocalhostClient() *http.Client {
	transport := wire.NewPool(wire.DialLocalhost(nil))
	transport.Proxy = nil // nothing of this machine goes through one
	return &http.Client{Timeout: 30 * time.Second, Transport: transport}
}

// RedirectError is a redirect that was not followed, because nobody has verified
// where it leads. It is the cause of an *order.Error with order.CodeRefused.
type RedirectError struct {
	Status  int    // of the answer
	Address string // where it leads
}

// Error names the address.
func (e *RedirectError) Error() string {
	return fmt.Sprintf("scanhttp: status %d redirects to %.200q: not followed, verify it and ask there", e.Status, e.Address)
}

func refuseRedirect(req *http.Request, _ []*http.Request) error {
	e := &RedirectError{Address: req.URL.String()}
	if req.Response != nil {
		e.Status = req.Response.StatusCode
	}
	return &order.Error{Code: order.CodeRefused, Detail: "the server redirects to another address", Err: e}
}
