package scanhttp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
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
	// with order.CodeUnavailable or order.CodeInFlight. Every call can be: those
	// that write carry an idempotency key. Default: 2; negative means none.
	Retries int
	// Pause is how long to wait before the first repetition. It doubles each
	// time, and up to half of it is random. Default: 200 ms.
	Pause time.Duration
}

// Client reaches acquirers and gateways by address. It is safe for concurrent
// use.
type Client struct {
	http    *http.Client
	options Options
}

var (
	_ order.Storefront = (*Client)(nil)
	_ gateway.Cashier  = (*Client)(nil)
)

// New makes a client that calls with the transport and time-out of c, which may
// be nil. Without a time-out a call has 30 seconds. Cookies are never sent, and
// redirects never followed.
func New(c *http.Client, o *Options) *Client {
	var used http.Client
	if c != nil {
		used = *c
	}
	if used.Timeout <= 0 {
		used.Timeout = 30 * time.Second
	}
	used.Jar, used.CheckRedirect = nil, refuseRedirect
	client := &Client{http: &used}
	if o != nil {
		client.options = *o
	}
	if client.options.Retries == 0 {
		client.options.Retries = 2
	}
	if client.options.Pause <= 0 {
		client.options.Pause = 200 * time.Millisecond
	}
	return client
}

// LocalhostClient is an http.Client for development: localhost and every name
// below it, such as acquirer.localhost, is this machine, and nothing else can be
// reached with it.
func LocalhostClient() *http.Client {
	return &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{DialContext: wire.DialLocalhost(nil), MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute},
	}
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

// call calls, and calls again where that may help.
func (c *Client) call(ctx context.Context, call exchange.Call, answer any) error {
	pause := c.options.Pause
	for left := c.options.Retries; ; left-- {
		err := exchange.Do(ctx, c.http, call, answer)
		again := errors.Is(err, order.CodeUnavailable) || errors.Is(err, order.CodeInFlight) || errors.Is(err, order.CodeRateLimited)
		if !again || left <= 0 || !sleep(ctx, pause/2+rand.N(pause/2+1)) {
			return err
		}
		pause *= 2
	}
}

// sleep waits; it is false when the context ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
