package gatewaytest

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order/store"
)

// Drain makes a [Subject]'s Work of a server whose jobs are in the store: while
// one is due by the clock, a server runs; then it is stopped. run is the Run of
// a server on the same store that does not run otherwise; it is called only if
// there is something to do. Jobs for somebody who is not called for a while, after
// some failures, stay due, and Drain goes on until the clock has moved.
func Drain(s *store.Store, now func() time.Time, run func(ctx context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		left, err := due(ctx, s, now())
		if left == 0 || err != nil {
			return err
		}
		running, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- run(running) }()
		for left > 0 && err == nil {
			left, err = due(ctx, s, now())
		}
		stop()
		return errors.Join(err, <-ended)
	}
}

// due counts the jobs that are due, those that are being done included. It asks
// behind the writes that wait, rather than again and again beside them.
func due(ctx context.Context, s *store.Store, now time.Time) (n int, err error) {
	err = s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM outbox_jobs WHERE due <= $1`, now.UnixMicro()).Scan(&n)
	})
	return n, err
}
