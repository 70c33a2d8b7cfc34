package scanhttp

import (
	"context"
	"net/http"
	"net/url"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
)

// beside is the address of something below the page at address. The query is
// kept to the byte, because a code's signature covers it.
func beside(address, path string) (u *url.URL, err error) {
	if u, err = exchange.CheckAddress(address); err != nil {
		return nil, err
	}
	if u.RawPath != "" || u.Path == "" || u.Fragment != "" {
		return nil, order.Errorf(order.CodeInvalid, "", "the address has an empty or escaped path, or a fragment: it is no page of ours")
	}
	u.Path += path
	return u, nil
}

// Page implements [order.Storefront].
func (c *Client) Page(ctx context.Context, address string) (p order.Page, err error) {
	err = c.calls.Do(ctx, exchange.Call{Op: "scanhttp.Page", Method: http.MethodGet, Address: address}, &p)
	return p, err
}

// Review implements [order.Storefront].
func (c *Client) Review(ctx context.Context, address string, choices []order.Choice) (p order.Page, err error) {
	u, err := beside(address, "/review")
	if err != nil {
		return p, err
	}
	u.RawQuery = exchange.AppendChoices(u.RawQuery, choices)
	err = c.calls.Do(ctx, exchange.Call{Op: "scanhttp.Review", Method: http.MethodGet, Address: u.String()}, &p)
	return p, err
}

// Confirm implements [order.Storefront].
func (c *Client) Confirm(ctx context.Context, address string, conf order.Confirmation) (j order.PageJump, err error) {
	u, err := beside(address, "/orders")
	if err != nil {
		return j, err
	}
	err = c.calls.Do(ctx, exchange.Call{
		Op: "scanhttp.Confirm", Method: http.MethodPost, Address: u.String(), Key: conf.Key, Body: conf,
	}, &j)
	return j, err
}

// Result implements [order.Storefront].
func (c *Client) Result(ctx context.Context, address string) (s order.Status, err error) {
	err = c.calls.Do(ctx, exchange.Call{Op: "scanhttp.Result", Method: http.MethodGet, Address: address}, &s)
	return s, err
}

// Open implements [gateway.Cashier]. What the terminal says of itself travels in
// headers and has to be of words, 1 to 64 of a-z 0-9 -.
func (c *Client) Open(ctx context.Context, address string, o gateway.Opening) (s gateway.Session, err error) {
	header := http.Header{}
	for _, field := range []struct{ name, word string }{
		{exchange.HeaderApp, o.App.Kind}, {exchange.HeaderComponent, o.App.Component}, {exchange.HeaderDefault, o.Default},
	} {
		if err := exchange.SetWord(header, field.name, field.word); err != nil {
			return s, err
		}
	}
	err = c.calls.Do(ctx, exchange.Call{Op: "scanhttp.Open", Method: http.MethodGet, Address: address, Header: header}, &s)
	return s, err
}

// Begin implements [gateway.Cashier].
func (c *Client) Begin(ctx context.Context, address string, b gateway.Beginning) (a gateway.Attempt, err error) {
	u, err := beside(address, "/attempts")
	if err != nil {
		return a, err
	}
	err = c.calls.Do(ctx, exchange.Call{
		Op: "scanhttp.Begin", Method: http.MethodPost, Address: u.String(), Key: b.Key, Body: b,
	}, &a)
	return a, err
}

// Resume implements [gateway.Cashier].
func (c *Client) Resume(ctx context.Context, address string, r component.Return) (a gateway.Attempt, err error) {
	err = c.calls.Do(ctx, exchange.Call{Op: "scanhttp.Resume", Method: http.MethodPost, Address: address, Body: r, Again: true}, &a)
	return a, err
}
