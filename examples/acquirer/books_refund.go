package main

import (
	"context"
	"database/sql"

	"github.com/anyscan/anyscan/order"
)

// bookRefund books a refund as it is now. The page counts what went back, and
// nothing else: of what was asked for, more than one may fail.
func bookRefund(ctx context.Context, tx *sql.Tx, id order.ID, r order.Refund) error {
	at := r.Moved
	if at.IsZero() {
		at = r.Changed
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO refunds (order_id, refund_id, amount, currency, reason, state, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (order_id, refund_id) DO UPDATE SET state = excluded.state, at = excluded.at`,
		string(id), string(r.ID), r.Amount.Amount, r.Amount.Currency, r.Reason, string(r.State), at.UnixMicro())
	return err
}

// salesQuery are the last sales with what went back of each, and what is asked for
// and may yet go back.
const salesQuery = `SELECT order_id, merchant, amount, currency, wallet, reference, at,
	(SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM refunds r WHERE r.order_id = s.order_id AND r.state = 'succeeded'),
	(SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT) FROM refunds r WHERE r.order_id = s.order_id AND r.state IN ('placing', 'pending'))
	FROM sales s ORDER BY at DESC, order_id DESC LIMIT $1`
