package clearing

import (
	"errors"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

// A peer has a few workers at once, is left alone for longer and longer while it
// cannot be reached, is then tried out by one call, and all that says nothing of
// the others.
func TestGates(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	g := newGates()
	enter := func() func(time.Time, error) {
		leave, _ := g.enter("bad", now)
		return leave
	}
	down := errors.New("no answer")
	var running []func(time.Time, error)
	for leave := enter(); leave != nil; leave = enter() {
		running = append(running, leave)
	}
	if len(running) != maxAtOnce {
		t.Fatalf("%d calls at once, want %d", len(running), maxAtOnce)
	}
	if leave, _ := g.enter("good", now); leave == nil {
		t.Fatal("another peer waits for it")
	}
	for _, leave := range running {
		leave(now, down)
	}
	for _, pause := range []time.Duration{2, 4, 8, 16, 32, 60, 60} {
		_, at := g.enter("bad", now)
		if want := now.Add(pause * time.Second); !at.Equal(want) {
			t.Fatalf("it is tried again at %v, want after %d s", at, pause)
		}
		now = at
		leave := enter()
		if leave == nil || enter() != nil {
			t.Fatal("a peer that was down is tried out by one call")
		}
		leave(now, down)
	}
	now = now.Add(time.Minute)
	enter()(now, order.Errorf(order.CodeConflict, "", "an answer"))
	if first, second := enter(), enter(); first == nil || second == nil {
		t.Error("a peer that answers is still left alone")
	}
}
