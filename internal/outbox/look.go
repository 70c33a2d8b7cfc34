package outbox

import (
	"context"
	"database/sql"
	"time"
)

const selectFirst = `SELECT owner, ready FROM outbox_jobs WHERE queue = $1 ORDER BY ready LIMIT $2`

// selectOwners finds the owners of jobs, and the first job of each: every step
// jumps in the index to the next owner, past all jobs of the one before.
const selectOwners = `
	WITH RECURSIVE owners (owner) AS (
		SELECT (SELECT min(owner) FROM outbox_jobs WHERE queue = $1)
		UNION ALL
		SELECT (SELECT min(owner) FROM outbox_jobs WHERE queue = $1 AND owner > owners.owner)
		FROM owners WHERE owners.owner IS NOT NULL)
	SELECT owner, (SELECT min(ready) FROM outbox_jobs WHERE queue = $1 AND owner = owners.owner)
	FROM owners WHERE owner IS NOT NULL`

// look finds out how many jobs of which owners to take for so many handlers, more
// than none. If there are none, wait is how long that stays so at most, unless a
// job is put or a handler ends.
//
// As a rule there are handlers for all that is due, which the first few jobs show.
// Where there are not, the owners are asked for, each once.
func (q *queue) look(ctx context.Context, tx *sql.Tx, handlers int) (shares map[string]int, wait time.Duration, err error) {
	now := q.opts.Now()
	first, err := q.claims(ctx, tx, selectFirst, q.name, handlers+1)
	if err != nil {
		return nil, 0, err
	}
	due := 0
	for due < len(first) && !first[due].ready.After(now) {
		due++
	}
	if due == 0 {
		wait = q.longest()
		if len(first) > 0 {
			wait = min(wait, first[0].ready.Sub(now))
		}
		return nil, wait, nil
	}
	if due <= handlers {
		if shares, ok := q.owners.fit(first[:due], now); ok {
			return shares, 0, nil
		}
	}
	all, err := q.claims(ctx, tx, selectOwners, q.name)
	if err != nil {
		return nil, 0, err
	}
	shares, wait = q.owners.divide(all, handlers, now, q.longest())
	return shares, wait, nil
}

func (q *queue) claims(ctx context.Context, tx *sql.Tx, query string, args ...any) (all []claim, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var c claim
		var ready int64
		if err := rows.Scan(&c.owner, &ready); err != nil {
			return nil, err
		}
		c.ready = time.UnixMicro(ready)
		all = append(all, c)
	}
	return all, rows.Err()
}
