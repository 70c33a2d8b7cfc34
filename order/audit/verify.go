package audit

import (
	"context"
	"crypto"
	"database/sql"
	"fmt"
	"math"
	"strings"

	"github.com/anyscan/anyscan/order/store"
)

// Trust is what a log is held to.
type Trust struct {
	// Keys are those that signed roots, Ed25519 all of them. A root by any other
	// key is forged.
	Keys []crypto.PublicKey
	// Statements are of roots that were kept elsewhere: each must be in the log as
	// it is here. They find what a key or the whole database in the wrong hands can
	// hide. Default: none.
	Statements []string
}

// Verify reads a whole log and reports whatever is not as it was written: a
// removed, changed, added or exchanged entry, a removed order, an order whose row
// says something else than its history, a root that is not what was signed. It
// needs the store alone, and may run beside the servers on it or on a copy.
//
// What was changed since the latest root, by somebody who made every hash anew,
// is found by nobody: roots are made each day, and count when a copy of them is
// elsewhere.
//
// It holds some hundred rows at a time and no lock. The error is the store's, or
// tells a key that is not Ed25519.
func Verify(ctx context.Context, s *store.Store, l Log, t Trust) (Report, error) {
	for _, key := range t.Keys {
		if _, err := keyID(key); err != nil {
			return Report{}, err
		}
	}
	v := &verification{Log: l, store: s, trust: t}
	err := v.histories(ctx)
	if err == nil {
		err = v.signed(ctx)
	}
	return v.report, err
}

type verification struct {
	Log
	store  *store.Store
	trust  Trust
	report Report
}

// orderHead is what an order's row says of its history.
type orderHead struct {
	head
	state   string
	root    int64            // the latest that covers it, 0 for one that is open, None for no chain
	covered sql.Null[number] // the entry that this root has for it
}

// ordersAtOnce is how many orders and their entries are read from one snapshot:
// an order and its history are compared as of one moment.
const ordersAtOnce = 200

// histories walks through all orders and their entries.
func (v *verification) histories(ctx context.Context) error {
	for after, last := "", false; !last; {
		err := v.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
			orders, err := v.orderPage(ctx, tx, after)
			if err != nil {
				return err
			}
			upto := ""
			if last = len(orders) < ordersAtOnce; !last {
				upto = orders[len(orders)-1].key
			}
			if !last && upto == after {
				return fmt.Errorf("audit: %s: the orders after %.64q have keys that are not text", v.orders(), after)
			}
			err = v.entriesOf(ctx, tx, orders, after, upto)
			after = upto
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (l Log) ordersSQL() string {
	return `SELECT o.` + l.Key + `, o.state, o.` + l.Seq + `, o.audit_head, o.audit_root, h.seq FROM ` + l.orders() + ` o
		LEFT JOIN ` + l.heads() + ` h ON h.root = o.audit_root AND h.` + l.Key + ` = o.` + l.Key + `
		WHERE o.` + l.Key + ` > $1 ORDER BY o.` + l.Key + ` LIMIT $2`
}

func (v *verification) orderPage(ctx context.Context, tx *sql.Tx, after string) (all []orderHead, err error) {
	rows, err := tx.QueryContext(ctx, v.ordersSQL(), after, ordersAtOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var o orderHead
		if err := rows.Scan(&o.key, &o.state, (*number)(&o.seq), &o.hash, (*number)(&o.root), &o.covered); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	v.report.Orders += int64(len(all))
	return all, rows.Err()
}

func (l Log) entriesSQL(bounded bool) string {
	upto := ``
	if bounded {
		upto = ` AND ` + l.Key + ` <= $2`
	}
	return `SELECT ` + l.Key + `, seq, hash, ` + strings.Join(l.Content, ", ") + ` FROM ` + l.entries() + `
		WHERE ` + l.Key + ` > $1` + upto + ` ORDER BY ` + l.Key + `, seq`
}

// entriesOf reads the entries after one order, up to another or to the end, which
// should be those of the orders.
func (v *verification) entriesOf(ctx context.Context, tx *sql.Tx, orders []orderHead, after, upto string) error {
	args := []any{after}
	if upto != "" {
		args = append(args, upto)
	}
	rows, err := tx.QueryContext(ctx, v.entriesSQL(upto != ""), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	left := make(map[string]orderHead, len(orders))
	for _, o := range orders {
		left[o.key] = o
	}
	var h *history
	for rows.Next() {
		e, err := v.scanEntry(rows)
		if err != nil {
			return err
		}
		if h == nil || h.key != e.key {
			h.end()
			o, known := left[e.key]
			delete(left, e.key)
			h = &history{v: v, key: e.key, order: o, known: known}
		}
		h.next(e)
	}
	h.end()
	for _, o := range orders {
		if _, none := left[o.key]; none {
			v.report.add(Finding{Problem: Removed, Order: o.key, Detail: fmt.Sprintf("its history is gone, entries 1 to %d", o.seq)})
		}
	}
	return rows.Err()
}

// An entry is one row of a history.
type entry struct {
	head
	content []string // as the hash takes it
	state   string   // that the order has by it, "" if it is not about the order
}

func (v *verification) scanEntry(rows *sql.Rows) (e entry, err error) {
	values := make([]any, len(v.Content))
	into := []any{&e.key, (*number)(&e.seq), &e.hash}
	for i := range values {
		into = append(into, &values[i])
	}
	if err := rows.Scan(into...); err != nil {
		return e, err
	}
	about, state := "", ""
	for i, value := range values {
		text := textOf(value)
		e.content = append(e.content, text)
		switch v.Content[i] {
		case "what":
			about = text
		case "to_state":
			state = text
		}
	}
	if about == "order" {
		e.state = state
	}
	return e, nil
}

// A number is a column of whole numbers. Where the database takes other things
// too, as SQLite does, those are the lowest number, which nothing is.
type number int64

// Scan implements [sql.Scanner].
func (n *number) Scan(value any) error {
	switch value := value.(type) {
	case int64:
		*n = number(value)
	case bool:
		*n = 0
		if value {
			*n = 1
		}
	default:
		*n = math.MinInt64
	}
	return nil
}

// textOf is a column as the hash takes it. What the column was not made for does
// not look like what it was made for.
func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case []byte:
		return string(value)
	}
	return fmt.Sprint(value)
}
