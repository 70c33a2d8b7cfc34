package clearing_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewaytest"
	"github.com/anyscan/anyscan/order"
)

// A crashing component ends the goroutine that called it, as a crash of the
// process would, before or after its provider did the work.
type crashing struct {
	*gatewaytest.Wallet
	before, after bool
	onReceive     func()
}

func (c *crashing) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	if c.before {
		panic("crash before Begin")
	}
	p, err := c.Wallet.Begin(ctx, a)
	if c.after {
		panic("crash after Begin")
	}
	return p, err
}

func (c *crashing) Receive(ctx context.Context, n component.Notification) (component.Received, error) {
	if c.onReceive != nil {
		c.onReceive()
	}
	return c.Wallet.Receive(ctx, n)
}

func newCrashingWorld(t *testing.T) (*world, *crashing) {
	c := &crashing{}
	return newWorld(t, func(w component.Component) component.Component {
		c.Wallet = w.(*gatewaytest.Wallet)
		return c
	}), c
}

// crash begins, is torn away inside the component, and starts again.
func (w *world) crash(address, key string) {
	w.Helper()
	func() {
		defer func() {
			if recover() == nil {
				w.Fatal("the component did not crash")
			}
		}()
		w.begin(address, key)
	}()
	w.restart()
}

// What was recorded before a crash goes on after it, whichever side of the
// provider's work it fell on.
func TestBeginGoesOnAfterCrash(t *testing.T) {
	for _, side := range []string{"before", "after"} {
		t.Run(side, func(t *testing.T) {
			w, c := newCrashingWorld(t)
			o := w.newOrder()
			address := w.place(o)
			c.before, c.after = side == "before", side == "after"
			w.crash(address, "k1")
			c.before, c.after = false, false
			s, err := w.server.Open(t.Context(), address, gateway.Opening{})
			if err != nil || s.Attempt == nil || s.Attempt.State != gateway.AttemptBegun {
				t.Fatalf("after the crash there is the attempt %v, %v", s.Attempt, err)
			}
			a := w.begin(address, "k1")
			if a.ID != s.Attempt.ID || a.State != gateway.AttemptInvoked {
				t.Errorf("beginning again gives attempt %s, %s: want %s, invoked", a.ID, a.State, s.Attempt.ID)
			}
			w.blue.Decide(a.ID, component.OutcomeSucceeded)
			w.later(time.Minute)
			if got := w.status(o); got.State != order.StatePaid || got.Payment.Attempt != a.ID {
				t.Errorf("the order is %s by %v", got.State, got.Payment)
			}
		})
	}
}

// Nobody comes back after the crash: the follow-up finds out what became of
// the attempt.
func TestCrashedBeginIsFollowed(t *testing.T) {
	for side, want := range map[string]gateway.AttemptState{"before": gateway.AttemptFailed, "after": gateway.AttemptSucceeded} {
		t.Run(side, func(t *testing.T) {
			w, c := newCrashingWorld(t)
			address := w.place(w.newOrder())
			c.before, c.after = side == "before", side == "after"
			w.crash(address, "k1")
			s, err := w.server.Open(t.Context(), address, gateway.Opening{})
			if err != nil {
				t.Fatal(err)
			}
			w.blue.Decide(s.Attempt.ID, component.OutcomeSucceeded)
			w.later(time.Minute)
			if s, err = w.server.Open(t.Context(), address, gateway.Opening{}); err != nil || s.Attempt.State != want {
				t.Errorf("the attempt is %s, %v: want %s", s.Attempt.State, err, want)
			}
		})
	}
}

// What an acquirer is owed outlives the process.
func TestNotificationOutlivesProcess(t *testing.T) {
	w := newWorld(t, nil)
	o := w.newOrder()
	a := w.begin(w.place(o), "k1")
	w.blue.Decide(a.ID, component.OutcomeSucceeded)
	w.refuse = true
	if _, err := w.server.Resume(t.Context(), a.ReturnAddress, component.Return{}); err != nil {
		t.Fatal(err)
	}
	paid := w.status(o)
	w.later(time.Second)
	w.restart()
	w.refuse = false
	w.later(24 * time.Hour)
	w.restart()
	w.later(24 * time.Hour)
	if diff := cmp.Diff([]order.Status{paid}, w.told); diff != "" {
		t.Errorf("what the acquirer was told differs (-want +got):\n%s", diff)
	}
}

// A provider gets no acknowledgement for what is not on disk.
func TestAcknowledgesAfterCommit(t *testing.T) {
	w, c := newCrashingWorld(t)
	o := w.newOrder()
	a := w.begin(w.place(o), "k1")
	w.blue.Decide(a.ID, component.OutcomeSucceeded)
	c.onReceive = func() { w.store.Close() }
	n := w.blue.Notice(w.blue.Evidence(a.ID))
	ack, err := w.server.Receive(t.Context(), "blue", n)
	if code := order.CodeOf(err); !code.Retryable() || ack.Body != nil {
		t.Fatalf("the provider was answered %q, %v: it must send again", ack.Body, err)
	}
	c.onReceive = nil
	w.start()
	if _, err := w.server.Receive(t.Context(), "blue", n); err != nil {
		t.Fatal(err)
	}
	if got := w.status(o).State; got != order.StatePaid {
		t.Errorf("the order is %s", got)
	}
}
