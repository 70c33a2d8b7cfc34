package stripe_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// What each state of a session proves.
func TestQueryStates(t *testing.T) {
	for name, c := range map[string]struct {
		act    func(l *lab, address, id string) error
		want   component.Outcome
		reason string
	}{
		"open":                       {func(*lab, string, string) error { return nil }, component.OutcomePending, ""},
		"open after a declined card": {func(l *lab, at, _ string) error { return l.fake.decline(at) }, component.OutcomePending, ""},
		"paid":                       {func(l *lab, at, _ string) error { return l.fake.pay(at) }, component.OutcomeSucceeded, ""},
		"expired":                    {func(l *lab, at, _ string) error { return l.fake.leave(at) }, component.OutcomeFailed, "expired"},
		"expired after a declined":   {func(l *lab, at, _ string) error { return errors.Join(l.fake.decline(at), l.fake.leave(at)) }, component.OutcomeFailed, "expired"},
		"pays later":                 {func(l *lab, at, _ string) error { return l.fake.payLater(at) }, component.OutcomePending, ""},
		"paid later":                 {func(l *lab, at, id string) error { err := l.fake.payLater(at); l.fake.settle(id, true); return err }, component.OutcomeSucceeded, ""},
		"declined later":             {func(l *lab, at, id string) error { err := l.fake.payLater(at); l.fake.settle(id, false); return err }, component.OutcomeFailed, "declined"},
		"expired, and money on its way": {func(l *lab, at, id string) error {
			err := errors.Join(l.fake.decline(at), l.fake.leave(at))
			l.fake.of(id)[0].state = "processing"
			return err
		}, component.OutcomePending, ""},
		"paid and wholly given back": {func(l *lab, at, id string) error { err := l.fake.pay(at); l.fake.of(id)[0].refunded = 1230; return err }, component.OutcomeSucceeded, ""},
	} {
		l := newLab(t)
		a, address := l.begin(l.attempt())
		l.now = l.now.Add(time.Minute)
		if err := c.act(l, address, a.ID); err != nil {
			t.Fatal(err)
		}
		want := component.Evidence{Outcome: c.want, Attempt: a.ID, Reference: a.Reference, Reason: c.reason}
		if c.want == component.OutcomeSucceeded {
			want.Amount, want.At = a.Amount, l.now
		}
		for _, reference := range []string{a.Reference, ""} {
			b := a
			b.Reference = reference
			if diff := cmp.Diff(want, l.query(b)); diff != "" {
				t.Errorf("%s, reference %q (-want +got):\n%s", name, reference, diff)
			}
		}
	}
}

// A reference that was lost in a crash is found again at any time, and finding it
// makes no second session: not when Stripe has forgotten the idempotency key.
func TestLostReference(t *testing.T) {
	for _, life := range []time.Duration{15 * time.Minute, 2 * time.Hour, 23 * time.Hour} {
		for _, later := range []time.Duration{0, 14 * time.Minute, 16 * time.Minute, 22 * time.Hour, 25 * time.Hour, 40 * 24 * time.Hour} {
			l := newLab(t)
			a := l.attempt()
			a.Expires = l.now.Add(life)
			_, address := l.begin(a)
			l.must(l.fake.pay(address))
			l.now = l.now.Add(later)
			if e := l.query(a); e.Outcome != component.OutcomeSucceeded || e.Check(a) != nil || len(l.fake.sessions) != 1 {
				t.Errorf("life %s, after %s: %+v, %d sessions", life, later, e, len(l.fake.sessions))
			}
		}
	}
}

// An attempt without a session has failed once Begin will make none; before, it may
// still be begun.
func TestNeverBegun(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	a.Actions = nil // as of a terminal that Begin refused
	for _, c := range []struct {
		later time.Duration
		want  component.Outcome
	}{{0, component.OutcomePending}, {15 * time.Minute, component.OutcomePending}, {19 * time.Minute, component.OutcomePending}, {20*time.Minute + time.Second, component.OutcomeFailed}} {
		l.now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).Add(c.later)
		for name, ask := range map[string]func() (component.Evidence, error){
			"Query":  func() (component.Evidence, error) { return l.Query(t.Context(), a) },
			"Cancel": func() (component.Evidence, error) { return l.Cancel(t.Context(), a) },
		} {
			if e, err := ask(); err != nil || e.Outcome != c.want || e.Check(a) != nil {
				t.Errorf("%s after %s: %+v, %v", name, c.later, e, err)
			}
		}
	}
	if len(l.fake.sessions) != 0 {
		t.Error("a session was made")
	}
}

