package clearing

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Denial is a thing that an acquirer asked for and does not have: that
// belongs to another, or that never was. Which of the two is not looked up, so
// that both take the same time and tell the acquirer nothing; and most are
// harmless, such as a question about an order whose placement was lost on its
// way here.
type Denial struct {
	At        time.Time // the first time within the hour, UTC
	Acquirer  string    // who asked
	Operation string    // such as "clearing.Query"
	What      string    // its kind and identifier, such as "order 06b3…"
}

const (
	// maxDenials is how many denials are recorded of one acquirer in one hour,
	// about 15 KB, so that nobody fills the disk by guessing; and, counted apart,
	// how many refusals are logged.
	maxDenials = 100
	// maxDenied is how many denials [Server.Denials] tells at once.
	maxDenied = 1000
)

// denials are those of this hour that are recorded already, so that repeating
// one costs no write. Refusals are counted in one of their own, each by its
// identifier.
type denials struct {
	mu       sync.Mutex
	hour     time.Time
	recorded map[string]map[string]bool // by acquirer, then by operation and what
}

// recordable reports whether a denial is neither recorded nor too much.
func (d *denials) recordable(hour time.Time, acquirer, what string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.hour.Equal(hour) {
		d.hour, d.recorded = hour, map[string]map[string]bool{}
	}
	mine := d.recorded[acquirer]
	return !mine[what] && len(mine) < maxDenials
}

// note remembers a denial, and reports whether it was the last one for the hour.
func (d *denials) note(hour time.Time, acquirer, what string) (last bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.hour.Equal(hour) {
		return false
	}
	if d.recorded[acquirer] == nil {
		d.recorded[acquirer] = map[string]bool{}
	}
	d.recorded[acquirer][what] = true
	return len(d.recorded[acquirer]) == maxDenials
}

// deny records that the acquirer asked for a well-formed thing that it does not
// have. It is called for every operation that answers not_found, after what
// failed and outside of any transaction. The answer stays the same if recording
// fails.
func (d *desk) deny(ctx context.Context, op, what string) {
	now := d.now()
	hour := now.Truncate(time.Hour)
	if !d.denials.recordable(hour, d.acquirer, op+" "+what) {
		return
	}
	// Hanging up must not keep a try out of the record.
	err := d.store.Do(context.WithoutCancel(ctx), func(ctx context.Context, tx *sql.Tx) error {
		if err := d.store.Lock(ctx, tx, "clearing_denials "+d.acquirer); err != nil {
			return err
		}
		return insertDenial(ctx, tx, hour, Denial{now, d.acquirer, op, what})
	})
	if err != nil {
		d.logger.ErrorContext(ctx, "a denial was not recorded", "acquirer", d.acquirer, "op", op, "what", what, "err", err)
		return
	}
	if d.denials.note(hour, d.acquirer, op+" "+what) {
		d.logger.WarnContext(ctx, "an acquirer asks for much that it does not have: no more of it is recorded in this hour", "acquirer", d.acquirer)
	}
}

// insertDenial holds servers that share the store to the limit together.
func insertDenial(ctx context.Context, tx *sql.Tx, hour time.Time, d Denial) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM clearing_denials WHERE acquirer = $1 AND hour = $2`,
		d.Acquirer, hour.UnixMicro()).Scan(&n)
	if err != nil || n >= maxDenials {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO clearing_denials (acquirer, hour, operation, what, at)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, d.Acquirer, hour.UnixMicro(), d.Operation, d.What, d.At.UnixMicro())
	return err
}

// Denials are what the acquirer, or every acquirer for "", asked for since then
// and does not have, the oldest first and at most 1000: for more, ask again
// since the last one. It is for the operator of the gateway, never for an
// acquirer. Of one acquirer at most 100 are recorded in an hour, each once.
func (s *Server) Denials(ctx context.Context, acquirer string, since time.Time) ([]Denial, error) {
	const op = "clearing.Denials"
	var all []Denial
	err := s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		names := []string{acquirer}
		if acquirer == "" {
			if names, err = deniedAcquirers(ctx, tx); err != nil {
				return err
			}
		}
		for _, name := range names {
			denials, err := loadDenials(ctx, tx, name, since)
			if err != nil {
				return err
			}
			all = append(all, denials...)
			slices.SortFunc(all, Denial.compare)
			all = all[:min(len(all), maxDenied)]
		}
		return nil
	})
	return all, s.fail(ctx, op, err)
}

// compare puts the older first.
func (d Denial) compare(e Denial) int {
	return cmp.Or(d.At.Compare(e.At), strings.Compare(d.Acquirer, e.Acquirer), strings.Compare(d.Operation, e.Operation), strings.Compare(d.What, e.What))
}

// deniedAcquirers are those of whom something was denied. It goes from one to the
// next in the index, which begins with them: the table only grows, and there are
// many denials of each.
func deniedAcquirers(ctx context.Context, tx *sql.Tx) (names []string, err error) {
	for last := ""; ; {
		var next sql.NullString
		err := tx.QueryRowContext(ctx, `SELECT MIN(acquirer) FROM clearing_denials WHERE acquirer > $1`, last).Scan(&next)
		if err != nil || !next.Valid {
			return names, err
		}
		last = next.String
		names = append(names, last)
	}
}

// loadDenials are those of one acquirer, the oldest first, at most maxDenied.
func loadDenials(ctx context.Context, tx *sql.Tx, acquirer string, since time.Time) (all []Denial, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT at, operation, what FROM clearing_denials
		WHERE acquirer = $1 AND hour >= $2 AND at >= $3 ORDER BY at, operation, what LIMIT $4`,
		acquirer, since.Truncate(time.Hour).UnixMicro(), since.UnixMicro(), maxDenied)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		d := Denial{Acquirer: acquirer}
		var at int64
		if err := rows.Scan(&at, &d.Operation, &d.What); err != nil {
			return nil, err
		}
		d.At = micro(at)
		all = append(all, d)
	}
	return all, rows.Err()
}
