package outbox

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"
)

// Whoever took a job over is safe from the one who had it before, whether its
// lease ended or the job was dropped and put anew.
func TestOldLeaseHasNoPower(t *testing.T) {
	s := openStore(t, "")
	now := time.UnixMicro(1_000_000_000_000_000)
	o := New(s, map[string]Handler{"q": nil}, &Options{Now: func() time.Time { return now }})
	do := func(fn func(ctx context.Context, tx *sql.Tx) error) error { return s.Do(t.Context(), fn) }
	put := func(ctx context.Context, tx *sql.Tx) error { return o.Put(ctx, tx, Job{Queue: "q", Key: "a"}) }
	drop := func(ctx context.Context, tx *sql.Tx) error { return o.Drop(ctx, tx, "q", "a") }
	take := func() Task {
		var tasks []Task
		err := do(func(ctx context.Context, tx *sql.Tx) (err error) {
			tasks, err = o.queues["q"].take(ctx, tx, map[string]int{"": 1})
			return err
		})
		if err != nil || len(tasks) != 1 {
			t.Fatal(tasks, err)
		}
		return tasks[0]
	}
	for name, lose := range map[string]func() error{
		"ended":   func() error { now = now.Add(time.Hour); return nil },
		"dropped": func() error { return errors.Join(do(drop), do(put)) },
	} {
		if err := do(put); err != nil {
			t.Fatal(err)
		}
		old := take()
		if err := lose(); err != nil {
			t.Fatal(err)
		}
		current := take()
		finish := func(task Task) error {
			return do(func(ctx context.Context, tx *sql.Tx) error { return o.Done(ctx, tx, task) })
		}
		if err := finish(old); !errors.Is(err, ErrLost) {
			t.Errorf("%s: Done with the old lease = %v, want ErrLost", name, err)
		}
		if err := finish(current); err != nil {
			t.Errorf("%s: Done with the current lease = %v", name, err)
		}
	}
}
