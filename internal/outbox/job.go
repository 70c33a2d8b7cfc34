package outbox

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order/store"
)

// A Job is something to be done, once for each queue and key.
type Job struct {
	Queue string    // one of those given to [New]
	Key   string    // what the handler needs to know, for example an order ID
	Owner string    // whose share of the handlers it takes, for example an acquirer; empty has no limit
	Due   time.Time // when; the zero time means now
}

// A Task is a job that was leased to a handler.
type Task struct {
	Queue string
	Key   string
	Try   int // 1 for the first since the last Put

	owner      string // as it was taken
	generation int64  // of the Put that it does
	lease      string // proves that the job is still this task's
}

// ErrLost says that a task is no longer its handler's: its lease ended and
// another took it, or the job was dropped.
var ErrLost = errors.New("outbox: the job is no longer leased to this task")

// ErrPostponed is what a handler returns that did not get to do its job because the
// job's owner cannot be served now, with the time at which to try: nothing failed,
// it does not count as a try, and no other job of that owner starts before in this
// process.
var ErrPostponed = errors.New("outbox: the job waits")

// Put makes a job due as part of tx, in place of an earlier one of the same
// queue and key. Its handler runs after tx has committed, at once if the job is
// due and tx belongs to [store.Store.Do].
func (o *Outbox) Put(ctx context.Context, tx *sql.Tx, job Job) error {
	q, err := o.queue(job.Queue, job.Key)
	if err != nil {
		return err
	}
	due := job.Due
	if due.IsZero() {
		due = o.opts.Now()
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO outbox_jobs (queue, key, owner, generation, due, tries, lease, lease_until)
		VALUES ($1, $2, $3, 1, $4, 0, '', 0)
		ON CONFLICT (queue, key) DO UPDATE
		SET owner = excluded.owner, generation = outbox_jobs.generation + 1, due = excluded.due, tries = 0`,
		job.Queue, job.Key, job.Owner, due.UnixMicro())
	if err != nil {
		return err
	}
	store.AfterCommit(ctx, q.wake)
	return nil
}

// Drop removes a job as part of tx, if there is one. A handler that already
// runs is not stopped, but its Done will fail with [ErrLost]; a job that is put
// again meanwhile may run beside it.
func (o *Outbox) Drop(ctx context.Context, tx *sql.Tx, queue, key string) error {
	if _, err := o.queue(queue, key); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM outbox_jobs WHERE queue = $1 AND key = $2`, queue, key)
	return err
}

// Done removes the task's job as part of tx, so that what the handler writes
// and the end of the job commit together. A job that was put again meanwhile
// stays, and becomes free to run. If the job is no longer this task's, Done
// fails with [ErrLost], and tx must not commit: whoever has it now does the
// same work.
//
// A handler calls Done last, and then returns as done.
func (o *Outbox) Done(ctx context.Context, tx *sql.Tx, task Task) error {
	q, err := o.queue(task.Queue, task.Key)
	if err != nil {
		return err
	}
	return q.done(ctx, tx, task)
}
