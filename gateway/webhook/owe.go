package webhook

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// Owe makes the webhooks due that an order's new status gives rise to, as part of
// tx: one delivery for each endpoint of its owner that is told of such events. A
// status that is not final gives rise to none. ctx is the one that tx came with.
//
// An endpoint that is disabled is sent nothing: its delivery has failed from the
// start, and can be replayed.
func (d *Dispatcher) Owe(ctx context.Context, tx *sql.Tx, owner string, s order.Status) error {
	event, ok := order.EventOf(s.State)
	if !ok {
		return nil
	}
	all, err := loadEndpoints(ctx, tx, `owner = $1 AND (merchant = '' OR merchant = $2) ORDER BY id`, owner, s.Order.Merchant)
	if err != nil {
		return err
	}
	if err := prune(ctx, tx, d.now(), len(all)); err != nil || len(all) == 0 {
		return err
	}
	body, err := payload(event, s)
	if err != nil {
		return err
	}
	for _, e := range all {
		if !e.wants(event) {
			continue
		}
		now := d.now()
		r := delivery{id: order.NewID(now), owner: owner, endpoint: e.id, event: event, order: s.Order.ID, body: body,
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
func payload(event order.EventType, s order.Status) ([]byte, error) {
	s.Order.Lines, s.Order.ReturnAddress = nil, ""
	return json.Marshal(order.Event{Type: event, Timestamp: s.Changed, Data: s})
}
