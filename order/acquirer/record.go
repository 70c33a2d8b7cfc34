package acquirer

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order"
)

// A record is an order as the acquirer holds it: what was agreed, which never
// changes, where it stands, and the refunds of a paid one.
type record struct {
	order order.Order
	standing
	refunds []order.Refund // in the order in which they were asked for; copied before one changes
	seq     int64          // of its latest audit entry; counts its changes
	head    string         // the hash of that entry, "" for one from before there were any
}

type standing struct {
	state   order.State
	version int64 // the gateway's, 0 before it told one
	changed time.Time
	address string         // on the gateway, "" while not known
	payment *order.Payment // nil while not paid
}

func (r *record) status() order.Status {
	return order.Status{Order: r.order, State: r.state, Version: r.version, Changed: r.changed, Payment: r.payment, Refunds: r.refunds}
}

func noOrder(op string) error { return order.Errorf(order.CodeNotFound, op, "there is no such order") }

// load reads an order; one that is not there is [order.CodeNotFound].
func load(ctx context.Context, tx *sql.Tx, op string, id order.ID) (r record, err error) {
	var message, payment string
	var changed int64
	err = tx.QueryRowContext(ctx, `SELECT message, state, version, changed, address, payment, seq, audit_head
		FROM acquirer_orders WHERE order_id = $1`, string(id)).
		Scan(&message, &r.state, &r.version, &changed, &r.address, &payment, &r.seq, &r.head)
	if errors.Is(err, sql.ErrNoRows) {
		return r, noOrder(op)
	}
	if err != nil {
		return r, err
	}
	r.changed = time.UnixMicro(changed).UTC()
	if payment != "" {
		err = json.Unmarshal([]byte(payment), &r.payment)
	}
	if err := errors.Join(err, json.Unmarshal([]byte(message), &r.order)); err != nil || r.state != order.StatePaid {
		return r, err
	}
	r.refunds, err = loadRefunds(ctx, tx, r.order)
	return r, err
}

// insert stores a new order; message is what r.order is as JSON.
func (r *record) insert(ctx context.Context, tx *sql.Tx, message []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO acquirer_orders
		(order_id, message, state, version, changed, address, payment, seq, audit_head, audit_root)
		VALUES ($1, $2, $3, $4, $5, '', '', $6, $7, 0)`,
		string(r.order.ID), string(message), string(r.state), r.version, r.changed.UnixMicro(), r.seq, r.head)
	return err
}

// update writes where the order stands now, by the entry that was linked last,
// unless somebody else did since the entry before. No root covers it as it is now.
func (r *record) update(ctx context.Context, tx *sql.Tx, before int64) (updated bool, err error) {
	payment, err := r.paymentText()
	if err != nil {
		return false, err
	}
	res, err := tx.ExecContext(ctx, `UPDATE acquirer_orders
		SET state = $1, version = $2, changed = $3, address = $4, payment = $5, seq = $6, audit_head = $7, audit_root = 0
		WHERE order_id = $8 AND seq = $9`,
		string(r.state), r.version, r.changed.UnixMicro(), r.address, payment, r.seq, r.head, string(r.order.ID), before)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

func (r *record) paymentText() (string, error) {
	if r.payment == nil {
		return "", nil
	}
	text, err := json.Marshal(r.payment)
	return string(text), err
}

// A confirmed is what stands under a confirmation's key.
type confirmed struct {
	order       order.ID
	fingerprint []byte
}

func findConfirmation(ctx context.Context, tx *sql.Tx, merchant, key string) (c confirmed, found bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT order_id, fingerprint FROM acquirer_confirmations
		WHERE merchant = $1 AND idempotency = $2`, merchant, key).Scan(&c.order, &c.fingerprint)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

// insertConfirmation reports whether it is the first one under its key, and
// leaves everything as it is if not.
func insertConfirmation(ctx context.Context, tx *sql.Tx, merchant, key string, c confirmed) (first bool, err error) {
	res, err := tx.ExecContext(ctx, `INSERT INTO acquirer_confirmations (merchant, idempotency, fingerprint, order_id)
		VALUES ($1, $2, $3, $4) ON CONFLICT (merchant, idempotency) DO NOTHING`, merchant, key, c.fingerprint, string(c.order))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}
