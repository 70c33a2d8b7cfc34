package acquirer_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

// minutes are moments after the first.
func minutes(times []time.Duration) (all []float64) {
	for _, at := range times {
		all = append(all, (at - times[0]).Minutes())
	}
	return all
}

// A gateway that is not reached is asked by the schedule, under the same ID, until
// it answers; and about a refund that has not ended until it has.
func TestRefundIsLookedAfterUntilItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		s := newServer(t, d, d.options())
		o := paid(t, s, d, "k")
		run(t, s)
		d.scripts(lostBefore, lostBefore)
		q := request(o, 1000)
		_, err := s.Refund(t.Context(), q)
		wantCode(t, "Refund", err, order.CodeUnavailable)
		later(3 * time.Minute)
		wantSame(t, "its state", stateOf(t, s, q), order.RefundPlacing)
		d.scripts(nil, lostBefore)
		later(time.Minute)
		wantSame(t, "its state", stateOf(t, s, q), order.RefundPending)
		for _, id := range d.calls() {
			wantSame(t, "the ID", id, q.ID)
		}
		later(3 * time.Minute)
		d.scripts(nil, nil)
		later(3 * time.Minute)
		d.settle(t, o.ID, 0, order.RefundSucceeded)
		later(20 * time.Hour)
		wantAsTold(t, s, d.must(t, o.ID, nil))
		// Refund, and Run after 30 s, 1 and 2 min; then about the refund, which was
		// pending from 3.5 min on, after 30 s, 1, 2, and 5 min.
		wantSame(t, "when it was asked", minutes(d.since()), []float64{0, 0.5, 1.5, 3.5, 4, 5, 7, 12})
	})
}

func TestRefundThatIsToldIsNotAskedAbout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		s := newServer(t, d, d.options())
		o := paid(t, s, d, "k")
		run(t, s)
		if _, err := s.Refund(t.Context(), request(o, 1000)); err != nil {
			t.Fatal(err)
		}
		later(10 * time.Second)
		notify(t, s, d.settle(t, o.ID, 0, order.RefundFailed))
		later(20 * time.Hour)
		wantSame(t, "when it was asked", minutes(d.since()), []float64{0})
	})
}

func TestRefundIsRefusedInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		s := newServer(t, d, d.options())
		o := paid(t, s, d, "k")
		run(t, s)
		d.scripts(lostBefore, nil)
		q := request(o, 1000)
		_, err := s.Refund(t.Context(), q)
		wantCode(t, "Refund", err, order.CodeUnavailable)
		d.scripts(refusing(order.CodeRefused, "the window is closed"), nil)
		later(20 * time.Hour)
		wantSame(t, "its state", stateOf(t, s, q), order.RefundRefused)
		wantSame(t, "how often it was asked for", len(d.calls()), 2)
	})
}

// A server whose options no longer say where refunds are asked for asks about those
// that may have arrived.
func TestRefundIsFoundByAServerThatAsksForNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, st := newDesk(), open(t, filepath.Join(t.TempDir(), "acquirer.db"))
		s := newServerOn(t, st, d, d.options())
		o := paid(t, s, d, "k")
		d.scripts(lostAfter, nil)
		q := request(o, 1000)
		_, err := s.Refund(t.Context(), q)
		wantCode(t, "Refund", err, order.CodeUnavailable)
		s = newServerOn(t, st, d, nil)
		run(t, s)
		later(time.Hour)
		wantSame(t, "its state", stateOf(t, s, q), order.RefundPending)
		wantSame(t, "how often it was asked for", len(d.calls()), 1)
	})
}

// A server dies between two of its steps. The next one, on the same database, finds
// out what became of the refund, of which there is one.
func TestRefundOutlivesTheServer(t *testing.T) {
	cluster := sync.OnceValue(func() *pgtest.Cluster { return pgtest.Start(t) })
	reopen := map[string]func(t *testing.T) func() *store.Store{
		"sqlite": func(t *testing.T) func() *store.Store {
			path := filepath.Join(t.TempDir(), "acquirer.db")
			return func() *store.Store { return open(t, path) }
		},
		"postgres": func(t *testing.T) func() *store.Store {
			dsn := cluster().Database(t)
			return func() *store.Store { return onPostgres(t, dsn) }
		},
	}
	for name, database := range reopen {
		for what, c := range map[string]struct {
			acts  bool
			again bool // the program asks again, before Run does
		}{"before the gateway is asked": {}, "before the answer is learnt": {acts: true},
			"before the gateway is asked, and asks again": {again: true}, "before the answer is learnt, and asks again": {true, true}} {
			t.Run(name+"/"+what, func(t *testing.T) {
				open := database(t)
				d := newDesk()
				options, states := d.options(), make(ends, 16)
				options.OnChange = states.onChange
				options.Timeout, options.Retry = 100*time.Millisecond, []time.Duration{200 * time.Millisecond}
				dying := open()
				s := newServerOn(t, dying, d, options)
				o := paid(t, s, d, "k")
				d.scripts(func(_ context.Context, act func() (order.Status, error)) (order.Status, error) {
					defer dying.Close()
					if c.acts {
						return act()
					}
					return order.Status{}, errors.New("the power is gone")
				}, nil)
				q := request(o, 2500)
				_, err := s.Refund(t.Context(), q)
				wantCode(t, "Refund at the server that dies", err, order.CodeUnavailable)
				d.scripts(nil, nil)
				s = newServerOn(t, open(), d, options)
				wantSame(t, "its state", stateOf(t, s, q), order.RefundPlacing)
				if c.again {
					if _, err := s.Refund(t.Context(), q); err != nil {
						t.Error(err)
					}
				}
				run(t, s)
				states.until(t, order.RefundPending)
				d.settle(t, o.ID, 0, order.RefundSucceeded)
				states.until(t, order.RefundSucceeded)
				wantAsTold(t, s, d.must(t, o.ID, nil))
				wantSame(t, "the refunds", len(status(t, s, o.ID).Refunds), 1)
			})
		}
	}
}

