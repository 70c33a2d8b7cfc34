package orderhttp

import (
	"context"
	"net/http"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
)

// Issue implements [order.Issuer].
func (c *clearing) Issue(ctx context.Context, r order.IssueRequest) (code order.IssuedCode, err error) {
	const op = "orderhttp.Issue"
	if r.Key == "" {
		return code, order.Errorf(order.CodeIdempotencyKeyMissing, op, "a request for a code needs an idempotency key")
	}
	err = c.client.Do(ctx, exchange.Call{
		Op: op, Method: http.MethodPost, Address: c.base + "/v1/codes", Key: r.Key, Body: r,
	}, &code)
	return code, err
}

// Issued implements [order.Issuer].
func (c *clearing) Issued(ctx context.Context, id order.ID) (code order.IssuedCode, err error) {
	const op = "orderhttp.Issued"
	if err := noCode(op, id); err != nil {
		return code, err
	}
	err = c.client.Do(ctx, exchange.Call{
		Op: op, Method: http.MethodGet, Address: c.base + "/v1/codes/" + string(id),
	}, &code)
	return code, err
}

// Revoke implements [order.Issuer]. The code's ID is the idempotency key.
func (c *clearing) Revoke(ctx context.Context, id order.ID) (code order.IssuedCode, err error) {
	const op = "orderhttp.Revoke"
	if err := noCode(op, id); err != nil {
		return code, err
	}
	err = c.client.Do(ctx, exchange.Call{
		Op: op, Method: http.MethodPost, Address: c.base + "/v1/codes/" + string(id) + "/revocation", Key: string(id),
	}, &code)
	return code, err
}

// noCode is the error of an ID that no code has; it would be another address.
func noCode(op string, id order.ID) error {
	if _, err := order.ParseID(string(id)); err != nil {
		return order.Errorf(order.CodeNotFound, op, "%w", err)
	}
	return nil
}
