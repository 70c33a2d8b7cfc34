package clearing_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

// rogue answers with what the test says, right or wrong.
type rogue struct {
	component.Component // has no other ability
	begin, resume       func(context.Context, component.Attempt) (component.Progress, error)
}

func (r *rogue) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	if r.begin == nil {
		return r.Component.Begin(ctx, a)
	}
	return r.begin(ctx, a)
}

func (r *rogue) Resume(ctx context.Context, a component.Attempt, back component.Return) (component.Progress, error) {
	if r.resume == nil {
		return r.Component.Resume(ctx, a, back)
	}
	return r.resume(ctx, a)
}

func newRogueWorld(t *testing.T) (*world, *rogue) {
	r := &rogue{}
	return newWorld(t, func(c component.Component) component.Component {
		r.Component = c
		return r
	}), r
}

// A component that breaks its contract pays nothing and stops nothing: the
// attempt is unknown, or stays as it was when the evidence was wrong.
func TestRogueComponent(t *testing.T) {
	redirect := func(address string) *component.Action {
		return &component.Action{Redirect: &component.Redirect{Address: address}}
	}
	for what, c := range map[string]struct {
		progress func(component.Attempt) component.Progress
		state    gateway.AttemptState
		code     order.Code
	}{
		"an action of two kinds": {func(component.Attempt) component.Progress {
			return component.Progress{Action: &component.Action{Redirect: &component.Redirect{Address: "https://x.example"}, Native: &component.Native{}}}
		}, gateway.AttemptUnknown, ""},
		"an action that leads nowhere": {func(component.Attempt) component.Progress {
			return component.Progress{Action: redirect("")}
		}, gateway.AttemptUnknown, ""},
		"a kind it did not describe": {func(component.Attempt) component.Progress {
			return component.Progress{Action: &component.Action{Native: &component.Native{}}}
		}, gateway.AttemptUnknown, ""},
		"an endless reference": {func(component.Attempt) component.Progress {
			return component.Progress{Reference: strings.Repeat("x", 129)}
		}, gateway.AttemptUnknown, ""},
		"evidence about another attempt": {func(component.Attempt) component.Progress {
			return component.Progress{Evidence: &component.Evidence{Outcome: component.OutcomeFailed, Attempt: "x"}}
		}, gateway.AttemptBegun, order.CodeRefused},
		"evidence over too little": {func(a component.Attempt) component.Progress {
			return component.Progress{Evidence: &component.Evidence{Outcome: component.OutcomeSucceeded, Attempt: a.ID, Reference: "r",
				Amount: order.Money{Amount: 1, Currency: "CNY"}}}
		}, gateway.AttemptBegun, order.CodeRefused},
		"nothing at all": {func(component.Attempt) component.Progress { return component.Progress{} }, gateway.AttemptPending, ""},
		"a reason that is no word": {func(a component.Attempt) component.Progress {
			return component.Progress{Evidence: &component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "<b>no</b>"}}
		}, gateway.AttemptFailed, ""},
	} {
		t.Run(what, func(t *testing.T) {
			w, r := newRogueWorld(t)
			o := w.newOrder()
			address := w.place(o)
			r.begin = func(_ context.Context, a component.Attempt) (component.Progress, error) { return c.progress(a), nil }
			b := beginning("k1")
			b.Actions = append(b.Actions, component.ActionNative)
			_, err := w.server.Begin(t.Context(), address, b)
			if order.CodeOf(err) != c.code {
				t.Errorf("Begin: %v, want the code %q", err, c.code)
			}
			s, err := w.server.Open(t.Context(), address, gateway.Opening{})
			if err != nil || s.Attempt.State != c.state || s.Attempt.Action != nil || strings.Contains(s.Attempt.Reason, "<") || s.State != order.StateOpen {
				t.Errorf("the attempt is %+v of an order that is %s, %v: want %s", s.Attempt, s.State, err, c.state)
			}
		})
	}
}

