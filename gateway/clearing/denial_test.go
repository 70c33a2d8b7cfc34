package clearing_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
)

// twoAcquirers is a world in which there is south, too.
func twoAcquirers(t testing.TB) *world {
	w := newWorld(t, nil)
	w.setup.Acquirers = append(w.setup.Acquirers, gatewaytest.Acquirer{Name: "south", Merchants: []gatewaytest.Merchant{{ID: "noodles", Name: "Noodle Bar"}}, Notifier: w})
	w.restart()
	return w
}

func (w *world) denials(acquirer string, since time.Time) []clearing.Denial {
	w.Helper()
	all, err := w.server.Denials(context.Background(), acquirer, since)
	if err != nil {
		w.Fatal(err)
	}
	return all
}

func (w *world) wait(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// Asking for what another acquirer has is answered like asking for nothing, and
// is recorded, once in an hour; what is its own or no identifier is not.
func TestTriesAcrossAcquirersAreRecorded(t *testing.T) {
	w := twoAcquirers(t)
	o := w.newOrder()
	w.place(o)
	never := order.NewID(w.clock().Add(-time.Hour))
	var answers []string
	for _, id := range []order.ID{o.ID, never, o.ID, "no such thing"} {
		_, err := w.desk("south").Query(t.Context(), id)
		answers = append(answers, fmt.Sprint(err))
	}
	if diff := cmp.Diff([]string{answers[0], answers[0], answers[0], answers[0]}, answers); diff != "" {
		t.Errorf("the answers differ:\n%s", diff)
	}
	w.status(o)
	w.wait(time.Minute)
	foreign := w.newOrder() // for north's merchant
	if _, err := w.desk("south").Place(t.Context(), foreign); !errors.Is(err, order.CodeRefused) {
		t.Errorf("an order for another's merchant: %v", err)
	}
	w.wait(time.Hour)
	if _, err := w.desk("south").Query(t.Context(), o.ID); !errors.Is(err, order.CodeNotFound) {
		t.Errorf("an hour later: %v", err)
	}
	start, end := o.Created, w.clock()
	want := []clearing.Denial{
		{At: start, Acquirer: "south", Operation: "clearing.Query", What: "order " + string(min(o.ID, never))},
		{At: start, Acquirer: "south", Operation: "clearing.Query", What: "order " + string(max(o.ID, never))},
		{At: start.Add(time.Minute), Acquirer: "south", Operation: "clearing.Place", What: "merchant tea"},
		{At: end, Acquirer: "south", Operation: "clearing.Query", What: "order " + string(o.ID)},
	}
	if diff := cmp.Diff(want, w.denials("", time.Time{})); diff != "" {
		t.Errorf("the denials differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want[2:], w.denials("south", start.Add(time.Minute))); diff != "" {
		t.Errorf("the later denials differ (-want +got):\n%s", diff)
	}
	if all := w.denials("north", time.Time{}); len(all) > 0 {
		t.Errorf("north was denied %v", all)
	}
}

// Of one acquirer's hour 100 denials are recorded and no more, however many
// servers and requests there are; another's do not suffer.
func TestDenialsAreBounded(t *testing.T) {
	w := twoAcquirers(t)
	servers := []*clearing.Server{w.server, newServer(t, w.store, w.keys, w.setup, clearing.Options{})}
	var all sync.WaitGroup
	for i := range 300 {
		all.Go(func() {
			desk, err := servers[i%2].For("south")
			if err == nil {
				_, err = desk.Query(context.Background(), order.NewID(w.clock()))
			}
			if !errors.Is(err, order.CodeNotFound) {
				t.Errorf("try %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if _, err := w.desk("north").Query(t.Context(), order.NewID(w.clock())); !errors.Is(err, order.CodeNotFound) {
		t.Error(err)
	}
	if n := len(w.denials("south", time.Time{})); n != 100 {
		t.Errorf("%d denials of south, want 100", n)
	}
	if n := len(w.denials("north", time.Time{})); n != 1 {
		t.Errorf("%d denials of north, want 1", n)
	}
	w.wait(time.Hour)
	later := w.clock()
	if _, err := w.desk("south").Query(t.Context(), order.NewID(later)); !errors.Is(err, order.CodeNotFound) {
		t.Error(err)
	}
	if n := len(w.denials("south", later)); n != 1 {
		t.Errorf("%d denials in the next hour, want 1", n)
	}
}

// A caller who hangs up is recorded all the same.
func TestHangingUpIsRecorded(t *testing.T) {
	w := twoAcquirers(t)
	ctx, hangUp := context.WithCancel(t.Context())
	setup := w.setup
	setup.Now = func() time.Time { // is asked for the time of the denial
		hangUp()
		return w.clock()
	}
	desk, err := newServer(t, w.store, w.keys, setup, clearing.Options{}).For("south")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Query(ctx, order.NewID(w.clock())); !errors.Is(err, order.CodeNotFound) || ctx.Err() == nil {
		t.Errorf("the answer is %v, the context %v", err, ctx.Err())
	}
	if all := w.denials("south", time.Time{}); len(all) != 1 {
		t.Errorf("the denials are %v", all)
	}
}

// Asking the same again and again costs no write.
func TestRepeatedDenialsCostNoWrite(t *testing.T) {
	w := twoAcquirers(t)
	id := order.NewID(w.clock())
	for _, want := range []int{1, 0} {
		if _, err := w.desk("south").Query(t.Context(), id); !errors.Is(err, order.CodeNotFound) {
			t.Error(err)
		}
		if all := w.denials("south", time.Time{}); len(all) != want {
			t.Errorf("the denials are %v, want %d", all, want)
		}
		err := w.store.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM clearing_denials`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
