package acquirer

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/anyscan/anyscan/order"
)

// refund is one of the order's; at is its place among them, -1 for none.
func (r *record) refund(id order.ID) (f order.Refund, at int) {
	at = slices.IndexFunc(r.refunds, func(f order.Refund) bool { return f.ID == id })
	if at < 0 {
		return f, at
	}
	return r.refunds[at], at
}

// setRefund puts a refund in its place, or behind the others. Other copies of the
// record keep theirs.
func (r *record) setRefund(at int, f order.Refund) {
	r.refunds = slices.Clone(r.refunds)
	if at < 0 {
		r.refunds = append(r.refunds, f)
		return
	}
	r.refunds[at] = f
}

// same reports whether nothing of the order differs from what it was.
func (r *record) same(was record) bool {
	return r.standing == was.standing && slices.Equal(r.refunds, was.refunds)
}

// A refundStep is the change of one refund.
type refundStep struct {
	from   order.RefundState // "" for one that is new
	at     int               // among the order's
	refund order.Refund      // as it is now
}

// steps are the refunds that are not as they were. None ever leaves its place.
func (r *record) steps(was record) (steps []refundStep) {
	for i, f := range r.refunds {
		if i >= len(was.refunds) {
			steps = append(steps, refundStep{"", i, f})
		} else if f != was.refunds[i] {
			steps = append(steps, refundStep{was.refunds[i].State, i, f})
		}
	}
	return steps
}

// entry is the step in the order's history.
func (s refundStep) entry(at time.Time, by origin, version int64) auditEntry {
	return auditEntry{at: at, origin: by, what: string(s.refund.ID), from: string(s.from), to: string(s.refund.State), version: version}
}

// keep writes how the refund stands now.
func (s refundStep) keep(ctx context.Context, tx *sql.Tx, id order.ID) error {
	f := s.refund
	_, err := tx.ExecContext(ctx, `INSERT INTO acquirer_refunds
		(order_id, refund_id, position, number, amount, reason, state, failure, reference, created, changed, moved, booked)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (order_id, refund_id) DO UPDATE SET number = excluded.number, state = excluded.state, failure = excluded.failure,
			reference = excluded.reference, changed = excluded.changed, moved = excluded.moved, booked = excluded.booked`,
		string(id), string(f.ID), s.at, f.Number, f.Amount.Amount, f.Reason, string(f.State), f.Failure, f.Reference,
		f.Created.UnixMicro(), f.Changed.UnixMicro(), stamp(f.Moved), stamp(bookedAt(f)))
	return err
}

// bookedAt is when the gateway decided that a refund succeeded, zero if it did not.
func bookedAt(f order.Refund) time.Time {
	if f.State != order.RefundSucceeded {
		return time.Time{}
	}
	return f.Changed
}

// loadRefunds are the refunds of an order, in the order in which they were asked for.
func loadRefunds(ctx context.Context, tx *sql.Tx, o order.Order) (all []order.Refund, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT refund_id, number, amount, reason, state, failure, reference, created, changed, moved
		FROM acquirer_refunds WHERE order_id = $1 ORDER BY position`, string(o.ID))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		f := order.Refund{Amount: order.Money{Currency: o.Total.Currency}}
		var created, changed, moved int64
		if err := rows.Scan(&f.ID, &f.Number, &f.Amount.Amount, &f.Reason, &f.State, &f.Failure, &f.Reference,
			&created, &changed, &moved); err != nil {
			return nil, err
		}
		f.Created, f.Changed, f.Moved = unstamp(created), unstamp(changed), unstamp(moved)
		all = append(all, f)
	}
	return all, rows.Err()
}
