package clearing_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
)

// A server that could not work is not made: the error tells every problem.
func TestNewTellsEveryProblem(t *testing.T) {
	blue, err := component.NewRegistry(gatewaytest.NewWallet("blue"))
	if err != nil {
		t.Fatal(err)
	}
	a := north()
	a.Components = []string{"blue", "bleu"}
	d, err := clearing.NewDirectory([]clearing.Acquirer{a}, nil)
	if err != nil {
		t.Fatal(err)
	}
	never := func(clearing.Acquirer) order.Notifier { return nil }
	negative := []time.Duration{-1}
	for what, c := range map[string]struct {
		keys    clearing.Keys
		base    string
		options clearing.Options
		want    []string
	}{
		"keys missing": {clearing.Keys{}, base, clearing.Options{}, []string{"/tokens"}},
		"keys": {clearing.Keys{Tokens: map[int]clearing.Secret{0: {1}, 1: {}, 2: {1}}}, base, clearing.Options{},
			[]string{"/tokens/0", "/tokens/1", "/tokens/2"}},
		"keys of webhooks": {clearing.Keys{Tokens: map[int]clearing.Secret{1: {1}}, Webhooks: map[int]clearing.Secret{-1: {2}, 1: {}, 2: {1}}}, base,
			clearing.Options{}, []string{"/webhooks/-1", "/webhooks/1", "/webhooks/2"}},
		"options": {keys(1), base, clearing.Options{Grace: -1, Longest: -1, LongestStatic: -1, LongestDynamic: -1, Timeout: -1,
			Attempts: 1024, Follow: negative, Retry: negative, Aside: clearing.AsideOptions{After: -1, First: -1, Longest: -2}},
			[]string{"/grace", "/longest", "/longest_static", "/longest_dynamic", "/timeout", "/attempts", "/follow/0", "/retry/0", "/aside/after", "/aside/first", "/aside/longest"}},
		"impatient": {keys(1), base, clearing.Options{Timeout: time.Minute}, []string{"/follow/0", "/follow/1"}},
		"parts": {keys(1), "https://pay.example/x", clearing.Options{Policy: gateway.Policy{Mode: "guess", Default: "red", Rules: []gateway.Rule{{}}}},
			[]string{"/base", "/options/policy/mode", "/options/policy/default", "/options/policy/rules/0/name", "/directory/0/components/1", "/directory/0"}},
		"plain base": {keys(1), "http://pay.example", clearing.Options{}, []string{"/base", "/directory/0/components/1", "/directory/0"}},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := clearing.New(t.Context(), openStore(t, tempFile(t)), d, blue, c.keys, never, c.base, &c.options)
			bad, ok := errors.AsType[*order.Error](err)
			if !ok {
				t.Fatalf("the error is %v", err)
			}
			var paths []string
			for _, p := range bad.Problems {
				paths = append(paths, p.Path)
			}
			if diff := cmp.Diff(c.want, paths); diff != "" || bad.Code != order.CodeInvalid {
				t.Errorf("the problems differ (-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

// An order has a limited number of attempts.
func TestAttemptsAreLimited(t *testing.T) {
	w := newWorld(t, nil)
	address := w.place(w.newOrder())
	for i := range 50 {
		a := w.begin(address, fmt.Sprint(i))
		w.blue.Decide(a.ID, component.OutcomeFailed)
		if _, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := w.server.Begin(t.Context(), address, beginning("one-more"))
	if order.CodeOf(err) != order.CodeRefused {
		t.Errorf("attempt 51: %v", err)
	}
	w.begin(address, fmt.Sprint(49))
}

// Who knows an order's address cannot make the store keep keys without end.
func TestKeysOfBeginningsAreLimited(t *testing.T) {
	w := newWorld(t, nil)
	address := w.place(w.newOrder())
	for i := range 1000 {
		w.begin(address, fmt.Sprint(i))
	}
	_, err := w.server.Begin(t.Context(), address, beginning("one-more"))
	if order.CodeOf(err) != order.CodeRefused {
		t.Errorf("key 1001: %v", err)
	}
	w.begin(address, fmt.Sprint(999))
}

// A merchant that has left the directory cannot be paid any more, while what
// was begun is brought to its end.
func TestLeavingTheDirectory(t *testing.T) {
	w := newWorld(t, nil)
	o := w.newOrder()
	address := w.place(o)
	a := w.begin(address, "k1")
	w.setup.Acquirers[0].Merchants = []gatewaytest.Merchant{{ID: "coffee", Name: "Coffee House"}}
	w.restart()
	if _, err := w.server.Begin(t.Context(), address, beginning("k2")); order.CodeOf(err) != order.CodeNotOffered {
		t.Errorf("another beginning: %v", err)
	}
	w.blue.Decide(a.ID, component.OutcomeSucceeded)
	if _, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil {
		t.Error(err)
	}
	if got := w.status(o).State; got != order.StatePaid {
		t.Errorf("the order is %s", got)
	}
}

// What terminals and providers send has limits.
func TestRequestsAreLimited(t *testing.T) {
	w := newWorld(t, nil)
	address := w.place(w.newOrder())
	a := w.begin(address, "k1")
	large := string(make([]byte, 1<<20+1))
	for what, r := range map[string]component.Return{"query": {Query: large}, "form": {Form: large}, "data": {Data: large}} {
		if _, err := w.server.Resume(t.Context(), a.ReturnAddress, r); order.CodeOf(err) != order.CodeTooLarge {
			t.Errorf("a large %s: %v", what, err)
		}
	}
	if _, err := w.server.Receive(t.Context(), "blue", component.Notification{Body: []byte(large)}); order.CodeOf(err) != order.CodeTooLarge {
		t.Errorf("a large notification: %v", err)
	}
	wide := gateway.Opening{App: gateway.ScanningApp{Kind: large, Component: large}, Default: "\x00"}
	_, err := w.server.Open(t.Context(), address, wide)
	if bad, ok := errors.AsType[*order.Error](err); !ok || bad.Code != order.CodeInvalid || len(bad.Problems) != 3 {
		t.Errorf("a wide opening: %v", err)
	}
	b := beginning(large)
	b.Component, b.Opening, b.Actions = large, wide, make([]component.ActionKind, 17)
	_, err = w.server.Begin(t.Context(), address, b)
	if bad, ok := errors.AsType[*order.Error](err); !ok || bad.Code != order.CodeInvalid || len(bad.Problems) != 6 {
		t.Errorf("a wide beginning: %v", err)
	}
}
