package acquirer

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
)

// Records are the server's orders, for reconcile.MatchFile with the clearing
// institution's file of a day: the payments of that day, by when the gateway decided
// them, however late the server heard of it. An order that the file has and that is
// not paid here is a break in its state, or pending if the server may yet hear of it.
//
// Errors that come out of a match are *order.Error with [order.CodeUnavailable].
func (s *Server) Records() reconcile.Records { return records{s} }

type records struct{ s *Server }

// Key is the order, which is paid once, or the refund.
func (records) Key(e reconcile.Entry) string {
	if e.Kind == reconcile.Refund {
		return e.Refund
	}
	return string(e.Order)
}

// pageSize is how many orders are read in one view, so that none is long.
const pageSize = 500

// Entries are the payments of a period, read in pages.
func (r records) Entries(ctx context.Context, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	return func(yield func(reconcile.Entry, error) bool) {
		booked, id := p.From.UnixMicro(), ""
		for {
			var page []reconcile.Entry
			err := r.s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
				page, err = paidOrders(ctx, tx, booked, id, p.Until.UnixMicro())
				return err
			})
			if err != nil {
				yield(reconcile.Entry{}, r.s.fail(ctx, "acquirer.Records", err))
				return
			}
			for _, e := range page {
				booked, id = e.Booked.UnixMicro(), string(e.Order)
				if !yield(e, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
		}
	}
}

const paidQuery = `SELECT message, state, booked, payment FROM acquirer_orders
	WHERE booked > 0 AND (booked, order_id) > ($1, $2) AND booked < $3
	ORDER BY booked, order_id LIMIT $4`

// paidOrders are the payments that follow one, until the end of the period.
func paidOrders(ctx context.Context, tx *sql.Tx, booked int64, id string, until int64) (page []reconcile.Entry, err error) {
	rows, err := tx.QueryContext(ctx, paidQuery, booked, id, until, pageSize)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, e)
	}
	return page, rows.Err()
}

// scanEntry reads an order as an entry, which has no times while it is not paid.
func scanEntry(row interface{ Scan(...any) error }) (e reconcile.Entry, err error) {
	var message, payment string
	var booked int64
	if err := row.Scan(&message, &e.State, &booked, &payment); err != nil {
		return e, err
	}
	var o order.Order
	if err := json.Unmarshal([]byte(message), &o); err != nil {
		return e, err
	}
	e.Kind, e.Order, e.Merchant, e.Gross, e.Currency = reconcile.Payment, o.ID, o.Merchant, o.Total.Amount, o.Total.Currency
	if booked == 0 {
		return e, nil
	}
	var p order.Payment
	err = json.Unmarshal([]byte(payment), &p)
	e.Attempt, e.Component, e.Reference = p.Attempt, p.Component, p.Reference
	e.State, e.Booked, e.Moved = reconcile.StatePaid, time.UnixMicro(booked).UTC(), p.At.UTC()
	return e, err
}

// Find is the order that an entry of the file is about.
func (r records) Find(ctx context.Context, there reconcile.Entry) (here reconcile.Entry, found bool, err error) {
	if there.Kind != reconcile.Payment {
		return here, false, nil
	}
	err = r.s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		here, err = scanEntry(tx.QueryRowContext(ctx, `SELECT message, state, booked, payment FROM acquirer_orders
			WHERE order_id = $1`, string(there.Order)))
		if found = err == nil; errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return here, found, r.s.fail(ctx, "acquirer.Records", err)
}

// noteBooked keeps when the gateway decided that an order is paid.
func noteBooked(ctx context.Context, tx *sql.Tx, r record) error {
	_, err := tx.ExecContext(ctx, `UPDATE acquirer_orders SET booked = $1 WHERE order_id = $2`,
		r.changed.UnixMicro(), string(r.order.ID))
	return err
}
