package clearing

import (
	"context"

	"github.com/anyscan/anyscan/order"
)

// hooked does something of package webhook for the acquirer. What was not found
// is recorded, as [desk.deny] says; what names it.
func hooked[T any](ctx context.Context, d *desk, op, kind string, id order.ID, do func(order.Webhooks) (T, error)) (answer T, err error) {
	if _, _, err := d.entry(op); err != nil {
		return answer, err
	}
	answer, err = do(d.webhooks.For(d.acquirer, d.admit))
	if _, bad := order.ParseID(string(id)); bad == nil && order.CodeOf(err) == order.CodeNotFound {
		d.deny(ctx, op, kind+" "+string(id))
	}
	return answer, err
}

// admit is what the directory, as it is now, says about a new endpoint.
func (d *desk) admit(r order.EndpointRequest) error {
	const op = "clearing.CreateEndpoint"
	directory, a, err := d.entry(op)
	if err == nil {
		err = a.enabled(op)
	}
	if err != nil {
		return err
	}
	var p problems
	if _, ok := directory.merchant(a.Name, r.Merchant); r.Merchant != "" && !ok {
		p.add("/merchant", "%q is not registered for acquirer %q", r.Merchant, a.Name)
	}
	return p.coded(order.CodeRefused, op, "the gateway does not take the endpoint")
}

// CreateEndpoint implements [order.EndpointRegistry].
func (d *desk) CreateEndpoint(ctx context.Context, r order.EndpointRequest) (order.EndpointKeys, error) {
	const op = "clearing.CreateEndpoint"
	k, err := hooked(ctx, d, op, "endpoint", "", func(w order.Webhooks) (order.EndpointKeys, error) { return w.CreateEndpoint(ctx, r) })
	if order.CodeOf(err) == order.CodeRefused && r.Merchant != "" {
		if _, own := d.directory.load().merchant(d.acquirer, r.Merchant); !own {
			d.deny(ctx, op, "merchant "+r.Merchant)
		}
	}
	return k, err
}

// Endpoints implements [order.EndpointRegistry].
func (d *desk) Endpoints(ctx context.Context, before order.ID) (order.EndpointPage, error) {
	return hooked(ctx, d, "clearing.Endpoints", "endpoint", "", func(w order.Webhooks) (order.EndpointPage, error) { return w.Endpoints(ctx, before) })
}

// Endpoint implements [order.EndpointRegistry].
func (d *desk) Endpoint(ctx context.Context, id order.ID) (order.Endpoint, error) {
	return hooked(ctx, d, "clearing.Endpoint", "endpoint", id, func(w order.Webhooks) (order.Endpoint, error) { return w.Endpoint(ctx, id) })
}

// DeleteEndpoint implements [order.EndpointRegistry].
func (d *desk) DeleteEndpoint(ctx context.Context, r order.EndpointDeletion) error {
	_, err := hooked(ctx, d, "clearing.DeleteEndpoint", "endpoint", r.Endpoint, func(w order.Webhooks) (struct{}, error) {
		return struct{}{}, w.DeleteEndpoint(ctx, r)
	})
	return err
}

// RotateSecret implements [order.EndpointRegistry].
func (d *desk) RotateSecret(ctx context.Context, r order.SecretRotation) (order.EndpointKeys, error) {
	return hooked(ctx, d, "clearing.RotateSecret", "endpoint", r.Endpoint, func(w order.Webhooks) (order.EndpointKeys, error) { return w.RotateSecret(ctx, r) })
}

// Deliveries implements [order.DeliveryLog].
func (d *desk) Deliveries(ctx context.Context, q order.DeliveryQuery) (order.DeliveryPage, error) {
	return hooked(ctx, d, "clearing.Deliveries", "endpoint", q.Endpoint, func(w order.Webhooks) (order.DeliveryPage, error) { return w.Deliveries(ctx, q) })
}

// Delivery implements [order.DeliveryLog].
func (d *desk) Delivery(ctx context.Context, id order.ID) (order.Delivery, error) {
	return hooked(ctx, d, "clearing.Delivery", "delivery", id, func(w order.Webhooks) (order.Delivery, error) { return w.Delivery(ctx, id) })
}

// Replay implements [order.DeliveryLog].
func (d *desk) Replay(ctx context.Context, r order.DeliveryReplay) (order.Delivery, error) {
	return hooked(ctx, d, "clearing.Replay", "delivery", r.Delivery, func(w order.Webhooks) (order.Delivery, error) { return w.Replay(ctx, r) })
}
