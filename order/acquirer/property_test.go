package acquirer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
)

// A world is one order between an acquirer and a gateway that fails in every
// way, with what must hold whatever happens.
type world struct {
	t       *rapid.T
	server  *acquirer.Server
	answer  string   // of the gateway to the next placing
	failing bool     // the books
	open    bool     // the gateway has the order
	id      order.ID // "" until it was placed
	last    order.Status
}

func (w *world) Place(_ context.Context, o order.Order) (order.Placement, error) {
	if w.id != "" && o.ID != w.id {
		w.t.Fatalf("one confirmation is placed as %s and as %s", w.id, o.ID)
	}
	w.id = o.ID
	switch w.answer {
	case "refuses":
		return order.Placement{}, order.Errorf(order.CodeRefused, "world", "no")
	case "not reached":
		return order.Placement{}, errors.New("not reached")
	}
	w.open = true
	if w.answer == "answer lost" {
		return order.Placement{}, errors.New("answer lost")
	}
	return placement(o), nil
}

func (w *world) Query(context.Context, order.ID) (order.Status, error) {
	return order.Status{}, order.CodeUnavailable
}

func (w *world) books() error {
	if w.failing {
		return errors.New("the books are closed")
	}
	return nil
}

// look checks what holds between two moments of an order.
func (w *world) look() {
	if w.id == "" {
		return
	}
	now, err := w.server.Order(context.Background(), w.id)
	was := w.last
	switch {
	case err != nil:
		w.t.Fatalf("the order is gone: %v", err)
	case was.State != "" && !was.State.CanBecome(now.State) || now.Version < was.Version:
		w.t.Fatalf("%s, version %d became %s, version %d", was.State, was.Version, now.State, now.Version)
	case w.failing && was.State != "" && was.State != now.State:
		w.t.Fatalf("the books refused it, but the order went from %s to %s", was.State, now.State)
	case (now.State == order.StatePaid) != (now.Payment != nil):
		w.t.Fatalf("the order is %s with the payment %v", now.State, now.Payment)
	}
	w.last = now
}

func TestOrderStatesHoldWhateverHappens(t *testing.T) {
	w := &world{}
	s := newServer(t, w, &acquirer.Options{OnChange: func(context.Context, *sql.Tx, acquirer.Change) error { return w.books() }})
	confirmation := coffee(t, s, "")
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		*w = world{t: rt, server: s}
		c := confirmation
		c.Key = fmt.Sprintf("key-%d", run)
		for range rapid.IntRange(2, 10).Draw(rt, "steps") {
			w.failing = rapid.IntRange(0, 4).Draw(rt, "books") == 0
			if w.id == "" || rapid.Bool().Draw(rt, "confirm") {
				w.answer = rapid.SampledFrom([]string{"works", "refuses", "not reached", "answer lost"}).Draw(rt, "gateway")
				w.confirm(c)
			} else {
				state := rapid.SampledFrom([]order.State{order.StateOpen, order.StatePaid, order.StateCanceled, order.StateExpired}).Draw(rt, "state")
				w.notify(state, rapid.Int64Range(1, 6).Draw(rt, "version"))
			}
		}
	})
}

func (w *world) confirm(c order.Confirmation) {
	jump, err := w.server.Confirm(context.Background(), w.server.CodeAddress("cafe"), c)
	switch code := order.CodeOf(err); {
	case err == nil && (!w.open || jump.Order != w.id || w.last.State == order.StateRefused):
		w.t.Fatalf("a jump to %s, gateway open %v, order %s", jump.Address, w.open, w.last.State)
	case err != nil && code != order.CodeUnavailable && code != order.CodeRefused:
		w.t.Fatalf("Confirm: %v", err)
	}
	w.look()
	if order.CodeOf(err) == order.CodeRefused && w.last.State != order.StateRefused {
		w.t.Fatalf("refused, but the order is %s", w.last.State)
	}
}

func (w *world) notify(state order.State, version int64) {
	st := told(w.last.Order, state, version)
	before := w.last
	err := w.server.Notify(context.Background(), st)
	w.look()
	newer := version > before.Version
	contradicts := version == before.Version && state != before.State
	switch code := order.CodeOf(err); {
	case contradicts && code != order.CodeConflict:
		w.t.Fatalf("%s and %s in version %d: %v, want conflict", before.State, state, version, err)
	case !newer && !contradicts && err != nil:
		w.t.Fatalf("version %d after %d: %v, want an acknowledgement", version, before.Version, err)
	case newer && !before.State.CanBecome(state) && code != order.CodeConflict:
		w.t.Fatalf("%s after %s: %v, want conflict", state, before.State, err)
	case newer && err == nil && (w.last.State != state || w.last.Version != version):
		w.t.Fatalf("acknowledged %s, version %d: the order is %s, version %d", state, version, w.last.State, w.last.Version)
	case err != nil && (w.last.State != before.State || w.last.Version != before.Version):
		w.t.Fatalf("not acknowledged (%v), but the order is %s, version %d", err, w.last.State, w.last.Version)
	}
}
