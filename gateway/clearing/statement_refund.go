package clearing

import (
	"context"
	"database/sql"
	"iter"

	"github.com/anyscan/anyscan/order/reconcile"
)

// refunds are those of the component whose money moved in the period.
func (m *moneyOf) refunds(ctx context.Context, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	moved, key, number := p.From.UnixMicro(), "", 0
	return m.s.paged(ctx, "clearing.MatchStatement", func(ctx context.Context, tx *sql.Tx) (page []reconcile.Entry, err error) {
		rows, err := tx.QueryContext(ctx, refundsQuery, m.component, moved, key, number, p.Until.UnixMicro(), pageSize)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			r := refundRow{component: m.component}
			var message string
			if err := rows.Scan(&moved, &key, &number, &r.attempt, &r.amount, &r.state, &r.reference, &message); err != nil {
				return nil, err
			}
			r.key, r.number, r.moved = orderKey(key), number, micro(moved)
			e, err := r.entry(message)
			if err != nil {
				return nil, err
			}
			page = append(page, e)
		}
		return page, rows.Err()
	})
}

const refundsQuery = `SELECT r.moved, r.order_key, r.number, r.attempt, r.amount, r.state, r.reference, o.message
	FROM clearing_refunds r JOIN clearing_orders o ON o.order_key = r.order_key
	WHERE r.component = $1 AND r.moved > 0 AND (r.moved, r.order_key, r.number) > ($2, $3, $4) AND r.moved < $5
	ORDER BY r.moved, r.order_key, r.number LIMIT $6`

// entry is the refund as an own record, in its own state while no money moved.
func (r *refundRow) entry(message string) (reconcile.Entry, error) {
	e := reconcile.Entry{Kind: reconcile.Refund, Attempt: attemptID(r.key, r.attempt), Refund: r.id(), Component: r.component,
		Reference: r.reference, State: reconcile.StateRefunded, Booked: r.moved, Moved: r.moved}
	if r.moved.IsZero() {
		e.State = reconcile.State(r.state)
	}
	err := ordered(&e, message)
	e.Gross = -r.amount
	return e, err
}

func (m *moneyOf) findRefund(ctx context.Context, there reconcile.Entry) (here reconcile.Entry, found bool, err error) {
	key, number, ok := parseRefundID(there.Refund)
	if !ok {
		return here, false, nil
	}
	err = m.s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		o, known, err := loadOrder(ctx, tx, key)
		if err != nil || !known {
			return err
		}
		r, known, err := loadRefund(ctx, tx, key, number)
		if err != nil || !known || r.component != m.component {
			return err
		}
		found = true
		here, err = r.entry(o.message)
		return err
	})
	return here, found, m.s.fail(ctx, "clearing.MatchStatement", err)
}
