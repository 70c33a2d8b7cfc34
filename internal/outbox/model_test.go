package outbox

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/sqlite"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
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
	if err := Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// A modelJob is what the rules say about one job.
type modelJob struct {
	Due, Until time.Time // Until is zero without a lease
	Tries      int
	Holder     int  // whose lease it is, or 0
	putAgain   bool // since the holder took it
}

func (j modelJob) ready() time.Time {
	if j.Until.After(j.Due) {
		return j.Until
	}
	return j.Due
}

func (j modelJob) freed() modelJob {
	j.Until, j.Holder, j.putAgain = time.Time{}, 0, false
	return j
}

// A machine is the database and the model side by side.
type machine struct {
	t     *testing.T
	o     *Outbox
	q     *queue
	now   time.Time
	jobs  map[string]modelJob
	tasks []holder // whose handlers run
	last  int      // holder
}

// A holder is a running handler. Its number, unlike its lease, is the model's.
type holder struct {
	Task
	id int
}

func (m *machine) do(rt *rapid.T, fn func(ctx context.Context, tx *sql.Tx) error) error {
	err := m.o.store.Do(m.t.Context(), fn)
	if err != nil && !errors.Is(err, ErrLost) {
		rt.Fatal(err)
	}
	return err
}

// seconds draws a few seconds, so that times meet each other.
func seconds(rt *rapid.T, from, to int) time.Duration {
	return time.Duration(rapid.IntRange(from, to).Draw(rt, "seconds")) * time.Second
}

func (m *machine) put(rt *rapid.T) {
	key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "key")
	due := m.now.Add(seconds(rt, -5, 20))
	_ = m.do(rt, func(ctx context.Context, tx *sql.Tx) error {
		return m.o.Put(ctx, tx, Job{Queue: "q", Key: key, Due: due})
	})
	j := m.jobs[key]
	j.Due, j.Tries, j.putAgain = due, 0, j.Holder != 0
	m.jobs[key] = j
}

func (m *machine) drop(rt *rapid.T) {
	key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(rt, "key")
	_ = m.do(rt, func(ctx context.Context, tx *sql.Tx) error { return m.o.Drop(ctx, tx, "q", key) })
	delete(m.jobs, key)
}

func (m *machine) pass(rt *rapid.T) { m.now = m.now.Add(seconds(rt, 1, 15)) }

func (m *machine) take(rt *rapid.T) {
	limit := rapid.IntRange(1, 3).Draw(rt, "limit")
	var taken []Task
	_ = m.do(rt, func(ctx context.Context, tx *sql.Tx) (err error) {
		taken, err = m.q.take(ctx, tx, limit)
		return err
	})
	due := 0
	for _, j := range m.jobs {
		if !j.ready().After(m.now) {
			due++
		}
	}
	if len(taken) != min(limit, due) {
		rt.Fatalf("took %d jobs of %d that are due, limit %d", len(taken), due, limit)
	}
	for _, task := range taken {
		j, ok := m.jobs[task.Key]
		if !ok || j.ready().After(m.now) || task.Try != j.Tries+1 {
			rt.Fatalf("took %+v of %+v", task, j)
		}
		m.last++
		m.tasks = append(m.tasks, holder{task, m.last})
		m.jobs[task.Key] = modelJob{Due: j.Due, Until: m.now.Add(m.q.opts.Lease), Tries: j.Tries + 1, Holder: m.last}
	}
}

// task draws one that a handler still has, even if its lease has ended.
func (m *machine) task(rt *rapid.T) holder {
	if len(m.tasks) == 0 {
		rt.Skip("no handler runs")
	}
	return rapid.SampledFrom(m.tasks).Draw(rt, "task")
}

// settle ends a task with op and applies what that means to its job.
func (m *machine) settle(rt *rapid.T, op func(context.Context, *sql.Tx, Task) error, mean func(key string, j modelJob)) {
	task := m.task(rt)
	err := m.do(rt, func(ctx context.Context, tx *sql.Tx) error { return op(ctx, tx, task.Task) })
	j, ok := m.jobs[task.Key]
	held := ok && j.Holder == task.id
	if (err == nil) != held {
		rt.Fatalf("%+v: got %v, held %v", task, err, held)
	}
	switch {
	case held && j.putAgain:
		m.jobs[task.Key] = j.freed()
	case held:
		mean(task.Key, j.freed())
	}
	m.forget(task)
}

func (m *machine) forget(task holder) {
	m.tasks = slices.DeleteFunc(m.tasks, func(t holder) bool { return t.id == task.id })
}

func (m *machine) done(rt *rapid.T) {
	m.settle(rt, m.o.Done, func(key string, _ modelJob) { delete(m.jobs, key) })
}

