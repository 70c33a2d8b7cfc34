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

// books are the sales that this backend has always kept, and what was given back
// of them, in its own tables and with its own SQL.
type books struct{ db *store.Store }

// openBooks brings the tables up to date.
func openBooks(ctx context.Context, db *store.Store) (*books, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return &books{db}, db.Migrate(ctx, "sales", files)
}

// sale is a row. Amounts are in major units.
type sale struct {
	Order     string    `json:"order"`
	Merchant  string    `json:"merchant"`
	Amount    string    `json:"amount"`
	Refunded  string    `json:"refunded,omitempty"` // of it, went back
	Pending   string    `json:"pending,omitempty"`  // of it, was asked for and may yet go back
	Net       string    `json:"net"`                // Amount less Refunded
	Currency  string    `json:"currency"`           // ISO 4217
	Wallet    string    `json:"wallet"`
	Reference string    `json:"reference"` // the wallet's
	At        time.Time `json:"at"`
}

// onChange books an order that was paid, or a refund that changed, in the
// transaction that records it: an error here leaves a notification unacknowledged,
// and the gateway tells it again. Every other change leaves the books alone.
func (*books) onChange(ctx context.Context, tx *sql.Tx, c acquirer.Change) error {
	switch {
	case c.Refund != nil: // of an order that is paid, and has been booked
		return bookRefund(ctx, tx, c.Order.ID, *c.Refund)
	case c.State != order.StatePaid || c.Payment == nil:
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
		rows, err := tx.QueryContext(ctx, salesQuery, shown)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			s, err := scanSale(rows)
			if err != nil {
				return err
			}
			sales = append(sales, s)
		}
		return rows.Err()
	})
	return sales, err
}

func scanSale(rows *sql.Rows) (s sale, err error) {
	var paid, refunded, pending, at int64
	err = rows.Scan(&s.Order, &s.Merchant, &paid, &s.Currency, &s.Wallet, &s.Reference, &at, &refunded, &pending)
	decimal := func(n int64) string { return order.Money{Amount: n, Currency: s.Currency}.Decimal() }
	s.Amount, s.Net, s.At = decimal(paid), decimal(paid-refunded), time.UnixMicro(at).UTC()
	if refunded > 0 {
		s.Refunded = decimal(refunded)
	}
	if pending > 0 {
		s.Pending = decimal(pending)
	}
	return s, err
}
