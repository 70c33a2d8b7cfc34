package clearing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/reconcile"
)

// A fileRow is a clearing file.
type fileRow struct {
	acquirer string
	date     reconcile.Date
	sequence int64
	id       string // of its parts
	entries  int64
	day      reconcile.Period
	made     time.Time // zero while it is being made
}

const fileColumns = `acquirer, business_date, sequence, file_id, entries, begins, until, made`

// loadFile is the acquirer's file of that day, a zero row if there is none.
func loadFile(ctx context.Context, tx *sql.Tx, acquirer string, date reconcile.Date) (fileRow, error) {
	return scanFile(tx.QueryRowContext(ctx, `SELECT `+fileColumns+` FROM clearing_files
		WHERE acquirer = $1 AND business_date = $2`, acquirer, string(date)))
}

// latestFile is the acquirer's last file, a zero row if there is none.
func latestFile(ctx context.Context, tx *sql.Tx, acquirer string) (fileRow, error) {
	return scanFile(tx.QueryRowContext(ctx, `SELECT `+fileColumns+` FROM clearing_files
		WHERE acquirer = $1 ORDER BY business_date DESC LIMIT 1`, acquirer))
}

func scanFile(row *sql.Row) (r fileRow, err error) {
	var begins, until, made int64
	err = row.Scan(&r.acquirer, &r.date, &r.sequence, &r.id, &r.entries, &begins, &until, &made)
	if errors.Is(err, sql.ErrNoRows) {
		return fileRow{}, nil
	}
	r.day, r.made = reconcile.Period{From: micro(begins), Until: micro(until)}, micro(made)
	return r, err
}

// takeFile begins to make a file, in place of whoever has begun before, unless it
// is made.
func (s *Server) takeFile(ctx context.Context, acquirer string, date reconcile.Date, day reconcile.Period) (row fileRow, err error) {
	err = s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.store.Lock(ctx, tx, "clearing_files "+acquirer); err != nil {
			return err
		}
		row, err = latestFile(ctx, tx, acquirer)
		switch {
		case err != nil:
			return err
		case row.id != "" && row.date == date && !row.made.IsZero():
			return nil
		case row.id != "" && row.date == date:
			if err := deleteParts(ctx, tx, row.id); err != nil {
				return err
			}
		case row.id != "" && (!row.day.Until.Equal(day.From) || row.made.IsZero()):
			return fmt.Errorf("clearing: the file of %s, from %v, does not follow the last one of %q, of %s until %v",
				date, day.From, acquirer, row.date, row.day.Until)
		default:
			row.sequence++
		}
		row = fileRow{acquirer: acquirer, date: date, sequence: row.sequence, id: string(order.NewID(s.now())), day: day}
		return row.take(ctx, tx)
	})
	return row, err
}

func (r *fileRow) take(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clearing_files (`+fileColumns+`) VALUES ($1, $2, $3, $4, 0, $5, $6, 0)
		ON CONFLICT (acquirer, business_date) DO UPDATE SET file_id = excluded.file_id`,
		r.acquirer, string(r.date), r.sequence, r.id, r.day.From.UnixMicro(), r.day.Until.UnixMicro())
	return err
}

// finishFile makes the file count, if nobody else has begun to make it since.
func (s *Server) finishFile(ctx context.Context, r fileRow) error {
	return s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return exactlyOne(tx.ExecContext(ctx, `UPDATE clearing_files SET entries = $1, made = $2
			WHERE acquirer = $3 AND business_date = $4 AND file_id = $5 AND made = 0`,
			r.entries, r.made.UnixMicro(), r.acquirer, string(r.date), r.id))
	})
}

func deleteParts(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM clearing_file_parts WHERE file_id = $1`, id)
	return err
}

// loadPart is a part of a file, nil after the last one.
func loadPart(ctx context.Context, tx *sql.Tx, id string, f reconcile.Format, part int) (content []byte, err error) {
	err = tx.QueryRowContext(ctx, `SELECT content FROM clearing_file_parts
		WHERE file_id = $1 AND format = $2 AND part = $3`, id, string(f), part).Scan(&content)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return content, err
}
