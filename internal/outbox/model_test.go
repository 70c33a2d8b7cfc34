package outbox

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
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
	Owner      string
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
	tasks []holder             // whose handlers run
	last  int                  // holder
	pause map[string]time.Time // owners that are left alone until then
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

func modelKeys() []string { return []string{"a", "b", "c", "d", "e", "f", "g"} }

func (m *machine) put(rt *rapid.T) {
	for range rapid.IntRange(1, 4).Draw(rt, "jobs") {
		m.putOne(rt)
	}
}

func (m *machine) putOne(rt *rapid.T) {
	key := rapid.SampledFrom(modelKeys()).Draw(rt, "key")
	owner := rapid.SampledFrom([]string{"", "x", "x", "y", "z"}).Draw(rt, "owner")
	due := m.now.Add(seconds(rt, -5, 20))
	_ = m.do(rt, func(ctx context.Context, tx *sql.Tx) error {
		return m.o.Put(ctx, tx, Job{Queue: "q", Key: key, Owner: owner, Due: due})
	})
	j := m.jobs[key]
	j.Owner, j.Due, j.Tries, j.putAgain = owner, due, 0, j.Holder != 0
	m.jobs[key] = j
}

func (m *machine) drop(rt *rapid.T) {
	key := rapid.SampledFrom(modelKeys()).Draw(rt, "key")
	_ = m.do(rt, func(ctx context.Context, tx *sql.Tx) error { return m.o.Drop(ctx, tx, "q", key) })
	delete(m.jobs, key)
}

func (m *machine) pass(rt *rapid.T) { m.now = m.now.Add(seconds(rt, 1, 15)) }

// take lets the queue lease for as long as it finds something: to each owner a fair
// share of the handlers, until all run or nothing is left that may.
func (m *machine) take(rt *rapid.T) {
	var got []string // owners of those that are taken
	for {
		tasks, wait, err := m.q.lease(m.t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		if len(tasks) == 0 {
			m.waits(rt, wait)
			break
		}
		for _, task := range tasks {
			m.q.owners.enter(task.owner)
			m.taken(rt, task)
			got = append(got, task.owner)
		}
	}
	for _, owner := range got {
		if n := m.running(owner); owner != "" && (n > m.q.opts.PerOwner || m.now.Before(m.pause[owner])) {
			rt.Fatalf("%d handlers of %q run, who waits until %v", n, owner, m.pause[owner])
		}
		for key, j := range m.jobs {
			if at, ok := m.startable(j); ok && !at.After(m.now) && m.running(j.Owner)+1 < m.running(owner) {
				rt.Fatalf("%q got a job and has %d handlers, but %s of %q with %d is left", owner, m.running(owner), key, j.Owner, m.running(j.Owner))
			}
		}
	}
}

func (m *machine) taken(rt *rapid.T, task Task) {
	j, ok := m.jobs[task.Key]
	if !ok || j.ready().After(m.now) || task.Try != j.Tries+1 || task.owner != j.Owner {
		rt.Fatalf("took %+v of %+v", task, j)
	}
	m.last++
	m.tasks = append(m.tasks, holder{task, m.last})
	m.jobs[task.Key] = modelJob{Owner: j.Owner, Due: j.Due, Until: m.now.Add(m.q.opts.Lease), Tries: j.Tries + 1, Holder: m.last}
}

// running is how many handlers an owner has.
func (m *machine) running(owner string) (n int) {
	for _, task := range m.tasks {
		if task.owner == owner {
			n++
		}
	}
	return n
}

// startable is from when on a job may start while no handler ends, and false if it
// may not.
func (m *machine) startable(j modelJob) (at time.Time, ok bool) {
	if j.Owner != "" && m.running(j.Owner) >= m.q.opts.PerOwner {
		return at, false
	}
	at = j.ready()
	if until := m.pause[j.Owner]; at.Before(until) {
		at = until
	}
	return at, true
}

// waits checks how long the queue sleeps that has taken all it can.
func (m *machine) waits(rt *rapid.T, got time.Duration) {
	if len(m.tasks) >= m.q.opts.Concurrency {
		return
	}
	want := m.q.longest()
	for _, j := range m.jobs {
		if at, ok := m.startable(j); ok {
			want = min(want, at.Sub(m.now))
		}
	}
	if want <= 0 || got <= 0 || got > want {
		rt.Fatalf("it sleeps for %v, want %v", got, want)
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
	m.q.owners.leave(task.owner, m.now)
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

// postpone says that the owner cannot be served.
func (m *machine) postpone(rt *rapid.T) {
	due := m.now.Add(seconds(rt, 0, 20))
	var owner string
	op := func(ctx context.Context, tx *sql.Tx, task Task) error {
		owner = task.owner
		return m.q.postpone(ctx, tx, task, due)
	}
	m.settle(rt, op, func(key string, j modelJob) {
		j.Due = due
		j.Tries--
		m.jobs[key] = j
	})
	m.q.owners.pause(owner, due, m.now)
	if owner != "" {
		m.pause[owner] = due
	}
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

// check compares every row, and who runs.
func (m *machine) check(rt *rapid.T) {
	want := map[string]modelJob{}
	for key, j := range m.jobs {
		j.putAgain, j.Holder = false, min(j.Holder, 1)
		want[key] = j
	}
	if diff := cmp.Diff(want, m.read(rt), cmp.AllowUnexported(modelJob{})); diff != "" {
		rt.Fatalf("jobs (-model +database):\n%s", diff)
	}
	if n := m.q.owners.running(); n != len(m.tasks) {
		rt.Fatalf("%d handlers run, want %d", n, len(m.tasks))
	}
	for name, have := range m.q.owners.known {
		if have.running != m.running(name) {
			rt.Fatalf("%d handlers of %q run, want %d", have.running, name, m.running(name))
		}
	}
}

func (m *machine) read(rt *rapid.T) map[string]modelJob {
	got := map[string]modelJob{}
	err := m.o.store.View(m.t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT key, owner, due, lease_until, tries, CASE WHEN lease <> '' THEN 1 ELSE 0 END FROM outbox_jobs`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key string
			var j modelJob
			var due, until int64
			if err := rows.Scan(&key, &j.Owner, &due, &until, &j.Tries, &j.Holder); err != nil {
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
	return got
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
		m := &machine{t: t, now: time.UnixMicro(1_000_000_000_000_000), jobs: map[string]modelJob{}, pause: map[string]time.Time{}}
		m.o = New(s, map[string]Handler{"q": nil}, &Options{
			Concurrency: 4, PerOwner: 2, Lease: 10 * time.Second,
			Now: func() time.Time { return m.now },
		})
		m.q = m.o.queues["q"]
		_ = m.do(rt, func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM outbox_jobs`)
			return err
		})
		rt.Repeat(map[string]func(*rapid.T){
			"put": m.put, "drop": m.drop, "pass": m.pass, "take": m.take, "done": m.done,
			"again": m.again, "giveBack": m.giveBack, "postpone": m.postpone, "renew": m.renew, "crash": m.crash, "": m.check,
		})
	})
}
