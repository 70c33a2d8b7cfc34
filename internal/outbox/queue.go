package outbox

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/anyscan/anyscan/order/store"
)

const (
	maxSleep  = time.Minute           // even a queue that waits for nothing looks this often
	maxAlone  = time.Second           // where other processes may have put what they cannot do
	errorWait = time.Second           // after a failing database
	takenWait = 10 * time.Millisecond // where another process was quicker
)

// A queue runs the jobs of one name.
type queue struct {
	store   *store.Store
	name    string
	handler Handler
	opts    Options

	woken  chan struct{} // something may be due, or a handler is through
	owners *owners       // whose handlers run
	tasks  sync.WaitGroup
}

// wake makes the queue look for jobs. It never blocks.
func (q *queue) wake() {
	select {
	case q.woken <- struct{}{}:
	default: // it is about to look anyway
	}
}

// run starts what is due and sleeps until something is, until ctx ends.
func (q *queue) run(ctx context.Context) error {
	defer q.tasks.Wait()
	for ctx.Err() == nil {
		wait, err := q.start(ctx)
		if errors.Is(err, store.ErrClosed) {
			return err
		}
		if err != nil && ctx.Err() == nil {
			q.log(ctx, "looking for jobs failed", err)
			wait = errorWait
		}
		q.sleep(ctx, wait)
	}
	return nil
}

// sleep waits until the queue is woken, at most so long.
func (q *queue) sleep(ctx context.Context, wait time.Duration) {
	if wait <= 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-q.woken:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// start starts the handlers of jobs that are due, as many as may run, and
// returns how long there is nothing to do.
func (q *queue) start(ctx context.Context) (time.Duration, error) {
	tasks, wait, err := q.lease(ctx)
	for _, task := range tasks {
		q.owners.enter(task.owner)
		q.tasks.Go(func() { q.work(ctx, task) })
	}
	return wait, err
}

// lease takes jobs that are due, as many as may run. If it takes none, wait is how
// long there is nothing to do.
func (q *queue) lease(ctx context.Context) (tasks []Task, wait time.Duration, err error) {
	room := q.opts.Concurrency - q.owners.running()
	if room <= 0 {
		return nil, maxSleep, nil // the end of a handler wakes the queue
	}
	var shares map[string]int
	err = q.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		shares, wait, err = q.look(ctx, tx, room)
		return err
	})
	if err != nil || len(shares) == 0 {
		return nil, wait, err
	}
	err = q.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		tasks, err = q.take(ctx, tx, shares)
		return err
	})
	switch {
	case err != nil:
		return nil, 0, err // if they were leased after all, the lease ends
	case len(tasks) == 0:
		return nil, takenWait, nil
	}
	return tasks, 0, nil
}

// longest is how long the queue sleeps at most. On a server database other
// processes put jobs too: each wakes itself and does its own, so that what is to
// be found here is what a full or a dead one left. PostgreSQL could tell (NOTIFY),
// at the price of one lock that all commits that tell something wait for; one
// look at an index a second costs less.
func (q *queue) longest() time.Duration {
	if q.store.Dialect() == "" {
		return maxSleep
	}
	return maxAlone
}

func (q *queue) log(ctx context.Context, message string, err error, args ...any) {
	q.opts.Logger.WarnContext(ctx, message, append(args, slog.String("queue", q.name), slog.Any("error", err))...)
}
