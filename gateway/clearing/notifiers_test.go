package clearing_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
)

// A notifierAt tells at which address it was told.
type notifierAt struct {
	address string
	told    chan<- string
}

func (n notifierAt) Notify(context.Context, order.Status) error {
	n.told <- n.address
	return nil
}

// An acquirer is told at the address that its entry has when it is told; a
// notifier is made once for each address, and again when that comes back.
func TestNotifiersFollowTheAddress(t *testing.T) {
	told, made := make(chan string, 10), []string{}
	notify := func(a clearing.Acquirer) order.Notifier {
		made = append(made, a.Notify)
		return notifierAt{a.Notify, told}
	}
	w := newWorld(t, nil)
	at := func(address string) []clearing.Acquirer {
		all := acquirersOf(w.setup.Acquirers)
		all[0].Notify = address
		return all
	}
	d := newDirectory(t, at("https://a.example/n")...)
	s, err := clearing.New(t.Context(), w.store, d, w.setup.Components, w.keys, notify, base, &clearing.Options{Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	pay := func() string {
		o := w.newOrder()
		a := w.begin(w.place(o), "k1")
		w.blue.Decide(a.ID, component.OutcomeSucceeded)
		if _, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil {
			t.Fatal(err)
		}
		if err := gatewaytest.Drain(w.store, w.clock, s.Run)(t.Context()); err != nil {
			t.Fatal(err)
		}
		return <-told
	}
	var got []string
	for _, address := range []string{"https://a.example/n", "https://b.example/n", "https://b.example/n", "https://a.example/n"} {
		if err := d.Replace(at(address)); err != nil {
			t.Fatal(err)
		}
		got = append(got, pay())
		w.mu.Lock()
		w.now = w.now.Add(time.Second)
		w.mu.Unlock()
	}
	want := []string{"https://a.example/n", "https://b.example/n", "https://b.example/n", "https://a.example/n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("told at (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{want[0], want[1], want[0]}, made); diff != "" {
		t.Errorf("made for (-want +got):\n%s", diff)
	}
}
