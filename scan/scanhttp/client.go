package scanhttp

import (
	"net/http"
	"time"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/verify"
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
	// Redirects decides which redirects are followed: each address of a chain passes
	// its door, at most 5 deep, and its canonical form is asked. A confirmation is
	// followed only where it stays one (status 307 and 308). It should be narrower
	// than the policy of codes: verify.Hosts with the acquirers' own hosts, say.
	// Default: none is followed.
	Redirects verify.Verifier
}

// Client reaches acquirers and gateways by address. It is safe for concurrent
// use.
type Client struct{ calls *exchange.Client }

var (
	_ order.Storefront = (*Client)(nil)
	_ gateway.Cashier  = (*Client)(nil)
)

// New makes a client that calls with the transport and time-out of c, which may
// be nil. Without a transport it has one of its own, see [PublicClient]; without a
// time-out one try has 30 seconds. A call has at most one try more than there are
// retries, and ends with its context. Cookies are never sent, and redirects followed
// where [Options] say so.
func New(c *http.Client, o *Options) *Client {
	var used http.Client
	if c != nil {
		used = *c
	}
	if used.Transport == nil {
		used.Transport = publicPool()
	}
	if used.Timeout <= 0 {
		used.Timeout = 30 * time.Second
	}
	if o == nil {
		o = &Options{}
	}
	used.Jar, used.CheckRedirect = nil, follow(o.Redirects)
	return &Client{exchange.NewClient(&used, o.Retries, o.Pause)}
}
