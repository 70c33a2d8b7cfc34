package clearing_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

func ruled() gateway.Policy {
	return gateway.Policy{Mode: gateway.ModeGateway, Default: "blue", Rules: []gateway.Rule{
		{Name: "dear", When: gateway.When{Currencies: []string{"CNY"}, Min: 1000}, Offer: []string{"red"}}}}
}

// Each decision is on record, with the policy of its time, and comes out again.
func TestDecisionsAreRecorded(t *testing.T) {
	decisionsAreRecorded(t, openStore(t, tempFile(t)))
}

func decisionsAreRecorded(t *testing.T, st *store.Store) {
	w := newWorld(t, nil)
	w.setup.Policy = ruled()
	w.server = newServer(t, st, w.keys, w.setup, clearing.Options{})
	cheap := w.begin(w.place(w.newOrder()), "k")
	o := w.newOrder()
	o.Total.Amount = 1000
	address := w.place(o)
	s, err := w.server.Open(t.Context(), address, gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}})
	if err != nil || len(s.Offers) != 1 || s.Offers[0].Name != "red" || s.Instruction.Rule != "dear" {
		t.Errorf("the session has %v and %+v, %v", s.Offers, s.Instruction, err)
	}
	can := []component.ActionKind{component.ActionRedirect}
	if _, err := w.server.Begin(t.Context(), address, gateway.Beginning{Component: "blue", Key: "k", Actions: can}); !errors.Is(err, order.CodeNotOffered) {
		t.Errorf("what the rule does not offer: %v", err)
	}
	dear, err := w.server.Begin(t.Context(), address, gateway.Beginning{Component: "red", Key: "k2", Actions: can, Opening: gateway.Opening{Default: "blue"}})
	if err != nil {
		t.Fatal(err)
	}
	was := w.setup.Policy
	w.setup.Policy = gateway.Policy{} // what was decided stays as it was decided
	server := newServer(t, st, w.keys, w.setup, clearing.Options{})
	for id, want := range map[string]gateway.DecisionRecord{
		cheap.ID: {Policy: was, Decision: gateway.Decision{Offers: []string{"blue", "red"}, Permitted: []string{"blue", "red"},
			Instruction: gateway.Instruction{Mode: "gateway", Component: "blue", Wanted: "gateway", Reason: "policy"}},
			Chosen: gateway.Instruction{Mode: "gateway", Component: "blue", Wanted: "gateway", Reason: "policy"}},
		dear.ID: {Policy: was, Decision: gateway.Decision{Offers: []string{"red"}, Permitted: []string{"red"},
			Instruction: gateway.Instruction{Mode: "choose", Wanted: "gateway", Reason: "not_offered", Rule: "dear"}},
			Chosen: gateway.Instruction{Mode: "choose", Component: "red", Wanted: "gateway", Reason: "not_offered", Rule: "dear"}},
	} {
		got, err := server.Decision(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if got.Question.Merchant != "tea" || got.Question.Acquirer != "north" || !got.Question.At.Equal(w.clock()) {
			t.Errorf("the question is %+v", got.Question)
		}
		got.Question = gateway.Question{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	for _, id := range []string{"", "x", cheap.ID[:len(cheap.ID)-2] + "07"} {
		if _, err := server.Decision(t.Context(), id); !errors.Is(err, order.CodeNotFound) {
			t.Errorf("the decision of attempt %q: %v", id, err)
		}
	}
}

// A component that keeps failing is set aside, told to the operator, tried again after
// a pause that grows, and back once it works.
func TestAFailingComponentIsSetAside(t *testing.T) {
	w, r := newRogueWorld(t)
	var log bytes.Buffer
	w.setup.Policy = gateway.Policy{Mode: gateway.ModeGateway, Default: "blue"}
	w.server = newServer(t, w.store, w.keys, w.setup, clearing.Options{Logger: slog.New(slog.NewTextHandler(&log, nil)),
		Aside: clearing.AsideOptions{After: 2, First: time.Minute, Longest: 90 * time.Second}})
	fails := errors.New("the line is dead")
	r.begin = func(context.Context, component.Attempt) (component.Progress, error) {
		return component.Progress{}, fails
	}
	begin := func() string { // and what a payer is told afterwards
		t.Helper()
		w.begin(w.place(w.newOrder()), "k")
		s, err := w.server.Open(t.Context(), w.place(w.newOrder()), gateway.Opening{})
		if err != nil {
			t.Fatal(err)
		}
		told := string(s.Instruction.Reason)
		for _, o := range s.Offers {
			told += " " + o.Name
		}
		return told
	}
	wait := func(d time.Duration) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.now = w.now.Add(d)
	}
	for i, c := range []struct {
		wait time.Duration
		err  error
		want string
	}{
		{0, fails, "policy blue red"},                            // once is chance
		{0, fails, "set_aside red"},                              // twice in a row
		{59 * time.Second, fails, "set_aside red"},               // who had seen it may try, which is no reason for more
		{time.Second, fails, "set_aside red"},                    // tried again, for longer
		{89 * time.Second, fails, "set_aside red"},               // the longest pause
		{time.Second, order.CodeUnavailable, "set_aside red"},    // it says so itself
		{90 * time.Second, order.CodeRefused, "policy blue red"}, // it works, and says no
		{0, fails, "policy blue red"},
		{0, nil, "policy blue red"},
		{0, fails, "policy blue red"},
	} {
		wait(c.wait)
		fails := c.err
		r.begin = func(ctx context.Context, a component.Attempt) (component.Progress, error) {
			if fails == nil {
				return w.blue.Begin(ctx, a)
			}
			if code, ok := fails.(order.Code); ok {
				return component.Progress{}, &order.Error{Code: code}
			}
			return component.Progress{}, fails
		}
		if got := begin(); got != c.want {
			t.Errorf("step %d: %q, want %q", i, got, c.want)
		}
	}
	if got := bytes.Count(log.Bytes(), []byte("is set aside")); got != 3 {
		t.Errorf("the operator was told %d times", got)
	}
}

// The component is told where the payer is when it begins, and nobody afterwards.
func TestPayerAddressReachesTheComponentAlone(t *testing.T) {
	w, r := newRogueWorld(t)
	var seen []string
	r.begin = func(ctx context.Context, a component.Attempt) (component.Progress, error) {
		seen = append(seen, a.PayerAddress)
		return w.blue.Begin(ctx, a)
	}
	r.resume = func(_ context.Context, a component.Attempt) (component.Progress, error) {
		seen = append(seen, a.PayerAddress)
		return component.Progress{}, nil
	}
	a, err := w.server.Begin(t.Context(), w.place(w.newOrder()), gateway.Beginning{Component: "blue", Key: "k", PayerAddress: "203.0.113.7",
		Actions: []component.ActionKind{component.ActionRedirect}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"203.0.113.7", ""}, seen); diff != "" {
		t.Error(diff)
	}
}

// One order that cannot be begun, however often it is tried, sets nothing aside.
func TestOneOrderSetsNothingAside(t *testing.T) {
	w, r := newRogueWorld(t)
	tries := 0
	r.begin = func(context.Context, component.Attempt) (component.Progress, error) {
		tries++
		return component.Progress{}, errors.New("the line is dead")
	}
	address := w.place(w.newOrder())
	for range 12 {
		w.begin(address, "k")
	}
	s, err := w.server.Open(t.Context(), w.place(w.newOrder()), gateway.Opening{})
	if err != nil || tries < 12 || len(s.Offers) != 2 {
		t.Errorf("after %d tries the next order is offered %v, %v", tries, s.Offers, err)
	}
}

// An order that the policy lets nobody pay is refused when it is placed.
func TestAnOrderThatThePolicyLetsNobodyPay(t *testing.T) {
	w := newWorld(t, nil)
	w.setup.Policy = gateway.Policy{Rules: []gateway.Rule{{Name: "euros", When: gateway.When{Merchants: []string{"tea"}}, Offer: []string{"euro"}}}}
	more, err := w.setup.Components.With(gatewaytest.NewWallet("euro", "EUR"))
	if err != nil {
		t.Fatal(err)
	}
	w.setup.Components = more
	desk, err := newServer(t, w.store, w.keys, w.setup, clearing.Options{}).For("north")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Place(t.Context(), w.newOrder()); !errors.Is(err, order.CodeRefused) || !strings.Contains(err.Error(), "no payment component takes 5.00 CNY") {
		t.Errorf("placed: %v", err)
	}
	o := w.newOrder()
	o.Total.Currency = "EUR"
	if _, err := desk.Place(t.Context(), o); err != nil {
		t.Error(err)
	}
}
