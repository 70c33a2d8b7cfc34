//go:build unix

package examples_test

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"path/filepath"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// ledgers are those of the two servers, as they stand in their stores.
type ledgers struct{ acquirer, gateway *store.Store }

func (b *besieged) openLedgers(ctx context.Context) (l ledgers, err error) {
	if l.acquirer, err = program.OpenStore(ctx, cmp.Or(b.AcquirerDB, filepath.Join(b.Dir, "acquirer.db"))); err != nil {
		return l, err
	}
	l.gateway, err = program.OpenStore(ctx, cmp.Or(b.GatewayDB, filepath.Join(b.Dir, "gateway.db")))
	if err != nil {
		err = errors.Join(err, l.acquirer.Close())
	}
	return l, err
}

func (l ledgers) close() error { return errors.Join(l.acquirer.Close(), l.gateway.Close()) }

// entry is an order in one of the stores.
type entry struct {
	key     string // the gateway's
	order   order.Order
	state   order.State
	payment string // the attempt that paid
}

// attempted is an attempt in the gateway's store.
type attempted struct {
	state  gateway.AttemptState
	money  bool // the provider has it, or had
	excess bool
}

// each calls f for each row.
func each(ctx context.Context, s *store.Store, query string, f func(scan func(...any) error) error) error {
	return s.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := f(rows.Scan); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

func (l ledgers) attempts(ctx context.Context) (map[string]attempted, error) {
	all := map[string]attempted{}
	err := each(ctx, l.gateway, `SELECT order_key, number, state, money_at > 0, excess FROM clearing_attempts`, func(scan func(...any) error) error {
		var key string
		var number int
		var a attempted
		err := scan(&key, &number, &a.state, &a.money, &a.excess)
		all[attemptID(key, number)] = a
		return err
	})
	return all, err
}

// refunds are how much of attempts' money the gateway holds for given back.
func (l ledgers) refunds(ctx context.Context) (map[string]int64, error) {
	all := map[string]int64{}
	err := each(ctx, l.gateway, `SELECT order_key, attempt, amount FROM clearing_refunds WHERE state = 'succeeded'`, func(scan func(...any) error) error {
		var key string
		var number int
		var amount int64
		err := scan(&key, &number, &amount)
		all[attemptID(key, number)] += amount
		return err
	})
	return all, err
}

// atGateway are the gateway's orders, by the acquirer's ID.
func (l ledgers) atGateway(ctx context.Context) (map[order.ID]entry, error) {
	all := map[order.ID]entry{}
	err := each(ctx, l.gateway, `SELECT order_key, message, state, paid_by FROM clearing_orders`, func(scan func(...any) error) error {
		var e entry
		var message string
		var paidBy int
		if err := scan(&e.key, &message, &e.state, &paidBy); err != nil {
			return err
		}
		if paidBy > 0 {
			e.payment = attemptID(e.key, paidBy)
		}
		err := json.Unmarshal([]byte(message), &e.order)
		all[e.order.ID] = e
		return err
	})
	return all, err
}

func (l ledgers) atAcquirer(ctx context.Context) (map[order.ID]entry, error) {
	all := map[order.ID]entry{}
	err := each(ctx, l.acquirer, `SELECT message, state, payment FROM acquirer_orders`, func(scan func(...any) error) error {
		var e entry
		var message, payment string
		if err := scan(&message, &e.state, &payment); err != nil {
			return err
		}
		if payment != "" {
			var p order.Payment
			if err := json.Unmarshal([]byte(payment), &p); err != nil {
				return err
			}
			e.payment = p.Attempt
		}
		err := json.Unmarshal([]byte(message), &e.order)
		all[e.order.ID] = e
		return err
	})
	return all, err
}

func count(ctx context.Context, s *store.Store, query string) (n int, err error) {
	err = s.View(ctx, func(ctx context.Context, tx *sql.Tx) error { return tx.QueryRowContext(ctx, query).Scan(&n) })
	return n, err
}

// attemptID is the name of an order's attempt.
func attemptID(key string, number int) string {
	const digits = "0123456789abcdefghijklmnopqrstuv"
	return key + digits[number>>5:][:1] + digits[number&31:][:1]
}
