package orderhttp

import (
	"context"
	"net/http"
	"net/url"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
)

// CreateEndpoint implements [order.EndpointRegistry].
func (c *clearing) CreateEndpoint(ctx context.Context, r order.EndpointRequest) (order.EndpointKeys, error) {
	return c.keys(ctx, exchange.Call{Op: "orderhttp.CreateEndpoint", Method: http.MethodPost,
		Address: c.base + exchange.PathEndpoints, Key: r.Key, Body: r}, r.Validate())
}

// RotateSecret implements [order.EndpointRegistry].
func (c *clearing) RotateSecret(ctx context.Context, r order.SecretRotation) (order.EndpointKeys, error) {
	address, err := c.item(exchange.PathEndpoints, r.Endpoint, "/secrets", r.Validate())
	return c.keys(ctx, exchange.Call{Op: "orderhttp.RotateSecret", Method: http.MethodPost, Address: address, Key: r.Key, Body: r}, err)
}

// keys makes a call that is answered with a secret, unless it had an error
// already.
func (c *clearing) keys(ctx context.Context, call exchange.Call, err error) (k order.EndpointKeys, _ error) {
	var answer exchange.EndpointKeys
	if err = c.call(ctx, call, err, &answer); err != nil {
		return k, err
	}
	return order.EndpointKeys{Endpoint: answer.Endpoint, Secret: order.EndpointSecret(answer.Secret)}, nil
}

// Endpoints implements [order.EndpointRegistry].
func (c *clearing) Endpoints(ctx context.Context, before order.ID) (page order.EndpointPage, err error) {
	address := c.base + exchange.PathEndpoints + query("", before)
	err = c.call(ctx, exchange.Call{Op: "orderhttp.Endpoints", Method: http.MethodGet, Address: address}, nil, &page)
	return page, err
}

// Endpoint implements [order.EndpointRegistry].
func (c *clearing) Endpoint(ctx context.Context, id order.ID) (e order.Endpoint, err error) {
	address, err := c.item(exchange.PathEndpoints, id, "", nil)
	err = c.call(ctx, exchange.Call{Op: "orderhttp.Endpoint", Method: http.MethodGet, Address: address}, err, &e)
	return e, err
}

// DeleteEndpoint implements [order.EndpointRegistry].
func (c *clearing) DeleteEndpoint(ctx context.Context, d order.EndpointDeletion) error {
	address, err := c.item(exchange.PathEndpoints, d.Endpoint, "", d.Validate())
	return c.call(ctx, exchange.Call{Op: "orderhttp.DeleteEndpoint", Method: http.MethodDelete, Address: address, Key: d.Key}, err, nil)
}

// Deliveries implements [order.DeliveryLog].
func (c *clearing) Deliveries(ctx context.Context, q order.DeliveryQuery) (page order.DeliveryPage, err error) {
	address := c.base + exchange.PathDeliveries + query(q.Endpoint, q.Before)
	err = c.call(ctx, exchange.Call{Op: "orderhttp.Deliveries", Method: http.MethodGet, Address: address}, nil, &page)
	return page, err
}

// Delivery implements [order.DeliveryLog].
func (c *clearing) Delivery(ctx context.Context, id order.ID) (d order.Delivery, err error) {
	address, err := c.item(exchange.PathDeliveries, id, "", nil)
	err = c.call(ctx, exchange.Call{Op: "orderhttp.Delivery", Method: http.MethodGet, Address: address}, err, &d)
	return d, err
}

// Replay implements [order.DeliveryLog].
func (c *clearing) Replay(ctx context.Context, r order.DeliveryReplay) (d order.Delivery, err error) {
	address, err := c.item(exchange.PathDeliveries, r.Delivery, "/replays", r.Validate())
	err = c.call(ctx, exchange.Call{Op: "orderhttp.Replay", Method: http.MethodPost, Address: address, Key: r.Key}, err, &d)
	return d, err
}

// call is Do of the client, unless there was an error already.
func (c *clearing) call(ctx context.Context, call exchange.Call, err error, answer any) error {
	if err != nil {
		return err
	}
	return c.client.Do(ctx, call, answer)
}

// item is the address of one thing, unless there was an error already. What is
// no identifier names nothing.
func (c *clearing) item(path string, id order.ID, rest string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if _, err := order.ParseID(string(id)); err != nil {
		return "", order.Errorf(order.CodeNotFound, "orderhttp", "%w", err)
	}
	return c.base + path + "/" + string(id) + rest, nil
}

// query is which part of a list is asked for.
func query(endpoint, before order.ID) string {
	values := url.Values{}
	if endpoint != "" {
		values.Set("endpoint", string(endpoint))
	}
	if before != "" {
		values.Set("before", string(before))
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}
