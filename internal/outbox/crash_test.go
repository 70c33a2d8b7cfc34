package outbox_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// TestMain makes the test binary a program that a test can start and kill.
func TestMain(m *testing.M) {
	if path := os.Getenv("OUTBOX_TEST_CHILD"); path != "" {
		childWork(path)
		return
	}
	os.Exit(m.Run())
}

// crashing returns an Outbox whose handlers book, with leases so short that a
// restart does not wait.
func crashing(s *store.Store) *outbox.Outbox {
	var o *outbox.Outbox
	o = outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
		return time.Time{}, book(ctx, s, o, task)
	}), &outbox.Options{Lease: 30 * time.Millisecond, Schedule: []time.Duration{time.Millisecond}})
	return o
}

// childWork puts jobs and works them off for as long as it lives, and prints
// each job whose Put was acknowledged.
func childWork(path string) {
	s, err := sqlite.Open(context.Background(), path, nil)
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	o := crashing(s)
	for g := range 4 {
		go func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d.%d.%d", os.Getpid(), g, i)
				err := s.Do(context.Background(), func(ctx context.Context, tx *sql.Tx) error {
					return o.Put(ctx, tx, outbox.Job{Queue: "q", Key: key})
				})
				if err != nil {
					key = "error " + err.Error()
				}
				os.Stdout.WriteString(key + "\n") // one write, never torn
			}
		}()
	}
	fmt.Println("error", o.Run(context.Background()))
}

// workAndKill runs a child, kills it after it acknowledged about n jobs, and
// returns all that it acknowledged.
func workAndKill(t *testing.T, path string, n int, delay time.Duration) (acked []string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), "OUTBOX_TEST_CHILD="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Fatal(lines.Text())
		}
		if acked = append(acked, lines.Text()); len(acked) == n {
			time.AfterFunc(delay, func() { cmd.Process.Kill() })
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	return acked
}

// Every job that was acknowledged is booked, once, however often the process
// that does it is killed.
func TestKilledProcessLosesNoJob(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	s := openStore(t, path)
	books(t, s)
	s.Close()
	var acked []string
	for range kills {
		delay := time.Duration(rand.IntN(3000)) * time.Microsecond
		acked = append(acked, workAndKill(t, path, 1+rand.IntN(30), delay)...)
	}
	s = openStore(t, path)
	interrupted := leased(t, s)
	finish(t, s)
	missing := 0
	for _, key := range acked {
		if !isBooked(t, s, key) {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%d of %d acknowledged jobs were lost", missing, len(acked))
	}
	t.Logf("%d jobs acknowledged, %d booked, %d were leased at the last kill", len(acked), booked(t, s), interrupted)
}

// finish works off what is left.
func finish(t *testing.T, s *store.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var o *outbox.Outbox
	o = outbox.New(s, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
		err := book(ctx, s, o, task)
		if err == nil && left(t, s) == 0 {
			cancel()
		}
		return time.Time{}, err
	}), &outbox.Options{Schedule: []time.Duration{time.Millisecond}})
	if left(t, s) == 0 {
		return
	}
	if err := o.Run(ctx); err != nil {
		t.Fatal(err)
	}
	if n := left(t, s); n != 0 {
		t.Fatalf("%d jobs are left", n)
	}
}

func leased(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox_jobs WHERE lease <> ''`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func isBooked(t *testing.T, s *store.Store, key string) bool {
	t.Helper()
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT key FROM books WHERE key = $1`, key).Scan(&key)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return err == nil
}

// A job of a process that died waits for the end of its lease, no longer, and
// the crash counts as a try.
func TestRestartWaitsOneLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "test.db")
		j := newJournal()
		dead := openStore(t, path)
		o := outbox.New(dead, handlers(func(ctx context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			dead.Close() // nothing that this process writes arrives any more
			return time.Time{}, nil
		}), nil)
		put(t, dead, o, outbox.Job{Queue: "q", Key: "a"})
		if err := o.Run(t.Context()); !errors.Is(err, store.ErrClosed) {
			t.Fatalf("Run = %v", err)
		}
		s := openStore(t, path)
		run(t, outbox.New(s, handlers(func(_ context.Context, task outbox.Task) (time.Time, error) {
			j.note(task)
			return time.Time{}, nil
		}), nil))
		time.Sleep(time.Hour)
		j.want(t, "0s a #1", "15s a #2")
	})
}

// The row of a job that a dead process was renewing says when it is free.
func TestLeaseIsRenewedWhileItsHandlerRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t, "")
		o := outbox.New(s, handlers(func(context.Context, outbox.Task) (time.Time, error) {
			time.Sleep(55 * time.Second)
			return time.Time{}, nil
		}), nil)
		run(t, o)
		put(t, s, o, outbox.Job{Queue: "q", Key: "a"})
		var got []float64
		for range 5 {
			time.Sleep(10 * time.Second)
			got = append(got, leaseLeft(t, s))
		}
		for _, left := range got {
			if left < 10 || left > 15 {
				t.Errorf("the leases had %v seconds left, want 10 to 15 each", got)
				break
			}
		}
	})
}

func leaseLeft(t *testing.T, s *store.Store) float64 {
	t.Helper()
	var until int64
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT lease_until FROM outbox_jobs`).Scan(&until)
	})
	if err != nil {
		t.Fatal(err)
	}
	return time.Until(time.UnixMicro(until)).Seconds()
}
