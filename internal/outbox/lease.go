package outbox

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order/store"
)

const selectEarliest = `SELECT ready FROM outbox_jobs WHERE queue = $1 ORDER BY ready LIMIT 1`

// leaseDue takes what nobody else is just taking: where transactions run beside
// each other, skip passes over the jobs that another one has locked.
func leaseDue(skip string) string {
	return `
	UPDATE outbox_jobs SET lease = $1, lease_until = $2, tries = tries + 1
	WHERE queue = $3 AND key IN (
		SELECT key FROM outbox_jobs WHERE queue = $3 AND ready <= $4 ORDER BY ready LIMIT $5 ` + skip + `)
	RETURNING key, tries, generation`
}

// skipLocked is PostgreSQL's; the only writer of SQLite meets nobody.
func skipLocked(s *store.Store) string {
	if s.Dialect() == "postgres" {
		return "FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// earliest returns when a job of the queue can be taken next, and false if the
// queue is empty.
func (q *queue) earliest(ctx context.Context, tx *sql.Tx) (time.Time, bool, error) {
	var ready int64
	err := tx.QueryRowContext(ctx, selectEarliest, q.name).Scan(&ready)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	return time.UnixMicro(ready), err == nil, err
}

// take leases up to limit jobs that are due. The lease has a name that nobody
// had before: a job may be dropped and put again while an old lease lives.
func (q *queue) take(ctx context.Context, tx *sql.Tx, limit int) ([]Task, error) {
	now := q.opts.Now()
	lease := rand.Text()
	rows, err := tx.QueryContext(ctx, leaseDue(skipLocked(q.store)),
		lease, now.Add(q.opts.Lease).UnixMicro(), q.name, now.UnixMicro(), limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tasks []Task
	for rows.Next() {
		task := Task{Queue: q.name, lease: lease}
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
