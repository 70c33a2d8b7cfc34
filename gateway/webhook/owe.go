package webhook

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// Owe makes the webhooks of an event due, as part of tx: one delivery for each
// endpoint of the order's owner that is told of such events. ctx is the one that tx
// came with.
//
// An endpoint that is disabled is sent nothing: its delivery has failed from the
// start, and can be replayed.
func (d *Dispatcher) Owe(ctx context.Context, tx *sql.Tx, owner string, event order.Event) error {
	all, err := loadEndpoints(ctx, tx, `owner = $1 AND (merchant = '' OR merchant = $2) ORDER BY id`, owner, event.Data.Order.Merchant)
	if err != nil {
		return err
	}
	if err := prune(ctx, tx, d.now(), len(all)); err != nil || len(all) == 0 {
		return err
	}
	body, err := payload(event)
	if err != nil {
		return err
	}
	for _, e := range all {
		if !e.wants(event.Type) {
			continue
		}
		now := d.now()
		r := delivery{id: order.NewID(now), owner: owner, endpoint: e.id, event: event.Type, order: event.Data.Order.ID, body: body,
			created: now, state: order.DeliveryPending, next: now}
		if err := d.owe(ctx, tx, r, e); err != nil {
			return err
		}
	}
	return nil
}

func (d *Dispatcher) owe(ctx context.Context, tx *sql.Tx, r delivery, e endpoint) error {
	if !e.disabled.IsZero() {
		r.end(order.DeliveryFailed, order.FailedDisabled)
	}
	if err := r.insert(ctx, tx); err != nil || r.state != order.DeliveryPending {
		return err
	}
	return d.due(ctx, tx, r)
}

// due lets the delivery be looked at now, as soon as its owner has a share of the
// senders left.
func (d *Dispatcher) due(ctx context.Context, tx *sql.Tx, r delivery) error {
	return d.outbox.Put(ctx, tx, outbox.Job{Queue: queue, Key: string(r.id), Owner: r.owner, Due: d.now()})
}

// payload is the body, the same at every try.
func payload(event order.Event) ([]byte, error) {
	event.Data.Order.Lines, event.Data.Order.ReturnAddress = nil, ""
	return json.Marshal(event)
}
