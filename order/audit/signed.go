package audit

import (
	"context"
	"database/sql"
	"fmt"
	"math"
)

// signed walks through all roots and the heads that each is over.
func (v *verification) signed(ctx context.Context) error {
	kept := v.kept()
	var before rootRow
	for after, last := int64(math.MinInt64), false; !last; {
		from := after
		var page []rootRow
		err := v.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
			page, err = v.page(ctx, tx, after)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range page {
			after = max(after, r.number)
			if r.number < 1 {
				v.report.add(Finding{Problem: Added, Root: r.number, Detail: "roots count from 1"})
				continue
			}
			if err := v.root(ctx, before, r, kept[r.number]); err != nil {
				return err
			}
			delete(kept, r.number)
			before = r
		}
		last = after == from
	}
	for number := range kept {
		v.report.add(Finding{Problem: Removed, Root: number, Detail: "is kept elsewhere and gone here"})
	}
	return v.stray(ctx, before.number)
}

// kept are the statements from elsewhere, by the number of their root.
func (v *verification) kept() map[int64]string {
	all := map[int64]string{}
	for _, statement := range v.trust.Statements {
		r, err := ParseRoot(statement, v.trust.Keys...)
		switch {
		case err != nil:
			v.report.add(Finding{Problem: Forged, Detail: "of those kept elsewhere: " + err.Error()})
		case r.Log != v.Name:
			v.report.add(Finding{Problem: Forged, Root: r.Number, Detail: fmt.Sprintf("of those kept elsewhere: is of the log %.40q: want %s", r.Log, v.Name)})
		case all[r.Number] != "" && all[r.Number] != statement:
			v.report.add(Finding{Problem: Forged, Root: r.Number, Detail: "two statements of it are kept elsewhere"})
		default:
			all[r.Number] = statement
		}
	}
	return all
}

// root compares one root with the one before it, with what was kept of it, and
// with the heads and histories below it.
func (v *verification) root(ctx context.Context, before, r rootRow, kept string) error {
	v.report.Roots++
	found := func(p Problem, format string, args ...any) {
		v.report.add(Finding{Problem: p, Root: r.number, Detail: fmt.Sprintf(format, args...)})
	}
	if want := before.number + 1; r.number > want {
		v.report.add(Finding{Problem: Removed, Root: want, Detail: fmt.Sprintf("is gone: root %d follows root %d", r.number, before.number)})
	}
	orders, heads, err := v.covered(ctx, r.number)
	if err != nil {
		return err
	}
	if r.statement == "" {
		found(Unsigned, "it is being made, or its signature was removed")
		return nil
	}
	signed, err := ParseRoot(r.statement, v.trust.Keys...)
	if err != nil {
		found(Forged, "%v", err)
		return nil
	}
	want := signed
	want.Log, want.Number, want.Day, want.Orders, want.Heads, want.Previous = v.Name, r.number, r.day, orders, heads, digest(before.statement)
	switch {
	case kept != "" && kept != r.statement:
		found(Forged, "another statement of it is kept elsewhere")
	case signed != want:
		found(Forged, "what was signed is %+v, what is here is %+v", brief(signed), brief(want))
	case orders != r.orders || heads != r.heads || r.day <= before.day || !r.complete || r.upto != "":
		found(Forged, "its row is not as it was left: %d orders with heads %.64q, day %.20q after %.20q, complete %t, up to %.40q",
			r.orders, r.heads, r.day, before.day, r.complete, r.upto)
	default:
		v.report.Day = r.day
	}
	return nil
}

// brief is a root without what is long.
func brief(r Root) Root {
	r.Statement = ""
	return r
}

const headsAtOnce = 500

func (l Log) headsSQL() string {
	return `SELECT h.` + l.Key + `, h.seq, h.hash, e.hash, o.` + l.Seq + `, o.audit_root FROM ` + l.heads() + ` h
		LEFT JOIN ` + l.entries() + ` e ON e.` + l.Key + ` = h.` + l.Key + ` AND e.seq = h.seq
		LEFT JOIN ` + l.orders() + ` o ON o.` + l.Key + ` = h.` + l.Key + `
		WHERE h.root = $1 AND h.` + l.Key + ` > $2 ORDER BY h.` + l.Key + ` LIMIT $3`
}

// covered walks through the heads that a root is over.
func (v *verification) covered(ctx context.Context, root int64) (orders int64, heads string, err error) {
	for after, n := "", headsAtOnce; n == headsAtOnce; {
		from := after
		err := v.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
			rows, err := tx.QueryContext(ctx, v.headsSQL(), root, after, headsAtOnce)
			if err != nil {
				return err
			}
			defer rows.Close()
			for n = 0; rows.Next(); n++ {
				var h coveredHead
				if err := rows.Scan(&h.key, (*number)(&h.seq), &h.hash, &h.entry, &h.latest, &h.root); err != nil {
					return err
				}
				v.coveredHead(root, h)
				heads, after = v.head(heads, h.key, h.seq, h.hash), h.key
			}
			return rows.Err()
		})
		if err != nil {
			return 0, "", err
		}
		if n == headsAtOnce && after == from {
			return 0, "", fmt.Errorf("audit: %s: the orders after %.64q have keys that are not text", v.heads(), after)
		}
		orders += int64(n)
	}
	return orders, heads, nil
}

// A coveredHead is one that a root is over, with what is there of it now.
type coveredHead struct {
	head
	entry  sql.NullString   // the hash of that entry
	latest sql.Null[number] // the order's latest entry
	root   sql.Null[number] // the latest root that covers the order, by its row
}

func (v *verification) coveredHead(root int64, h coveredHead) {
	found := func(p Problem, format string, args ...any) {
		v.report.add(Finding{Problem: p, Order: h.key, Entry: h.seq, Root: root, Detail: fmt.Sprintf(format, args...)})
	}
	switch {
	case !h.latest.Valid:
		found(Removed, "the order is gone, which the root covers")
	case !h.entry.Valid:
		found(Removed, "is gone, which the root covers")
	case h.entry.String != h.hash:
		found(Changed, "has the hash %.64q, and the root covers one with %.64q", h.entry.String, h.hash)
	case h.root.V == 0 && int64(h.latest.V) <= h.seq:
		found(Mismatch, "the order's row says that it changed since, and it did not")
	case h.root.V != 0 && int64(h.root.V) < root:
		found(Mismatch, "the order's row says that root %d is the latest that covers it", h.root.V)
	}
}

// stray finds heads of roots that are not there, beside those whose gap was told.
func (v *verification) stray(ctx context.Context, last int64) error {
	return v.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT MIN(root) FROM `+v.heads()+` WHERE root < 1
			UNION ALL SELECT MIN(root) FROM `+v.heads()+` WHERE root > $1`, last)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var root sql.NullInt64
			if err := rows.Scan(&root); err != nil {
				return err
			}
			if root.Valid {
				v.report.add(Finding{Problem: Removed, Root: root.Int64, Detail: "is gone, and orders that it covers are there"})
			}
		}
		return rows.Err()
	})
}
