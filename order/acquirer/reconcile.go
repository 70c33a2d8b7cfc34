package acquirer

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"iter"
	"time"

	"github.com/anyscan/anyscan/internal/merge"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
)

// Records are the server's orders, for reconcile.MatchFile with the clearing
// institution's file of a day: the payments and refunds of that day, by when the
// gateway decided them, however late the server heard of it. An order that the file
// has and that is not paid here, or a refund that has not succeeded here, is a break
// in its state, or pending if the server may yet hear of it. Money that the gateway
// gave back by itself is not among them: the server has not asked for it.
//
// Errors that come out of a match are *order.Error with [order.CodeUnavailable].
func (s *Server) Records() reconcile.Records { return records{s} }

type records struct{ s *Server }

// Key is the order, which is paid once, or the refund's number at the gateway.
func (records) Key(e reconcile.Entry) string {
	if e.Kind == reconcile.Refund {
		return e.Refund
	}
	return string(e.Order)
}

// pageSize is how many entries are read in one view, so that none is long.
const pageSize = 500

// Entries are the payments and refunds of a period, read in pages.
func (r records) Entries(ctx context.Context, p reconcile.Period) iter.Seq2[reconcile.Entry, error] {
	return merge.Booked(r.paged(ctx, p, paidOrders), r.paged(ctx, p, bookedRefunds))
}

// A pager reads the entries that follow one, until the end of a period.
type pager func(ctx context.Context, tx *sql.Tx, last reconcile.Entry, until int64) ([]reconcile.Entry, error)

func (r records) paged(ctx context.Context, p reconcile.Period, read pager) iter.Seq2[reconcile.Entry, error] {
	return func(yield func(reconcile.Entry, error) bool) {
		last := reconcile.Entry{Booked: p.From}
		for {
			var page []reconcile.Entry
			err := r.s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
				page, err = read(ctx, tx, last, p.Until.UnixMicro())
				return err
			})
			if err != nil {
				yield(reconcile.Entry{}, r.s.fail(ctx, "acquirer.Records", err))
				return
			}
			for _, e := range page {
				last = e
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

// paidOrders is the pager of payments.
func paidOrders(ctx context.Context, tx *sql.Tx, last reconcile.Entry, until int64) ([]reconcile.Entry, error) {
	rows, err := tx.QueryContext(ctx, paidQuery, last.Booked.UnixMicro(), string(last.Order), until, pageSize)
	return entries(rows, err, scanEntry)
}

// entries reads what a query gave.
func entries(rows *sql.Rows, err error, scan func(scanner) (reconcile.Entry, error)) (page []reconcile.Entry, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		e, err := scan(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, e)
	}
	return page, rows.Err()
}

// A scanner is a row.
type scanner interface{ Scan(...any) error }

// scanEntry reads an order as an entry, which has no times while it is not paid.
func scanEntry(row scanner) (e reconcile.Entry, err error) {
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

// Find is the order, or the refund, that an entry of the file is about.
func (r records) Find(ctx context.Context, there reconcile.Entry) (here reconcile.Entry, found bool, err error) {
	find := findPaid
	if there.Kind == reconcile.Refund {
		find = findRefund
	}
	err = r.s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		here, err = find(ctx, tx, there)
		if found = err == nil; errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return here, found, r.s.fail(ctx, "acquirer.Records", err)
}

func findPaid(ctx context.Context, tx *sql.Tx, there reconcile.Entry) (reconcile.Entry, error) {
	return scanEntry(tx.QueryRowContext(ctx, `SELECT message, state, booked, payment FROM acquirer_orders
		WHERE order_id = $1`, string(there.Order)))
}

// noteBooked keeps when the gateway decided that an order is paid. One that does not
// say so has told of no refund, with which Changed would have moved on.
func noteBooked(ctx context.Context, tx *sql.Tx, r record) error {
	at := r.payment.Booked
	if at.IsZero() {
		at = r.changed
	}
	_, err := tx.ExecContext(ctx, `UPDATE acquirer_orders SET booked = $1 WHERE order_id = $2`,
		at.UnixMicro(), string(r.order.ID))
	return err
}
