package outbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"
)

// work runs the handler of one task, keeping its lease, and records how it
// went, even if the handler ends its goroutine.
func (q *queue) work(ctx context.Context, task Task) {
	defer q.wake()
	defer func() { q.owners.leave(task.owner, q.opts.Now()) }()
	handlerCtx, cancel := context.WithTimeout(ctx, q.opts.Timeout)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		q.keep(handlerCtx, task)
	}()
	again, err := time.Time{}, errors.New("the handler ended its goroutine")
	defer func() {
		cancel()
		<-kept
		q.record(ctx, task, again, err)
	}()
	again, err = q.handle(handlerCtx, task)
}

// handle calls the handler and turns a panic into an error.
func (q *queue) handle(ctx context.Context, task Task) (again time.Time, err error) {
	defer func() {
		if v := recover(); v != nil {
			again, err = time.Time{}, fmt.Errorf("the handler panicked: %v\n%s", v, debug.Stack())
		}
	}()
	return q.handler(ctx, task)
}

// keep renews the task's lease until ctx ends.
func (q *queue) keep(ctx context.Context, task Task) {
	ticker := time.NewTicker(max(q.opts.Lease/3, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := q.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error { return q.renew(ctx, tx, task) })
		if err != nil && ctx.Err() == nil {
			q.log(ctx, "renewing a lease failed", err, slog.String("key", task.Key))
		}
	}
}

// record writes down how a task went. If that fails, the lease ends and the
// job runs again.
func (q *queue) record(ctx context.Context, task Task, again time.Time, failure error) {
	stopped := ctx.Err() != nil
	postponed := errors.Is(failure, ErrPostponed)
	if failure != nil && !stopped && !postponed {
		q.log(ctx, "a job failed", failure, slog.String("key", task.Key), slog.Int("try", task.Try))
	}
	if postponed && !stopped {
		q.owners.pause(task.owner, again, q.opts.Now())
	}
	err := q.store.Do(context.WithoutCancel(ctx), func(ctx context.Context, tx *sql.Tx) error {
		switch {
		case postponed && !stopped:
			return q.postpone(ctx, tx, task, again)
		case failure != nil && stopped:
			return q.giveBack(ctx, tx, task)
		case !again.IsZero():
			return q.again(ctx, tx, task, again)
		case failure != nil:
			return q.again(ctx, tx, task, q.opts.Now().Add(backoff(q.opts.Schedule, task.Try)))
		default:
			return q.done(ctx, tx, task)
		}
	})
	if err != nil && !errors.Is(err, ErrLost) { // the handler may have called Done
		q.log(ctx, "recording a job's result failed", err, slog.String("key", task.Key))
	}
}
