package outbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/google/go-cmp/cmp"
)

func openStore(t testing.TB, path string) *store.Store {
	t.Helper()
	if path == "" {
		path = filepath.Join(t.TempDir(), "test.db")
	}
	s, err := sqlite.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := outbox.Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// run runs o until the test ends or the returned function is called.
func run(t testing.TB, o *outbox.Outbox) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- o.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

func put(t testing.TB, s *store.Store, o *outbox.Outbox, jobs ...outbox.Job) {
	t.Helper()
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for _, job := range jobs {
			if err := o.Put(ctx, tx, job); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// left counts the jobs in the table.
func left(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM outbox_jobs`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A journal notes when which try of which job began, in seconds since the
// test's start.
type journal struct {
	mu    sync.Mutex
	start time.Time
	lines []string
}

func newJournal() *journal { return &journal{start: time.Now()} }

func (j *journal) note(task outbox.Task) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf("%gs %s #%d", time.Since(j.start).Seconds(), task.Key, task.Try))
}

func (j *journal) want(t *testing.T, lines ...string) {
	t.Helper()
	synctest.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	if diff := cmp.Diff(lines, j.lines); diff != "" {
		t.Errorf("handled (-want +got):\n%s", diff)
	}
}

// handlers returns one queue, "q".
func handlers(h outbox.Handler) map[string]outbox.Handler { return map[string]outbox.Handler{"q": h} }
