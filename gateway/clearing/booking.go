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
	return merge.Booked(s.paymentBookings(ctx, acquirer, p), s.refundBookings(ctx, acquirer, p))
}

// paymentBookings are the acquirer's payments that were booked in the period.
func (s *Server) paymentBookings(ctx context.Context, acquirer string, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	booked, id := p.From.UnixMicro(), ""
	return s.paged(ctx, "clearing.bookings", func(ctx context.Context, tx *sql.Tx) (page []reconcile.Entry, err error) {
		rows, err := tx.QueryContext(ctx, bookingsQuery, acquirer, booked, id, p.Until.UnixMicro(), pageSize)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var message string
			var moved int64
			e := reconcile.Entry{Kind: reconcile.Payment, State: reconcile.StatePaid}
			if err := rows.Scan(&booked, &id, &message, &e.Component, &e.Reference, &moved); err != nil {
				return nil, err
			}
			e.Attempt, e.Booked, e.Moved = id, micro(booked), micro(moved)
			if err := ordered(&e, message); err != nil {
				return nil, err
			}
			page = append(page, e)
		}
		return page, rows.Err()
	})
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

// refundBookings are the refunds of the acquirer that were booked in the period.
func (s *Server) refundBookings(ctx context.Context, acquirer string, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	booked, id := p.From.UnixMicro(), ""
	return s.paged(ctx, "clearing.bookings", func(ctx context.Context, tx *sql.Tx) (page []reconcile.Entry, err error) {
		rows, err := tx.QueryContext(ctx, refundBookingsQuery, acquirer, booked, id, p.Until.UnixMicro(), pageSize)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			var message string
			var moved int64
			var r refundRow
			if err := rows.Scan(&booked, &id, &message, &r.key, &r.number, &r.attempt, &r.component, &r.amount, &r.reference, &moved); err != nil {
				return nil, err
			}
			r.moved = micro(moved)
			e, err := r.entry(message)
			if err != nil {
				return nil, err
			}
			e.Booked = micro(booked)
			page = append(page, e)
		}
		return page, rows.Err()
	})
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