func onPostgres(t *testing.T, dsn string) *store.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), dsn, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// ends are the states that refunds come into, once that is certain.
type ends chan order.RefundState

func (e ends) onChange(ctx context.Context, _ *sql.Tx, c acquirer.Change) error {
	if c.Refund != nil {
		state := c.Refund.State
		store.AfterCommit(ctx, func() { e <- state })
	}
	return nil
}

// until waits for a state.
func (e ends) until(t *testing.T, want order.RefundState) {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case state := <-e:
			if state == want {
				return
			}
		case <-late:
			t.Fatalf("no refund became %s", want)
		}
	}
}

// A store that is restored from a backup knows less than the gateway, and learns it.
func TestRefundsAfterARestore(t *testing.T) {
	dir := t.TempDir()
	backups := map[string]int{"before the payment": 0, "before a refund": 1, "with one that is placing": 1, "with one that is pending": 2}
	for what := range backups {
		t.Run(what, func(t *testing.T) {
			now := filepath.Join(dir, what+".db")
			d := newDesk()
			st := open(t, now)
			s := newServerOn(t, st, d, d.options())
			id := confirm(t, s, coffee(t, s, "k")).Order
			var backup []byte
			saved := func(at string) {
				if at != what {
					return
				}
				if err := st.Close(); err != nil {
					t.Fatal(err)
				}
				raw, err := os.ReadFile(now)
				if err != nil {
					t.Fatal(err)
				}
				backup = raw
				st = open(t, now)
				s = newServerOn(t, st, d, d.options())
			}
			saved("before the payment")
			told := d.pay(t, id)
			notify(t, s, told)
			saved("before a refund")
			first, second := request(told.Order, 1000), request(told.Order, 700)
			d.scripts(lostBefore, nil)
			_, err := s.Refund(t.Context(), first)
			wantCode(t, "Refund", err, order.CodeUnavailable)
			saved("with one that is placing")
			d.scripts(nil, nil)
			if _, err := s.Refund(t.Context(), first); err != nil {
				t.Fatal(err)
			}
			saved("with one that is pending")
			if _, err := s.Refund(t.Context(), second); err != nil {
				t.Fatal(err)
			}
			notify(t, s, d.settle(t, id, 0, order.RefundSucceeded))
			lost := status(t, s, id)
			if err := st.Close(); err != nil {
				t.Fatal(err)
			}

			restored := filepath.Join(dir, what+", restored.db")
			if err := os.WriteFile(restored, backup, 0o600); err != nil {
				t.Fatal(err)
			}
			st = open(t, restored)
			s = newServerOn(t, st, d, d.options())
			if what != "before the payment" { // the program asks again for what it does not find
				got, err := s.Refund(t.Context(), first)
				if err != nil {
					t.Fatal(err)
				}
				wantSame(t, "the answer", got, status(t, s, id))
			}
			notify(t, s, d.must(t, id, nil))
			wantAsTold(t, s, d.must(t, id, nil))
			wantSame(t, "how many there are", len(status(t, s, id).Refunds), len(lost.Refunds))
			wantSame(t, "the jobs", refundJobs(t, st), []string{string(id) + "/" + string(second.ID)})
			notify(t, s, d.settle(t, id, 1, order.RefundFailed))
			wantSame(t, "the jobs in the end", refundJobs(t, st), []string(nil))
		})
	}
}

// Of refunds that together come to more than is left, as many are taken as fit; one
// ID is one refund, at whichever node it is asked for.
func TestRefundsAtTheSameMoment(t *testing.T) {
	dsn := pgtest.Start(t).Database(t)
	var nodes []*acquirer.Server
	d := newDesk()
	for range 2 {
		nodes = append(nodes, newServerOn(t, onPostgres(t, dsn), d, d.options()))
	}
	t.Run("nodes", func(t *testing.T) { refundsTogether(t, nodes, d) })
	t.Run("one", func(t *testing.T) {
		d := newDesk()
		refundsTogether(t, []*acquirer.Server{newServer(t, d, d.options())}, d)
	})
}

func refundsTogether(t *testing.T, nodes []*acquirer.Server, d *desk) {
	o := paid(t, nodes[0], d, "together")
	var requests []order.RefundRequest
	for range 4 {
		requests = append(requests, request(o, 1300))
	}
	codes := make([]order.Code, 16)
	together(t, nodes, len(codes), func(i int, s *acquirer.Server) error {
		_, err := s.Refund(t.Context(), requests[i%len(requests)])
		codes[i] = order.CodeOf(err)
		return nil
	})
	all := status(t, nodes[0], o.ID).Refunds
	if len(all) != 1 {
		t.Fatalf("%d refunds of 13.00 were taken of 25.00: %v", len(all), all)
	}
	for i, code := range codes {
		want := order.CodeRefused
		if requests[i%len(requests)].ID == all[0].ID {
			want = ""
		}
		wantSame(t, "the answer", code, want)
	}
	wantAsTold(t, nodes[len(nodes)-1], d.must(t, o.ID, nil))
}
