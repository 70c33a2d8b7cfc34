package clearing

import (
	"context"
	"database/sql"
	"iter"

	"github.com/anyscan/anyscan/internal/merge"
	"github.com/anyscan/anyscan/order/reconcile"
)

// pageSize is how many entries are read in one view, so that none is long.
const pageSize = 500

// book notes that the attempt's money is owed to the acquirer, for the clearing
// file of the day.
func (c *change) book(ctx context.Context, a *attemptRow) error {
	_, err := c.tx.ExecContext(ctx, `INSERT INTO clearing_bookings (acquirer, booked, id, order_key, number)
		VALUES ($1, $2, $3, $4, $5)`, c.order.acquirer, c.now.UnixMicro(), a.id(), string(a.key), a.number)
	return err
}

// A pager reads the next entries after the last one that it gave; none is the end.
type pager func(ctx context.Context, tx *sql.Tx) ([]reconcile.Entry, error)

// paged gives the entries of all pages, each read in a view of its own.
func (s *Server) paged(ctx context.Context, op string, next pager) iter.Seq2[reconcile.Entry, error] {
	return func(yield func(reconcile.Entry, error) bool) {
		for {
			var page []reconcile.Entry
			err := s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
				page, err = next(ctx, tx)
				return err
			})
			if err != nil {
				yield(reconcile.Entry{}, s.fail(ctx, op, err))
				return
			}
			for _, e := range page {
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

// bookings are what was booked for the acquirer in the period, as its file has it
// but without fees.
func (s *Server) bookings(ctx context.Context, acquirer string, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	return merge.Booked(s.rowsBooked(ctx, acquirer, p, bookingsQuery, scanPayment), s.rowsBooked(ctx, acquirer, p, refundBookingsQuery, scanBookedRefund))
}

// rowsBooked are the entries that scan makes of a query's rows: those of the acquirer
// in the period, after the last one that was read.
func (s *Server) rowsBooked(ctx context.Context, acquirer string, p reconcile.Period, query string, scan func(*sql.Rows) (reconcile.Entry, error)) iter.Seq2[reconcile.Entry, error] {
	booked, id := p.From.UnixMicro(), ""
	return s.paged(ctx, "clearing.bookings", func(ctx context.Context, tx *sql.Tx) (page []reconcile.Entry, err error) {
		rows, err := tx.QueryContext(ctx, query, acquirer, booked, id, p.Until.UnixMicro(), pageSize)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			e, err := scan(rows)
			if err != nil {
				return nil, err
			}
			booked, id = e.Booked.UnixMicro(), e.ID()
			page = append(page, e)
		}
		return page, rows.Err()
	})
}

// scanPayment reads a payment that was booked.
func scanPayment(rows *sql.Rows) (reconcile.Entry, error) {
	var message string
	var booked, moved int64
	e := reconcile.Entry{Kind: reconcile.Payment, State: reconcile.StatePaid}
	if err := rows.Scan(&booked, &e.Attempt, &message, &e.Component, &e.Reference, &moved); err != nil {
		return e, err
	}
	e.Booked, e.Moved = micro(booked), micro(moved)
	return e, ordered(&e, message)
}

const bookingsQuery = `SELECT b.booked, b.id, o.message, a.component, a.reference, a.money_at
	FROM clearing_bookings b
	JOIN clearing_orders o ON o.order_key = b.order_key
	JOIN clearing_attempts a ON a.order_key = b.order_key AND a.number = b.number
	WHERE b.acquirer = $1 AND (b.booked, b.id) > ($2, $3) AND b.booked < $4
	ORDER BY b.booked, b.id LIMIT $5`

// bookRefund notes that the acquirer owes the refund.
func (c *change) bookRefund(ctx context.Context, r *refundRow) error {
	_, err := c.tx.ExecContext(ctx, `INSERT INTO clearing_refund_bookings (acquirer, booked, id, order_key, number)
		VALUES ($1, $2, $3, $4, $5)`, c.order.acquirer, c.now.UnixMicro(), r.id(), string(r.key), r.number)
	return err
}

// scanBookedRefund reads a refund that was booked.
func scanBookedRefund(rows *sql.Rows) (reconcile.Entry, error) {
	var id, message string
	var booked, moved int64
	var r refundRow
	if err := rows.Scan(&booked, &id, &message, &r.key, &r.number, &r.attempt, &r.component, &r.amount, &r.reference, &moved); err != nil {
		return reconcile.Entry{}, err
	}
	r.moved = micro(moved)
	e, err := r.entry(message)
	e.Booked = micro(booked)
	return e, err
}

const refundBookingsQuery = `SELECT b.booked, b.id, o.message, r.order_key, r.number, r.attempt, r.component, r.amount, r.reference, r.moved
	FROM clearing_refund_bookings b
	JOIN clearing_orders o ON o.order_key = b.order_key
	JOIN clearing_refunds r ON r.order_key = b.order_key AND r.number = b.number
	WHERE b.acquirer = $1 AND (b.booked, b.id) > ($2, $3) AND b.booked < $4
	ORDER BY b.booked, b.id LIMIT $5`

// ordered fills in what the order says of an entry.
func ordered(e *reconcile.Entry, message string) error {
	o, err := placed(message)
	if err != nil {
		return err
	}
	e.Order, e.Merchant, e.Currency, e.Gross = o.ID, o.Merchant, o.Total.Currency, o.Total.Amount
	return nil
}
