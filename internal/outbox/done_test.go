package outbox_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order/store"
)

// books is a table that handlers write to, once for each key.
func books(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS books (key TEXT PRIMARY KEY)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func book(ctx context.Context, s *store.Store, o *outbox.Outbox, task outbox.Task) error {
	return s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO books (key) VALUES ($1)`, task.Key); err != nil {
			return err
		}
		return o.Done(ctx, tx, task)
	})
}

func booked(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM books`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDoneCommitsWithTheHandlersWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, "")
		books(t, s)
		var o *outbox.Outbox
		o = outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
			err := book(ctx, s, o, task)
			if n := left(t, s); n != 0 {
				t.Errorf("%d jobs are left after Done", n)
			}
			return time.Time{}, err
		}), nil)
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(time.Hour)
		if n := booked(t, s); n != 1 {
			t.Errorf("booked %d times", n)
		}
	})
}

// A handler whose lease was taken over must not write what the other writes.
func TestDoneFailsWithoutTheLease(t *testing.T) {
	for name, lose := range map[string]func(t *testing.T, s *store.Store, o *outbox.Outbox){
		"dropped": func(t *testing.T, s *store.Store, o *outbox.Outbox) {
			err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error { return o.Drop(ctx, tx, "q", "a") })
			if err != nil {
				t.Fatal(err)
			}
		},
		"taken": func(t *testing.T, s *store.Store, _ *outbox.Outbox) {
			err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, `UPDATE outbox_jobs SET lease = 'other'`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := openStore(t, "")
				books(t, s)
				tried := false
				var o *outbox.Outbox
				o = outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
					lose(t, s, o)
					tried = true
					err := book(ctx, s, o, task)
					if !errors.Is(err, outbox.ErrLost) {
						t.Errorf("Done = %v, want ErrLost", err)
					}
					return time.Time{}, err
				}), nil)
				stop := run(t, o)
				put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
				synctest.Wait()
				stop()
				if n := booked(t, s); n != 0 || !tried {
					t.Errorf("booked %d times without the lease, tried %v", n, tried)
				}
			})
		})
	}
}

func TestDoneKeepsAJobThatWasPutAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, j := openStore(t, ""), newJournal()
		var o *outbox.Outbox
		o = outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			if time.Since(j.start) == 0 {
				put(t, s, o, outbox.Job{Queue: "q", Key: "a", Due: time.Now().Add(time.Minute)})
			}
			return time.Time{}, s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error { return o.Done(ctx, tx, task) })
		}), nil)
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		time.Sleep(time.Hour)
		j.want(t, "0s a #1", "60s a #1")
		if n := left(t, s); n != 0 {
			t.Errorf("%d jobs are left", n)
		}
	})
}
