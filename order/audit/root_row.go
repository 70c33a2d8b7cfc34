package audit

import (
	"context"
	"database/sql"
	"errors"

	"github.com/anyscan/anyscan/order/store"
)

func (l Log) orders() string  { return l.Name + "_orders" }
func (l Log) entries() string { return l.Name + "_audit" }
func (l Log) roots() string   { return l.Name + "_audit_roots" }
func (l Log) heads() string   { return l.Name + "_audit_heads" }

// A rootRow is a root while it is being made, and afterwards.
type rootRow struct {
	number    int64
	day       string
	upto      string // the last order that is covered, while it is being made
	orders    int64
	heads     string
	complete  bool // every order is covered
	statement string
}

const rootColumns = `number, day, upto, orders, heads, complete, statement`

func (r *rootRow) scan(row interface{ Scan(...any) error }) error {
	var complete number
	err := row.Scan((*number)(&r.number), &r.day, &r.upto, (*number)(&r.orders), &r.heads, &complete, &r.statement)
	r.complete = complete == 1
	return err
}

// latest is the root with the highest number; 0 for none.
func (l Log) latest(ctx context.Context, tx *sql.Tx) (r rootRow, err error) {
	err = r.scan(tx.QueryRowContext(ctx, `SELECT `+rootColumns+` FROM `+l.roots()+` WHERE number > 0 ORDER BY number DESC LIMIT 1`))
	if errors.Is(err, sql.ErrNoRows) {
		return rootRow{}, nil
	}
	return r, err
}

func (l Log) begin(ctx context.Context, tx *sql.Tx, r rootRow) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO `+l.roots()+` (`+rootColumns+`) VALUES ($1, $2, '', 0, '', FALSE, '')`, r.number, r.day)
	return err
}

// statement is that of a root; "" for none.
func (l Log) statement(ctx context.Context, tx *sql.Tx, number int64) (statement string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT statement FROM `+l.roots()+` WHERE number = $1`, number).Scan(&statement)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return statement, err
}

// keep stores the statement of a root that has none.
func (l Log) keep(ctx context.Context, tx *sql.Tx, r Root) (first bool, err error) {
	res, err := tx.ExecContext(ctx, `UPDATE `+l.roots()+` SET statement = $1, upto = '' WHERE number = $2 AND complete AND statement = ''`,
		r.Statement, r.Number)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// atOnce is how many orders a transaction covers: some milliseconds, for which
// others wait where there is one writer.
const atOnce = 200

// A head is an order's latest entry.
type head struct {
	key  string
	seq  int64
	hash string
}

// uncovered finds the next orders that changed since the root before, by the index
// of those.
func (l Log) uncovered() string {
	return `SELECT ` + l.Key + ` FROM ` + l.orders() + ` WHERE audit_root = 0 AND ` + l.Key + ` > $1 ORDER BY ` + l.Key + ` LIMIT $2`
}

// cover adds the next orders to the root. One that changes afterwards is open
// again, and belongs to the next root as well.
func (l Log) cover(ctx context.Context, tx *sql.Tx, r *rootRow) error {
	keys, err := l.next(ctx, tx, r.upto)
	if err != nil {
		return err
	}
	for _, key := range keys {
		h, err := l.close(ctx, tx, r.number, key)
		if err != nil {
			return err
		}
		r.heads, r.upto = l.head(r.heads, h.key, h.seq, h.hash), h.key
	}
	r.orders += int64(len(keys))
	r.complete = len(keys) < atOnce
	_, err = tx.ExecContext(ctx, `UPDATE `+l.roots()+` SET upto = $1, orders = $2, heads = $3, complete = $4 WHERE number = $5`,
		r.upto, r.orders, r.heads, r.complete, r.number)
	return err
}

func (l Log) next(ctx context.Context, tx *sql.Tx, after string) (keys []string, err error) {
	rows, err := tx.QueryContext(ctx, l.uncovered(), after, atOnce)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, rows.Err()
}

// close marks an order as covered and returns the head that it has at that very
// moment, which others may move before and after.
func (l Log) close(ctx context.Context, tx *sql.Tx, root int64, key string) (head, error) {
	h := head{key: key}
	err := tx.QueryRowContext(ctx, `UPDATE `+l.orders()+` SET audit_root = $1 WHERE `+l.Key+` = $2 RETURNING `+l.Seq+`, audit_head`, root, key).
		Scan(&h.seq, &h.hash)
	if err != nil {
		return h, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO `+l.heads()+` (root, `+l.Key+`, seq, hash) VALUES ($1, $2, $3, $4)`, root, key, h.seq, h.hash)
	return h, err
}

// Roots are the statements of the log after the root of that number, the oldest
// first and at most 100: for more, ask again after the last one. Keep them where
// nobody reaches who can write to the database: [Verify] holds the log to them.
func Roots(ctx context.Context, s *store.Store, l Log, after int64) (statements []string, err error) {
	err = s.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		all, err := l.page(ctx, tx, after)
		for _, r := range all {
			if r.statement != "" {
				statements = append(statements, r.statement)
			}
		}
		return err
	})
	return statements, err
}

// page are the roots after one.
func (l Log) page(ctx context.Context, tx *sql.Tx, after int64) (all []rootRow, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+rootColumns+` FROM `+l.roots()+` WHERE number > $1 ORDER BY number LIMIT 100`, after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r rootRow
		if err := r.scan(rows); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}