// A component may change its mind about an action, not about a payment.
func TestResumeGivesNextAction(t *testing.T) {
	w, r := newRogueWorld(t)
	a := w.begin(w.place(w.newOrder()), "k1")
	next := component.Action{Redirect: &component.Redirect{Address: "https://blue.example/step/2"}}
	r.resume = func(context.Context, component.Attempt) (component.Progress, error) {
		return component.Progress{Action: &next}, nil
	}
	got, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{})
	if diff := cmp.Diff(&next, got.Action); err != nil || diff != "" || got.State != gateway.AttemptInvoked {
		t.Errorf("the attempt is %s, %v:\n%s", got.State, err, diff)
	}
	r.resume = func(context.Context, component.Attempt) (component.Progress, error) {
		return component.Progress{Action: &next, Reference: "another"}, nil
	}
	if _, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); order.CodeOf(err) != order.CodeRefused {
		t.Errorf("another payment: %v", err)
	}
	r.resume = func(context.Context, component.Attempt) (component.Progress, error) {
		return component.Progress{}, errors.New("no answer")
	}
	if got, err = w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil || got.State != gateway.AttemptInvoked || got.Action == nil {
		t.Errorf("a component that fails leaves the attempt %s, %v", got.State, err)
	}
}

// A component that cannot be queried and takes no notifications is asked as if
// the payer had come back.
func TestComponentWithoutAbilities(t *testing.T) {
	w, _ := newRogueWorld(t)
	o := w.newOrder()
	a := w.begin(w.place(o), "k1")
	w.blue.Decide(a.ID, component.OutcomeSucceeded)
	if _, err := w.server.Receive(t.Context(), "blue", w.blue.Notice(w.blue.Evidence(a.ID))); order.CodeOf(err) != order.CodeNotFound {
		t.Errorf("a notification: %v", err)
	}
	w.later(2 * time.Hour)
	if got := w.status(o).State; got != order.StatePaid {
		t.Errorf("the order is %s although its provider has the money", got)
	}
}

// What a component answered is recorded although the terminal has hung up.
func TestHangingUpLosesNothing(t *testing.T) {
	w, r := newRogueWorld(t)
	address := w.place(w.newOrder())
	ctx, hangUp := context.WithCancel(t.Context())
	r.begin = func(ctx context.Context, a component.Attempt) (component.Progress, error) {
		p, err := r.Component.Begin(ctx, a)
		hangUp()
		return p, err
	}
	w.server.Begin(ctx, address, beginning("k1")) // nobody is there for the answer
	s, err := w.server.Open(t.Context(), address, gateway.Opening{})
	if err != nil || s.Attempt == nil || s.Attempt.State != gateway.AttemptInvoked {
		t.Errorf("the attempt is %+v, %v", s.Attempt, err)
	}
}

// An answer to Begin that comes late, after the payer went on, changes nothing.
func TestLateAnswerIsStale(t *testing.T) {
	for what, failure := range map[string]error{"an action": nil, "an error": errors.New("no answer")} {
		t.Run(what, func(t *testing.T) {
			w, r := newRogueWorld(t)
			address := w.place(w.newOrder())
			var calls atomic.Int32
			both, late, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
			r.begin = func(ctx context.Context, a component.Attempt) (component.Progress, error) {
				if calls.Add(1) == 1 {
					close(both)
					<-late
					p, _ := r.Component.Begin(ctx, a)
					return p, failure
				}
				return r.Component.Begin(ctx, a)
			}
			go func() {
				defer close(done)
				w.server.Begin(context.Background(), address, beginning("k1"))
			}()
			<-both
			a := w.begin(address, "k1")
			if got, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil || got.State != gateway.AttemptInvoked {
				t.Fatalf("the payer came back to an attempt that is %s, %v", got.State, err)
			}
			close(late)
			<-done
			if s, err := w.server.Open(t.Context(), address, gateway.Opening{}); err != nil || s.Attempt.State != gateway.AttemptInvoked {
				t.Errorf("the late answer made the attempt %s, %v", s.Attempt.State, err)
			}
		})
	}
}

// Two acquirers may know merchants by one identifier: a component is told whose
// it collects for.
func TestComponentLearnsWhoseMerchantIsPaid(t *testing.T) {
	w, r := newRogueWorld(t)
	var got component.Attempt
	r.begin = func(_ context.Context, a component.Attempt) (component.Progress, error) {
		got = a
		return component.Progress{}, nil
	}
	w.begin(w.place(w.newOrder()), "k1")
	if got.Acquirer != "north" || got.Merchant != "tea" || got.MerchantName != "Tea House" {
		t.Errorf("it was told of %q of %q, %q", got.Merchant, got.Acquirer, got.MerchantName)
	}
}

