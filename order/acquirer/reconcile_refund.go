package acquirer

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
)

const refundColumns = `SELECT r.number, r.amount, r.state, r.reference, r.moved, r.booked, o.message, o.payment
	FROM acquirer_refunds r JOIN acquirer_orders o ON o.order_id = r.order_id`

const refundsQuery = refundColumns + `
	WHERE r.booked > 0 AND (r.booked, r.order_id, r.number) > ($1, $2, $3) AND r.booked < $4
	ORDER BY r.booked, r.order_id, r.number LIMIT $5`

// bookedRefunds is the pager of refunds.
func bookedRefunds(ctx context.Context, tx *sql.Tx, last reconcile.Entry, until int64) ([]reconcile.Entry, error) {
	rows, err := tx.QueryContext(ctx, refundsQuery, last.Booked.UnixMicro(), string(last.Order), last.Refund, until, pageSize)
	return entries(rows, err, scanRefund)
}

// findRefund is the refund that has a number at the gateway. Before the server has
// heard that number there is none.
func findRefund(ctx context.Context, tx *sql.Tx, there reconcile.Entry) (reconcile.Entry, error) {
	return scanRefund(tx.QueryRowContext(ctx, refundColumns+`
		WHERE r.number = $1 AND r.number <> '' LIMIT 1`, there.Refund))
}

// scanRefund reads a refund as an entry, in its own state and without times while
// it has not succeeded.
func scanRefund(row scanner) (e reconcile.Entry, err error) {
	var message, payment string
	var amount, moved, booked int64
	if err := row.Scan(&e.Refund, &amount, &e.State, &e.Reference, &moved, &booked, &message, &payment); err != nil {
		return e, err
	}
	var o order.Order
	if err := json.Unmarshal([]byte(message), &o); err != nil {
		return e, err
	}
	var p order.Payment
	err = json.Unmarshal([]byte(payment), &p)
	e.Kind, e.Order, e.Merchant, e.Gross, e.Currency = reconcile.Refund, o.ID, o.Merchant, -amount, o.Total.Currency
	e.Attempt, e.Component, e.Booked, e.Moved = p.Attempt, p.Component, unstamp(booked), unstamp(moved)
	if booked > 0 {
		e.State = reconcile.StateRefunded
	}
	return e, err
}