func (m *machine) again(rt *rapid.T) {
	due := m.now.Add(seconds(rt, 0, 20))
	op := func(ctx context.Context, tx *sql.Tx, task Task) error { return m.q.again(ctx, tx, task, due) }
	m.settle(rt, op, func(key string, j modelJob) {
		j.Due = due
		m.jobs[key] = j
	})
}

func (m *machine) giveBack(rt *rapid.T) {
	m.settle(rt, m.q.giveBack, func(key string, j modelJob) {
		j.Tries--
		m.jobs[key] = j
	})
}

func (m *machine) renew(rt *rapid.T) {
	task := m.task(rt)
	_ = m.do(rt, func(ctx context.Context, tx *sql.Tx) error { return m.q.renew(ctx, tx, task.Task) })
	if j, ok := m.jobs[task.Key]; ok && j.Holder == task.id {
		j.Until = m.now.Add(m.q.opts.Lease)
		m.jobs[task.Key] = j
	}
}

// crash lets a handler vanish without a word.
func (m *machine) crash(rt *rapid.T) { m.forget(m.task(rt)) }

// check compares every row, and what the queue would sleep until.
func (m *machine) check(rt *rapid.T) {
	got, earliest, some := m.read(rt)
	want := map[string]modelJob{}
	var first time.Time
	for key, j := range m.jobs {
		j.putAgain, j.Holder = false, min(j.Holder, 1)
		want[key] = j
		if first.IsZero() || j.ready().Before(first) {
			first = j.ready()
		}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(modelJob{})); diff != "" {
		rt.Fatalf("jobs (-model +database):\n%s", diff)
	}
	if some != (len(want) > 0) || some && !earliest.Equal(first) {
		rt.Fatalf("earliest is %v %v, want %v", earliest, some, first)
	}
}

func (m *machine) read(rt *rapid.T) (got map[string]modelJob, earliest time.Time, some bool) {
	got = map[string]modelJob{}
	err := m.o.store.View(m.t.Context(), func(ctx context.Context, tx *sql.Tx) (err error) {
		if earliest, some, err = m.q.earliest(ctx, tx); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `SELECT key, due, lease_until, tries, CASE WHEN lease <> '' THEN 1 ELSE 0 END FROM outbox_jobs`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			var j modelJob
			var due, until int64
			if err := rows.Scan(&key, &due, &until, &j.Tries, &j.Holder); err != nil {
				return err
			}
			j.Due = time.UnixMicro(due)
			if until != 0 {
				j.Until = time.UnixMicro(until)
			}
			got[key] = j
		}
		return rows.Err()
	})
	if err != nil {
		rt.Fatal(err)
	}
	return got, earliest, some
}

// Whatever is put, dropped, taken, lost, late, done or repeated, in any order:
// the table is what the rules say.
func TestJobsFollowTheModel(t *testing.T) {
	followTheModel(t, openStore(t, ""))
}

func TestJobsOnPostgresFollowTheModel(t *testing.T) {
	s := pgtest.Start(t).Store(t)
	if err := Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	followTheModel(t, s)
}

func followTheModel(t *testing.T, s *store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &machine{t: t, now: time.UnixMicro(1_000_000_000_000_000), jobs: map[string]modelJob{}}
		m.o = New(s, map[string]Handler{"q": nil}, &Options{
			Lease: 10 * time.Second,
			Now:   func() time.Time { return m.now },
		})
		m.q = m.o.queues["q"]
		_ = m.do(rt, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM outbox_jobs`)
			return err
		})
		rt.Repeat(map[string]func(*rapid.T){
			"put": m.put, "drop": m.drop, "pass": m.pass, "take": m.take, "done": m.done,
			"again": m.again, "giveBack": m.giveBack, "renew": m.renew, "crash": m.crash, "": m.check,
		})
	})
}

// A queue with many jobs, and a database with many queues, must not be read
// through to find what is due.
func TestLooksAreIndexed(t *testing.T) {
	s := openStore(t, "")
	for _, test := range []struct {
		query string
		args  []any
	}{
		{selectEarliest, []any{"q"}},
		{leaseDue(""), []any{"lease", 1, "q", 2, 16}},
	} {
		var plan []string
		err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			rows, err := tx.QueryContext(ctx, `EXPLAIN QUERY PLAN `+test.query, test.args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				var id, parent, unused int
				var detail string
				if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
					return err
				}
				plan = append(plan, detail)
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(plan, "\n")
		if !strings.Contains(text, "outbox_jobs_ready (queue=?") || strings.Contains(text, "SCAN") || strings.Contains(text, "TEMP") {
			t.Errorf("%s\nis planned as\n%s", test.query, text)
		}
	}
}