// The audit table tells the whole story of an order.
func TestAudit(t *testing.T) {
	w := newWorld(t, nil)
	o := w.newOrder()
	address := w.place(o)
	first, second := w.begin(address, "k1"), w.begin(address, "k2", component.ActionForm)
	w.blue.Decide(first.ID, component.OutcomeSucceeded)
	w.blue.Decide(second.ID, component.OutcomeSucceeded)
	wrong := w.blue.Evidence(first.ID)
	wrong.Amount.Amount = 1
	for _, e := range []component.Evidence{wrong, w.blue.Evidence(first.ID), w.blue.Evidence(first.ID), w.blue.Evidence(second.ID)} {
		w.server.Receive(t.Context(), "blue", w.blue.Notice(e)) // the first is refused
	}
	want := fmt.Sprintf(`1 acquirer:north order >open placed
2 terminal %[1]s >begun blue: choose of choose, policy
3 component:blue %[1]s begun>invoked the component went on
4 terminal %[2]s >begun blue: choose of choose, policy
5 component:blue %[2]s begun>invoked the component went on
6 component:blue %[1]s:evidence >open component.Evidence.Check: refused: the evidence is for 0.01 CNY, the attempt for 5.00 CNY
7 component:blue %[1]s invoked>invoked component.Evidence.Check: refused: the evidence is for 0.01 CNY, the attempt for 5.00 CNY
8 component:blue %[1]s invoked>succeeded the provider has the money
9 component:blue order open>paid by attempt %[1]s
10 component:blue %[2]s invoked>succeeded the provider has the money
11 component:blue %[2]s succeeded>succeeded in excess: the order is paid
12 component:blue %[3]sr01 >pending of attempt %[2]s: in excess: the order is paid`, first.ID, second.ID, first.ID[:26])
	if diff := cmp.Diff(strings.Split(want, "\n"), auditOf(t, w)); diff != "" {
		t.Errorf("the audit differs (-want +got):\n%s", diff)
	}
}

// A failure that is told again, for whatever reason, is one entry.
func TestFailureIsAuditedOnce(t *testing.T) {
	w := newWorld(t, nil)
	a := w.begin(w.place(w.newOrder()), "k1")
	var histories [2][]string
	for i, reason := range []string{"gone", "reversed"} {
		failed := component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: reason}
		if _, err := w.server.Receive(t.Context(), "blue", w.blue.Notice(failed)); err != nil {
			t.Fatal(err)
		}
		histories[i] = auditOf(t, w)
	}
	if diff := cmp.Diff(histories[0], histories[1]); diff != "" || len(histories[0]) != 4 {
		t.Errorf("the history is %q, then it changed:\n%s", histories[0], diff)
	}
}

// auditOf is the history of the only order, an entry a line.
func auditOf(t *testing.T, w *world) (lines []string) {
	err := w.store.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		lines = column(ctx, t, tx, `SELECT seq || ' ' || actor || ' ' || what || ' ' || from_state || '>' || to_state || ' ' || why
			FROM clearing_audit ORDER BY order_key, seq`)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// Money that an order does not take is told loudly, and nothing that is logged
// opens an address.
func TestLog(t *testing.T) {
	var log bytes.Buffer
	w := newWorld(t, nil)
	w.server = newServer(t, w.store, w.keys, w.setup, clearing.Options{
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	address := w.place(w.newOrder())
	first, second := w.begin(address, "k1"), w.begin(address, "k2", component.ActionForm)
	for _, a := range []gateway.Attempt{first, second} {
		w.blue.Decide(a.ID, component.OutcomeSucceeded)
		if _, err := w.server.Receive(t.Context(), "blue", w.blue.Notice(w.blue.Evidence(a.ID))); err != nil {
			t.Fatal(err)
		}
	}
	wrong := w.blue.Evidence(first.ID)
	wrong.Amount.Amount = 1
	w.server.Receive(t.Context(), "blue", w.blue.Notice(wrong))
	w.server.Receive(t.Context(), "blue", component.Notification{})
	for _, want := range []string{"level=ERROR msg=\"money came that the order does not take", "attempt=" + second.ID,
		"level=ERROR msg=\"evidence refused\"", "level=WARN msg=\"a notification was not taken\""} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not tell %s:\n%s", want, &log)
		}
	}
	for _, address := range []string{address, first.ReturnAddress, second.ReturnAddress} {
		if strings.Contains(log.String(), address[len(address)-26:]) {
			t.Errorf("the log holds the token of %s", address)
		}
	}
}
