package outbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"time"

	"github.com/anyscan/anyscan/order/store"
)

const selectDue = `SELECT key FROM outbox_jobs WHERE queue = $3 AND owner = $4 AND ready <= $5 ORDER BY ready LIMIT $6`

// leaseDue takes what nobody else is just taking: PostgreSQL, where transactions run
// beside each other, passes over the jobs that another one has locked; the only
// writer of SQLite meets nobody. PostgreSQL makes a list of the keys, since it might
// look for them in the whole table otherwise, thinking that they are many.
func leaseDue(s *store.Store) string {
	due := `IN (` + selectDue + `)`
	if s.Dialect() == "postgres" {
		due = `= ANY (ARRAY(` + selectDue + ` FOR UPDATE SKIP LOCKED))`
	}
	return `UPDATE outbox_jobs SET lease = $1, lease_until = $2, tries = tries + 1
		WHERE queue = $3 AND key ` + due + ` RETURNING key, tries, generation`
}

// take leases jobs that are due, up to so many of each owner. The lease has a name
// that nobody had before: a job may be dropped and put again while an old lease
// lives.
func (q *queue) take(ctx context.Context, tx *sql.Tx, shares map[string]int) (tasks []Task, err error) {
	lease, now := rand.Text(), q.opts.Now()
	for owner, share := range shares {
		some, err := q.takeOf(ctx, tx, Task{Queue: q.name, owner: owner, lease: lease}, share, now)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, some...)
	}
	return tasks, nil
}

// takeOf leases up to limit jobs of one owner, which become tasks like the one
// given.
func (q *queue) takeOf(ctx context.Context, tx *sql.Tx, task Task, limit int, now time.Time) (tasks []Task, err error) {
	rows, err := tx.QueryContext(ctx, leaseDue(q.store),
		task.lease, now.Add(q.opts.Lease).UnixMicro(), q.name, task.owner, now.UnixMicro(), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&task.Key, &task.Try, &task.generation); err != nil {
			return nil, err
		}
		tasks = append(tasks, task)
	}
	return tasks, rows.Err()
}

// renew extends the task's lease, if it still has one.
func (q *queue) renew(ctx context.Context, tx *sql.Tx, task Task) error {
	_, err := tx.ExecContext(ctx,
		`UPDATE outbox_jobs SET lease_until = $1 WHERE queue = $2 AND key = $3 AND lease = $4`,
		q.opts.Now().Add(q.opts.Lease).UnixMicro(), task.Queue, task.Key, task.lease)
	return err
}

// done removes the job, or frees it if it was put again.
func (q *queue) done(ctx context.Context, tx *sql.Tx, task Task) error {
	ok, err := changed(tx.ExecContext(ctx,
		`DELETE FROM outbox_jobs WHERE queue = $1 AND key = $2 AND lease = $3 AND generation = $4`,
		task.Queue, task.Key, task.lease, task.generation))
	if ok || err != nil {
		return err
	}
	return q.free(ctx, tx, task)
}

// again makes the job due at a later time, or frees it if it was put again.
func (q *queue) again(ctx context.Context, tx *sql.Tx, task Task, due time.Time) error {
	ok, err := changed(tx.ExecContext(ctx, `
		UPDATE outbox_jobs SET lease = '', lease_until = 0, due = $1
		WHERE queue = $2 AND key = $3 AND lease = $4 AND generation = $5`,
		due.UnixMicro(), task.Queue, task.Key, task.lease, task.generation))
	if ok || err != nil {
		return err
	}
	return q.free(ctx, tx, task)
}

// postpone gives the job back as it was before it was taken, due at a later time.
func (q *queue) postpone(ctx context.Context, tx *sql.Tx, task Task, due time.Time) error {
	ok, err := changed(tx.ExecContext(ctx, `
		UPDATE outbox_jobs SET lease = '', lease_until = 0, due = $1, tries = tries - 1
		WHERE queue = $2 AND key = $3 AND lease = $4 AND generation = $5`,
		due.UnixMicro(), task.Queue, task.Key, task.lease, task.generation))
	if ok || err != nil {
		return err
	}
	return q.free(ctx, tx, task)
}

// giveBack leaves the job as it was before it was taken, or frees it if it was
// put again.
func (q *queue) giveBack(ctx context.Context, tx *sql.Tx, task Task) error {
	ok, err := changed(tx.ExecContext(ctx, `
		UPDATE outbox_jobs SET lease = '', lease_until = 0, tries = tries - 1
		WHERE queue = $1 AND key = $2 AND lease = $3 AND generation = $4`,
		task.Queue, task.Key, task.lease, task.generation))
	if ok || err != nil {
		return err
	}
	return q.free(ctx, tx, task)
}

// free ends the lease of a job that was put again while the task had it.
func (q *queue) free(ctx context.Context, tx *sql.Tx, task Task) error {
	ok, err := changed(tx.ExecContext(ctx,
		`UPDATE outbox_jobs SET lease = '', lease_until = 0 WHERE queue = $1 AND key = $2 AND lease = $3`,
		task.Queue, task.Key, task.lease))
	if err == nil && !ok {
		err = ErrLost
	}
	return err
}

// changed reports whether a statement found its row.
func changed(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
