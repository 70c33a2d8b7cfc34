package main

import (
	"context"
	"database/sql"
	"embed"
	"io/fs"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// books are the sales that this backend has always kept, in its own table and
// with its own SQL.
type books struct{ db *store.Store }

// openBooks brings the table up to date.
func openBooks(ctx context.Context, db *store.Store) (*books, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return &books{db}, db.Migrate(ctx, "sales", files)
}

// sale is a row.
type sale struct {
	Order     string    `json:"order"`
	Merchant  string    `json:"merchant"`
	Amount    string    `json:"amount"`   // in major units
	Currency  string    `json:"currency"` // ISO 4217
	Wallet    string    `json:"wallet"`
	Reference string    `json:"reference"` // the wallet's
	At        time.Time `json:"at"`
}

// onChange books an order that was paid, in the transaction that records it: an
// error here leaves the notification unacknowledged, and the gateway tells it
// again. Every other change leaves the books alone, that of a refund among them: its
// order is paid, and has been booked.
func (*books) onChange(ctx context.Context, tx *sql.Tx, c acquirer.Change) error {
	if c.State != order.StatePaid || c.Payment == nil || c.Refund != nil {
		return nil
	}
	p := c.Payment
	_, err := tx.ExecContext(ctx, `INSERT INTO sales (order_id, merchant, amount, currency, wallet, reference, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		string(c.Order.ID), c.Order.Merchant, p.Amount.Amount, p.Amount.Currency, p.Component, p.Reference, p.At.UnixMicro())
	return err
}

// shown is how many sales a page has.
const shown = 100

// latest are the last sales, the newest first.
func (b *books) latest(ctx context.Context) (sales []sale, err error) {
	err = b.db.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT order_id, merchant, amount, currency, wallet, reference, at
			FROM sales ORDER BY at DESC, order_id DESC LIMIT $1`, shown)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s sale
			var m order.Money
			var at int64
			if err := rows.Scan(&s.Order, &s.Merchant, &m.Amount, &m.Currency, &s.Wallet, &s.Reference, &at); err != nil {
				return err
			}
			s.Amount, s.Currency, s.At = m.Decimal(), m.Currency, time.UnixMicro(at).UTC()
			sales = append(sales, s)
		}
		return rows.Err()
	})
	return sales, err
}