// Cancel closes what can be closed, says what is true of the rest, and may be
// repeated.
func TestCancel(t *testing.T) {
	for name, c := range map[string]struct {
		act    func(l *lab, address, id string) error
		want   component.Outcome
		reason string
	}{
		"open":            {func(*lab, string, string) error { return nil }, component.OutcomeFailed, "canceled"},
		"a declined card": {func(l *lab, at, _ string) error { return l.fake.decline(at) }, component.OutcomeFailed, "canceled"},
		"paid":            {func(l *lab, at, _ string) error { return l.fake.pay(at) }, component.OutcomeSucceeded, ""},
		"expired":         {func(l *lab, at, _ string) error { return l.fake.leave(at) }, component.OutcomeFailed, "expired"},
		"pays later":      {func(l *lab, at, _ string) error { return l.fake.payLater(at) }, component.OutcomePending, ""},
	} {
		for _, lost := range []bool{false, true} {
			l := newLab(t)
			a, address := l.begin(l.attempt())
			l.must(c.act(l, address, a.ID))
			if lost {
				a.Reference = ""
			}
			e, err := l.Cancel(t.Context(), a)
			if err != nil || e.Outcome != c.want || e.Reason != c.reason || e.Check(a) != nil {
				t.Errorf("%s, lost %v: %+v, %v", name, lost, e, err)
			}
			again, err := l.Cancel(t.Context(), a)
			if err != nil || again.Outcome != c.want {
				t.Errorf("%s, lost %v, again: %+v, %v", name, lost, again, err)
			}
			if err := l.fake.pay(address); err == nil {
				t.Errorf("%s: it was paid after Cancel", name)
			}
			if len(l.fake.sessions) != 1 {
				t.Errorf("%s, lost %v: %d sessions", name, lost, len(l.fake.sessions))
			}
		}
	}
}

// A payer who pays between the look and the closing has paid.
func TestCancelRace(t *testing.T) {
	l := newLab(t)
	a, address := l.begin(l.attempt())
	l.fake.fault = before("POST /v1/checkout/sessions/ID/expire", func() { l.must(l.fake.pay(address)) })
	if e, err := l.Cancel(t.Context(), a); err != nil || e.Outcome != component.OutcomeSucceeded {
		t.Errorf("%+v, %v", e, err)
	}
}

// A session that Stripe can neither close nor says anything of is not known.
func TestCancelRefusedWhileOpen(t *testing.T) {
	l := newLab(t)
	a, _ := l.begin(l.attempt())
	l.fake.fault = instead("POST /v1/checkout/sessions/ID/expire", 400, string(no(400, "invalid_request_error", "", "", "This session is processing a payment.").body()))
	if e, err := l.Cancel(t.Context(), a); !isUnknown(err) || !strings.Contains(err.Error(), "processing a payment") {
		t.Errorf("%+v, %v", e, err)
	}
}

// An attempt that was canceled before anything was begun is not begun afterwards.
func TestCancelBeforeBegin(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	if e, err := l.Cancel(t.Context(), a); err != nil || e.Outcome != component.OutcomeFailed {
		t.Fatalf("%+v, %v", e, err)
	}
	a.MerchantName, a.Description = "Another name", ""
	if p, err := l.Begin(t.Context(), a); err != nil || p.Action != nil || p.Evidence.Outcome != component.OutcomeFailed {
		t.Errorf("%+v, %v", p, err)
	}
}

// A merchant with very many sessions is told to look for the attempt's.
func TestSearchHasAnEnd(t *testing.T) {
	l := newLab(t)
	a, _ := l.begin(l.attempt())
	l.crowd(2000)
	l.now = l.now.Add(time.Hour)
	a.Reference = ""
	if e, err := l.Query(t.Context(), a); !errors.Is(err, order.CodeUnavailable) || !strings.Contains(err.Error(), "not among the newest 2000") {
		t.Errorf("%+v, %v", e, err)
	}
	l.fake.sessions = l.fake.sessions[:2000]
	if e := l.query(a); e.Reference == "" {
		t.Errorf("%+v", e)
	}
}
