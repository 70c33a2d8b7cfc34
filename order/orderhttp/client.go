package orderhttp

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
)

// ClientOptions are what a client can be told. nil and the zero value mean the
// defaults.
type ClientOptions struct {
	// Timeout bounds one try, whatever its context says. Default: 15 seconds.
	Timeout time.Duration
	// Retries is how often a call of [NewClearing] is repeated that reached nobody,
	// had no answer that could be believed, or was answered with
	// order.CodeUnavailable, order.CodeInFlight or order.CodeRateLimited. A
	// notifier repeats nothing. Default: 2; negative means none.
	Retries int
	// Pause is how long to wait before the first repetition. It doubles each
	// time, and up to half of it is random. Where the peer asks for a longer pause
	// it gets that, up to 30 seconds; for more the call fails, and its error says
	// how long. Default: 200 ms.
	Pause time.Duration
}

// client calls one peer. It follows no redirect: an address that was signed for
// leads nowhere else.
func (o *ClientOptions) client(transport http.RoundTripper) *exchange.Client {
	used := ClientOptions{Timeout: 15 * time.Second}
	if o != nil {
		used.Retries, used.Pause = o.Retries, o.Pause
		if o.Timeout > 0 {
			used.Timeout = o.Timeout
		}
	}
	return exchange.NewClient(&http.Client{Transport: transport, Timeout: used.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return order.Errorf(order.CodeUnavailable, "", "the server answers with a redirect, which is not followed")
	}}, used.Retries, used.Pause)
}

type clearing struct {
	base   string
	client *exchange.Client
}

var _ order.Desk = (*clearing)(nil)

// NewClearing reaches the clearing institution's desk for this acquirer, at base, such as
// "https://pay.example". The transport signs in the acquirer's name and verifies
// the answers: a *[wire.Transport].
//
// Its errors are those of the peer, and order.CodeUnavailable when no answer
// came that could be believed: what the peer did is not known then, and the same
// order can be placed again. It tries a few times by itself, which is safe: what
// it does not only read has an idempotency key, such as the order's ID.
func NewClearing(base string, transport http.RoundTripper, o *ClientOptions) (order.Desk, error) {
	base, err := exchange.CheckBase(base)
	if err != nil {
		return nil, fmt.Errorf("orderhttp.NewClearing: %w", err)
	}
	if transport == nil {
		return nil, fmt.Errorf("orderhttp.NewClearing: the transport is nil: want one that signs, see wire.NewTransport")
	}
	return &clearing{base, o.client(transport)}, nil
}

// Place implements [order.Clearing]. The order's ID is the idempotency key.
func (c *clearing) Place(ctx context.Context, o order.Order) (p order.Placement, err error) {
	err = c.client.Do(ctx, exchange.Call{
		Op: "orderhttp.Place", Method: http.MethodPost, Address: c.base + "/v1/orders", Key: string(o.ID), Body: o,
	}, &p)
	return p, err
}

// Query implements [order.Clearing].
func (c *clearing) Query(ctx context.Context, id order.ID) (s order.Status, err error) {
	const op = "orderhttp.Query"
	if _, err := order.ParseID(string(id)); err != nil {
		return s, order.Errorf(order.CodeNotFound, op, "%w", err)
	}
	err = c.client.Do(ctx, exchange.Call{
		Op: op, Method: http.MethodGet, Address: c.base + "/v1/orders/" + string(id),
	}, &s)
	return s, err
}

// Cancel implements [order.Canceler]. The order's ID is the idempotency key.
func (c *clearing) Cancel(ctx context.Context, id order.ID) (s order.Status, err error) {
	address, err := c.item("/v1/orders", id, "/cancellation", nil)
	err = c.call(ctx, exchange.Call{Op: "orderhttp.Cancel", Method: http.MethodPost, Address: address, Key: string(id)}, err, &s)
	return s, err
}

// Refund implements [order.Refunder]. The refund's ID is the idempotency key.
func (c *clearing) Refund(ctx context.Context, r order.RefundRequest) (s order.Status, err error) {
	address, err := c.item("/v1/orders", r.Order, "/refunds", nil)
	err = c.call(ctx, exchange.Call{Op: "orderhttp.Refund", Method: http.MethodPost, Address: address, Key: string(r.ID), Body: r}, err, &s)
	return s, err
}

type notifier struct {
	address string
	client  *exchange.Client
}

var _ order.Notifier = (*notifier)(nil)

// NewNotifier tells one acquirer about its orders, at the whole address where it
// takes notifications, such as "https://acquirer.example/v1/notifications". The
// transport signs in the gateway's name and verifies the acknowledgements: a
// *[wire.Transport].
//
// A nil error of its Notify is the acquirer's own, signed acknowledgement; after
// any other the gateway tells it again. It tries once: what is owed to an acquirer
// is kept, and repeated, by the gateway.
func NewNotifier(address string, transport http.RoundTripper, o *ClientOptions) (order.Notifier, error) {
	if _, err := exchange.CheckAddress(address); err != nil {
		return nil, fmt.Errorf("orderhttp.NewNotifier: %w", err)
	}
	if transport == nil {
		return nil, fmt.Errorf("orderhttp.NewNotifier: the transport is nil: want one that signs, see wire.NewTransport")
	}
	client := o.client(transport)
	client.Retries = 0
	return &notifier{address, client}, nil
}

// Notify implements [order.Notifier]. One version of an order has one
// idempotency key.
func (n *notifier) Notify(ctx context.Context, s order.Status) error {
	return n.client.Do(ctx, exchange.Call{
		Op: "orderhttp.Notify", Method: http.MethodPost, Address: n.address,
		Key: string(s.Order.ID) + "-" + strconv.FormatInt(s.Version, 10), Body: s,
	}, nil)
}
