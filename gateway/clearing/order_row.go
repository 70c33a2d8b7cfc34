package clearing

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/order"
)

// An orderRow is an order as the gateway holds it.
type orderRow struct {
	key      orderKey
	acquirer string
	message  string      // the order as it was placed, JSON
	order    order.Order // what message says
	state    order.State
	version  int64
	changed  time.Time
	secret   int       // version of the secret behind its addresses
	attempts int       // how many were begun
	cancelAt time.Time // when its acquirer asked for its end, zero for never
	paidBy   int       // number of the attempt that paid, 0 for none
	audit    chain
}

// message is the one spelling in which an order is stored and compared.
func message(o order.Order) (string, error) {
	o.Created, o.Expires = o.Created.UTC(), o.Expires.UTC()
	raw, err := json.Marshal(o)
	return string(raw), err
}

// placed reads a stored order.
func placed(message string) (o order.Order, err error) {
	err = json.Unmarshal([]byte(message), &o)
	return o, err
}

// errNoOrder is what a wrong address, another's order and an order that never
// was have in common.
func errNoOrder(op string) error {
	return &order.Error{Code: order.CodeNotFound, Op: op, Detail: "there is no such order"}
}

func loadOrder(ctx context.Context, tx *sql.Tx, key orderKey) (o orderRow, found bool, err error) {
	o.key = key
	var changed, canceling int64
	err = tx.QueryRowContext(ctx, `SELECT acquirer, message, state, version, changed, secret, attempts, paid_by, canceling,
			audit_seq, audit_head, audit_root
		FROM clearing_orders WHERE order_key = $1`, string(key)).
		Scan(&o.acquirer, &o.message, &o.state, &o.version, &changed, &o.secret, &o.attempts, &o.paidBy, &canceling,
			&o.audit.seq, &o.audit.head, &o.audit.root)
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	if err == nil {
		o.changed, o.cancelAt = micro(changed), micro(canceling)
		o.order, err = placed(o.message)
	}
	return o, err == nil, err
}

func (o *orderRow) insert(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clearing_orders
		(order_key, acquirer, message, state, version, changed, secret, attempts, paid_by, audit_seq, audit_head, audit_root)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		string(o.key), o.acquirer, o.message, string(o.state), o.version, o.changed.UnixMicro(), o.secret, o.attempts, o.paidBy,
		o.audit.seq, o.audit.head, o.audit.root)
	return err
}

// become moves the order on from Open. The condition repeats what was read, so
// that a final state can never be overwritten.
func (o *orderRow) become(ctx context.Context, tx *sql.Tx, state order.State, now time.Time) error {
	res, err := tx.ExecContext(ctx, `UPDATE clearing_orders SET state = $1, version = version + 1, changed = $2, paid_by = $3
		WHERE order_key = $4 AND state = $5 AND version = $6`,
		string(state), now.UnixMicro(), o.paidBy, string(o.key), string(order.StateOpen), o.version)
	if err := exactlyOne(res, err); err != nil {
		return err
	}
	o.state, o.version, o.changed = state, o.version+1, now
	return nil
}

// renumber makes a new version of a paid order, which stays paid.
func (o *orderRow) renumber(ctx context.Context, tx *sql.Tx, now time.Time) error {
	err := exactlyOne(tx.ExecContext(ctx, `UPDATE clearing_orders SET version = version + 1, changed = $1
		WHERE order_key = $2 AND state = $3 AND version = $4`, now.UnixMicro(), string(o.key), string(order.StatePaid), o.version))
	o.version, o.changed = o.version+1, now
	return err
}

// count notes that one more attempt was begun.
func (o *orderRow) count(ctx context.Context, tx *sql.Tx) error {
	res, err := tx.ExecContext(ctx, `UPDATE clearing_orders SET attempts = attempts + 1 WHERE order_key = $1 AND attempts = $2`,
		string(o.key), o.attempts)
	if err := exactlyOne(res, err); err != nil {
		return err
	}
	o.attempts++
	return nil
}

// close lets nobody begin to pay the order any more.
func (o *orderRow) close(ctx context.Context, tx *sql.Tx, now time.Time) error {
	o.cancelAt = now
	return exactlyOne(tx.ExecContext(ctx, `UPDATE clearing_orders SET canceling = $1 WHERE order_key = $2 AND state = $3`,
		now.UnixMicro(), string(o.key), string(order.StateOpen)))
}

// audited writes where the order's history ends, which it did at a number before.
func (o *orderRow) audited(ctx context.Context, tx *sql.Tx, before int64) error {
	return exactlyOne(tx.ExecContext(ctx, `UPDATE clearing_orders SET audit_seq = $1, audit_head = $2, audit_root = $3
		WHERE order_key = $4 AND audit_seq = $5`, o.audit.seq, o.audit.head, o.audit.root, string(o.key), before))
}

// renew makes new addresses for the order, with the given secret.
func (o *orderRow) renew(ctx context.Context, tx *sql.Tx, secret int) error {
	o.secret = secret
	return exactlyOne(tx.ExecContext(ctx, `UPDATE clearing_orders SET secret = $1 WHERE order_key = $2`, secret, string(o.key)))
}

// status is the order for its acquirer.
func (o *orderRow) status(ctx context.Context, tx *sql.Tx) (order.Status, error) {
	payment, err := o.payment(ctx, tx)
	if err != nil {
		return order.Status{}, err
	}
	refunds, err := o.refunds(ctx, tx)
	return order.Status{Order: o.order, State: o.state, Version: o.version, Changed: o.changed, Payment: payment, Refunds: refunds}, err
}

// payment is how the order was paid, nil if it was not.
func (o *orderRow) payment(ctx context.Context, tx *sql.Tx) (*order.Payment, error) {
	if o.paidBy == 0 {
		return nil, nil
	}
	a, err := existingAttempt(ctx, tx, o.key, o.paidBy)
	if err != nil {
		return nil, err
	}
	// The attempt is final since it paid.
	return &order.Payment{Component: a.component, Attempt: a.id(), Reference: a.reference, Amount: o.order.Total, At: a.moneyAt, Booked: a.changed}, nil
}

// micro reads a stored time; 0 is the zero time.
func micro(t int64) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(t).UTC()
}

// exactlyOne reports an update that met another state than the one it was
// decided on.
func exactlyOne(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		err = fmt.Errorf("clearing: %d rows changed instead of one: the row is not as it was read", n)
	}
	return err
}
