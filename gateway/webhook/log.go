package webhook

import (
	"context"
	"database/sql"
	"time"

	"github.com/anyscan/anyscan/order"
)

// waitingReplays is how many replays of a delivery may be asked for and not made
// yet: one that is being made, and may have begun before the receiver was mended,
// and one to come.
const waitingReplays = 2

// Deliveries implements [order.DeliveryLog].
func (o *desk) Deliveries(ctx context.Context, q order.DeliveryQuery) (page order.DeliveryPage, err error) {
	const op = "webhook.Deliveries"
	page.Deliveries = []order.Delivery{}
	condition, subject := `owner = $1`, o.owner
	if q.Endpoint != "" {
		condition, subject = `endpoint = $1`, string(q.Endpoint)
		if err := o.ownsEndpoint(ctx, op, q.Endpoint); err != nil {
			return page, err
		}
	}
	err = o.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		all, err := loadDeliveries(ctx, tx, condition+` AND id < $2 ORDER BY id DESC LIMIT $3`, subject, cursor(q.Before), pageSize+1)
		for _, r := range all[:min(len(all), pageSize)] {
			r.tries = nil
			page.Deliveries = append(page.Deliveries, r.show())
		}
		if len(all) > pageSize {
			page.Next = all[pageSize-1].id
		}
		return err
	})
	return page, o.fail(ctx, op, err)
}

// ownsEndpoint reports an endpoint that is not the owner's. The deliveries of one
// that was deleted say whose it was.
func (o *desk) ownsEndpoint(ctx context.Context, op string, id order.ID) error {
	return o.view(ctx, op, func(ctx context.Context, tx *sql.Tx) (owner string, err error) {
		e, found, err := loadEndpoint(ctx, tx, id)
		if found || err != nil {
			return e.owner, err
		}
		rest, err := loadDeliveries(ctx, tx, `endpoint = $1 ORDER BY id LIMIT 1`, string(id))
		if len(rest) > 0 {
			owner = rest[0].owner
		}
		return owner, err
	})
}

// Delivery implements [order.DeliveryLog].
func (o *desk) Delivery(ctx context.Context, id order.ID) (shown order.Delivery, err error) {
	err = o.view(ctx, "webhook.Delivery", func(ctx context.Context, tx *sql.Tx) (owner string, err error) {
		r, _, err := loadDelivery(ctx, tx, id)
		shown = r.show()
		return r.owner, err
	})
	if err != nil {
		return order.Delivery{}, err
	}
	return shown, nil
}

// Replay implements [order.DeliveryLog].
func (o *desk) Replay(ctx context.Context, r order.DeliveryReplay) (shown order.Delivery, err error) {
	const op = "webhook.Replay"
	if err := r.Validate(); err != nil {
		return order.Delivery{}, o.fail(ctx, op, err)
	}
	err = o.once(ctx, op, r.Key, r.Delivery, &shown, func(ctx context.Context, tx *sql.Tx, now time.Time) error {
		p, err := loadParcel(ctx, tx, r.Delivery)
		switch {
		case err != nil:
			return err
		case p.owner != o.owner: // or there is none
			return errNotFound()
		case !p.found:
			return order.Errorf(order.CodeConflict, "", "the endpoint was deleted: there is nobody to send it to")
		}
		shown = p.show()
		if p.wanted-p.replayed >= waitingReplays {
			return nil
		}
		p.wanted++
		if err := p.update(ctx, tx); err != nil {
			return err
		}
		if err := audit(ctx, tx, p.id, now, actorOwner+o.owner, "replayed", ""); err != nil {
			return err
		}
		return o.due(ctx, tx, p.delivery)
	})
	if err != nil {
		return order.Delivery{}, o.fail(ctx, op, err)
	}
	return shown, nil
}

// errNotFound is what another's and what never was have in common.
func errNotFound() error {
	return &order.Error{Code: order.CodeNotFound, Detail: "there is no such thing"}
}

// view reads what has one owner: load says which, "" for none.
func (o *desk) view(ctx context.Context, op string, load func(context.Context, *sql.Tx) (owner string, err error)) error {
	err := o.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		owner, err := load(ctx, tx)
		if err == nil && owner != o.owner {
			err = errNotFound()
		}
		return err
	})
	return o.fail(ctx, op, err)
}
