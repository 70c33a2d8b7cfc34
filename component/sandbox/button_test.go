package sandbox

import (
	"errors"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// ending is how a button ends.
type ending struct {
	button   wallet.Decision
	hint     string            // what the payer brings back
	at       component.Outcome // what a query says at once; "" when nobody can tell
	after    time.Duration     // until it is final
	final    component.Outcome
	reason   string
	notified bool
}

// Each button ends as the package documentation says: what the payer brings
// back, what a query says at once and later, and which notification comes.
func TestButtons(t *testing.T) {
	for _, e := range []ending{
		{wallet.Approve, "succeeded", component.OutcomeSucceeded, 0, component.OutcomeSucceeded, "", true},
		{wallet.Decline, "failed", component.OutcomeFailed, 0, component.OutcomeFailed, "declined", true},
		{wallet.Slow, "pending", component.OutcomePending, 10 * time.Second, component.OutcomeSucceeded, "", true},
		{wallet.Lost, "succeeded", component.OutcomeSucceeded, 0, component.OutcomeSucceeded, "", false},
		{wallet.Unknown, "unknown", "", time.Minute, component.OutcomeSucceeded, "", false},
	} {
		t.Run(string(e.button), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := newQuietLab(t, nil)
				l.run()
				a, action := l.begin(l.attempt())
				back, err := l.press(action, e.button)
				if want := (url.Values{"number": {a.ID}, "result": {e.hint}}).Encode(); err != nil || back.Query != want {
					t.Errorf("the app brings back %q (%v), want %q", back.Query, err, want)
				}
				decided := time.Now()
				e.checkEarly(t, l, a)
				synctest.Wait()
				want := component.Evidence{Outcome: e.final, Attempt: a.ID, Reference: a.Reference, Reason: e.reason, At: decided.Add(e.after)}
				if e.final == component.OutcomeSucceeded {
					want.Amount = a.Amount
				}
				if diff := cmp.Diff(want, l.query(a)); diff != "" {
					t.Errorf("the query says (-want +got):\n%s", diff)
				}
				e.checkNotified(t, l, want)
				if got, want := l.charges(a.ID) == 1, e.final == component.OutcomeSucceeded; got != want {
					t.Errorf("charged: %v, want %v", got, want)
				}
			})
		})
	}
}

// checkEarly asks at once, and at the last moment before it is final, which it
// waits for.
func (e ending) checkEarly(t *testing.T, l *lab, a component.Attempt) {
	t.Helper()
	ask := func() {
		t.Helper()
		got, err := l.component.Query(t.Context(), a)
		if got.Outcome != e.at || (e.at == "") != errors.Is(err, order.CodeUnavailable) {
			t.Errorf("the query says %q (%v), want %q", got.Outcome, err, e.at)
		}
	}
	ask()
	if e.after > 0 {
		time.Sleep(e.after - time.Millisecond)
		ask()
		time.Sleep(time.Millisecond)
	}
}

// checkNotified waits a day for the one notification, or for none.
func (e ending) checkNotified(t *testing.T, l *lab, want component.Evidence) {
	t.Helper()
	time.Sleep(24 * time.Hour)
	if got := len(l.gateway.arrived); got > 1 || (got == 1) != e.notified {
		t.Fatalf("%d notifications came", got)
	}
	if !e.notified {
		return
	}
	l.component.options.Now = func() time.Time { return want.At }
	r, err := l.component.Receive(t.Context(), (<-l.gateway.arrived).Notification)
	if diff := cmp.Diff(&want, r.Evidence); err != nil || diff != "" {
		t.Errorf("the notification says (-want +got): %v\n%s", err, diff)
	}
}

// A decision is final: the same button again is no second decision, another
// button is refused, and the payer is charged once, however fast they click.
func TestDecisionIsFinal(t *testing.T) {
	l := newLab(t, nil)
	a, action := l.begin(l.attempt())
	var clicks sync.WaitGroup
	for range 8 {
		clicks.Go(func() {
			if got := l.browse(http.MethodPost, pageOf(action), "decision=approve"); got.StatusCode != http.StatusSeeOther {
				t.Errorf("a click of many got %s", got.Status)
			}
		})
	}
	clicks.Wait()
	if got := l.browse(http.MethodPost, pageOf(action), "decision=decline"); got.StatusCode != http.StatusConflict {
		t.Errorf("another button after the decision got %s", got.Status)
	}
	if n := l.charges(a.ID); n != 1 {
		t.Errorf("charged %d times", n)
	}
	if e := l.query(a); e.Outcome != component.OutcomeSucceeded {
		t.Errorf("the outcome is %q", e.Outcome)
	}
}

// Nobody can decide a payment that has expired, and it stays so even if the
// clock steps back. A decision made in time counts even if it is known later.
func TestExpiry(t *testing.T) {
	var now time.Time
	l := newQuietLab(t, &ProviderOptions{Now: func() time.Time { return now }})
	l.component.options.Now = func() time.Time { return now }
	now = time.Now().Truncate(time.Second)
	late, lateAction := l.begin(l.attempt())
	slow, slowAction := l.begin(l.attempt())

	now = slow.Expires.Truncate(time.Second).Add(-time.Second)
	if _, err := l.press(slowAction, wallet.Slow); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	want := component.Evidence{Outcome: component.OutcomeFailed, Attempt: late.ID, Reference: late.Reference,
		Reason: "expired", At: late.Expires.UTC().Truncate(time.Second)}
	for range 2 {
		if diff := cmp.Diff(want, l.query(late)); diff != "" {
			t.Errorf("an expired payment (-want +got):\n%s", diff)
		}
		back, err := l.press(lateAction, wallet.Approve)
		if want := "number=" + late.ID + "&result=failed"; err != nil || back.Query != want {
			t.Errorf("the app brings back %q (%v), want %q", back.Query, err, want)
		}
		if got := l.browse(http.MethodPost, pageOf(lateAction), "decision=approve"); got.StatusCode != http.StatusGone {
			t.Errorf("a button after the expiry got %s", got.Status)
		}
		now = now.Add(-time.Minute)
	}
	now = now.Add(time.Hour)
	if e := l.query(slow); e.Outcome != component.OutcomeSucceeded {
		t.Errorf("decided in time, known late: %q", e.Outcome)
	}
	if l.charges(late.ID) != 0 || l.charges(slow.ID) != 1 {
		t.Errorf("charges: %+v", l.provider.Charges())
	}
}

// A payment that expired before it was asked for fails.
func TestBeginTooLate(t *testing.T) {
	l := newLab(t, nil)
	a := l.attempt()
	a.Expires = time.Now().Add(-time.Second)
	p, err := l.component.Begin(t.Context(), a)
	if err != nil || p.Action != nil || p.Evidence == nil || p.Evidence.Outcome != component.OutcomeFailed {
		t.Errorf("Begin after the expiry: %+v, %v", p, err)
	}
}
