package clearing

import (
	"context"
	"database/sql"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/audit"
)

// Place stores the order and gives out its gateway address.
func (d *desk) Place(ctx context.Context, o order.Order) (order.Placement, error) {
	const op = "clearing.Place"
	if err := o.Validate(); err != nil {
		return order.Placement{}, d.fail(ctx, op, err)
	}
	if _, _, err := d.entry(op); err != nil {
		return order.Placement{}, err
	}
	text, err := message(o)
	if err != nil {
		return order.Placement{}, order.Errorf(order.CodeInvalid, op, "the order cannot be written as JSON")
	}
	now := d.now()
	row := orderRow{key: keyOf(d.acquirer, o.ID), acquirer: d.acquirer, message: text, order: o,
		state: order.StateOpen, version: 1, changed: now, secret: d.tokens.current()}
	err = d.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return d.place(ctx, tx, &row, now)
	})
	if err != nil {
		if _, own := d.directory.load().merchant(d.acquirer, o.Merchant); !own && order.CodeOf(err) == order.CodeRefused {
			d.deny(ctx, op, "merchant "+o.Merchant)
		}
		return order.Placement{}, d.fail(ctx, op, err)
	}
	return order.Placement{Address: d.address(forPaying, row.secret, string(row.key)), Expires: d.expires(row.order)}, nil
}

// place finds the order, or else takes it in if the rules allow. The rules are
// for new orders: one that was taken stays placed, whatever they say now.
func (d *desk) place(ctx context.Context, tx *sql.Tx, row *orderRow, now time.Time) error {
	if err := d.lock(ctx, tx, row.key); err != nil {
		return err
	}
	have, found, err := loadOrder(ctx, tx, row.key)
	switch {
	case err != nil:
		return err
	case !found:
		return d.take(ctx, tx, row, now)
	case have.acquirer != row.acquirer || have.message != row.message:
		return order.Errorf(order.CodeIdempotencyKeyReused, "clearing.Place", "the order %s was placed with other content", row.order.ID)
	}
	if !d.tokens.held(have.secret) {
		err = have.renew(ctx, tx, d.tokens.current())
	}
	*row = have
	return err
}

func (d *desk) take(ctx context.Context, tx *sql.Tx, row *orderRow, now time.Time) error {
	if err := d.rules(row.order, now); err != nil {
		return err
	}
	placed := auditEntry{now, actorAcquirer + row.acquirer, "order", "", string(order.StateOpen), "placed"}
	row.audit.link(row.key, audit.First(0), placed)
	if err := row.insert(ctx, tx); err != nil {
		return err
	}
	if err := placed.insert(ctx, tx, row.key, row.audit); err != nil {
		return err
	}
	return d.expireAt(ctx, tx, *row, row.order.Expires)
}

// rules are what the directory, as it is now, and the registry say about a new
// order.
func (d *desk) rules(o order.Order, now time.Time) error {
	const op = "clearing.Place"
	directory, a, err := d.entry(op)
	if err != nil {
		return err
	}
	if err := a.enabled(op); err != nil {
		return err
	}
	var p problems
	if _, ok := directory.merchant(a.Name, o.Merchant); !ok {
		p.add("/merchant", "%q is not registered for acquirer %q", o.Merchant, a.Name)
	}
	if o.ReturnAddress != "" && !a.returnsTo(o.ReturnAddress) {
		p.add("/return_address", "has an origin that is not registered for acquirer %q", a.Name)
	}
	p.limited("/total", a, o.Total)
	if !o.Expires.After(now) {
		p.add("/expires", "is in the past: it is %s", now.Format(time.RFC3339))
	}
	if limit := now.Add(d.options.Longest); o.Expires.After(limit) {
		p.add("/expires", "is too far ahead: at most %v from now", d.options.Longest)
	}
	if !d.payable(a, o.Merchant, o.Total, now) {
		p.add("/total", "no payment component takes %s", o.Total)
	}
	return p.coded(order.CodeRefused, op, "the gateway does not take the order")
}

// Query is the order as it stands.
func (d *desk) Query(ctx context.Context, id order.ID) (status order.Status, err error) {
	const op = "clearing.Query"
	if _, err := order.ParseID(string(id)); err != nil {
		return status, errNoOrder(op)
	}
	if _, _, err := d.entry(op); err != nil {
		return status, err
	}
	err = d.look(ctx, op, keyOf(d.acquirer, id), func(ctx context.Context, tx *sql.Tx, o orderRow) error {
		if o.acquirer != d.acquirer {
			return errNoOrder(op)
		}
		status, err = o.status(ctx, tx)
		return err
	})
	if order.CodeOf(err) == order.CodeNotFound {
		d.deny(ctx, op, "order "+string(id))
	}
	return status, err
}
