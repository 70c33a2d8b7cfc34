package alipay_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// What each state of a trade proves when Alipay is asked; the same as when it
// notifies.
func TestQueryStates(t *testing.T) {
	l := newLab(t)
	waiting, lapsed, paid, old, back := l.attempt(), l.attempt(), l.paid(), l.paid(), l.paid()
	if _, err := l.fake.open(l.begin(waiting)); err != nil {
		t.Fatal(err)
	}
	if err := l.fake.lapse(l.begin(lapsed)); err != nil {
		t.Fatal(err)
	}
	l.fake.finish(old.ID)
	if _, err := l.Refund(t.Context(), back, component.Refund{ID: "r1", Amount: back.Amount}); err != nil {
		t.Fatal(err)
	}
	success := func(a component.Attempt) component.Evidence {
		return component.Evidence{Outcome: component.OutcomeSucceeded, Amount: a.Amount, At: l.now}
	}
	for name, c := range map[string]struct {
		a    component.Attempt
		want component.Evidence
	}{
		"waiting":           {waiting, component.Evidence{Outcome: component.OutcomePending}},
		"closed unpaid":     {lapsed, component.Evidence{Outcome: component.OutcomeFailed, Reason: "closed"}},
		"paid":              {paid, success(paid)},
		"finished":          {old, success(old)},
		"wholly given back": {back, success(back)},
	} {
		c.want.Attempt, c.want.Reference = c.a.ID, l.fake.trades[c.a.ID].reference
		if diff := cmp.Diff(c.want, l.query(c.a)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		p, err := l.Resume(t.Context(), c.a, component.Return{Query: "trade_status=TRADE_SUCCESS"})
		if err != nil || p.Reference != c.want.Reference || *p.Evidence != c.want {
			t.Errorf("%s: Resume %+v, %v", name, p, err)
		}
	}
}

// A trade that Alipay does not know has failed only when nobody can pay it any
// more: before, a redirect may lie in a browser and be opened yet.
func TestWhatAlipayNeverHeardOf(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	address := l.begin(a)
	ask := map[string]func() (component.Evidence, error){
		"Query":  func() (component.Evidence, error) { return l.Query(t.Context(), a) },
		"Cancel": func() (component.Evidence, error) { return l.Cancel(t.Context(), a) },
	}
	pending := component.Evidence{Outcome: component.OutcomePending, Attempt: a.ID}
	failed := component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "expired"}
	for _, step := range []struct {
		after time.Duration
		want  component.Evidence
	}{{0, pending}, {15*time.Minute - 1, pending}, {15 * time.Minute, pending}, {20*time.Minute - 1, pending}, {20 * time.Minute, failed}} {
		l.now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).Add(step.after)
		for name, f := range ask {
			got, err := f()
			if diff := cmp.Diff(step.want, got); err != nil || diff != "" {
				t.Errorf("%s after %s: %v (-want +got):\n%s", name, step.after, err, diff)
			}
		}
	}
	if err := l.fake.pay(address); err == nil {
		t.Error("it was paid after it was said to have failed")
	}
	a.Reference = "2026112322001400000000000001"
	for name, f := range ask {
		if e, err := f(); !isUnknown(err) {
			t.Errorf("%s of a trade that was named before: %+v, %v", name, e, err)
		}
	}
}

// A payer who opens an old redirect after a cancel that was pending has paid, and
// is not said to have failed.
func TestCancelThenPaid(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	address := l.begin(a)
	if e, err := l.Cancel(t.Context(), a); err != nil || e.Outcome != component.OutcomePending {
		t.Fatalf("Cancel of what nobody opened: %+v, %v", e, err)
	}
	if err := l.fake.pay(address); err != nil {
		t.Fatal(err)
	}
	l.now = l.now.Add(time.Hour)
	for range 2 {
		if e, err := l.Cancel(t.Context(), a); err != nil || e.Outcome != component.OutcomeSucceeded || e.Check(a) != nil {
			t.Errorf("Cancel of what was paid: %+v, %v", e, err)
		}
	}
	if slices.Contains(l.fake.calls, "alipay.trade.cancel") || l.fake.trades[a.ID].refunded != 0 {
		t.Errorf("money went back: %q", l.fake.calls)
	}
}

// A payment that is closed takes no money, and says so ever after.
func TestCancel(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	address := l.begin(a)
	if _, err := l.fake.open(address); err != nil {
		t.Fatal(err)
	}
	for _, reason := range []string{"canceled", "closed"} {
		want := component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reference: l.fake.trades[a.ID].reference, Reason: reason}
		got, err := l.Cancel(t.Context(), a)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	if err := l.fake.pay(address); err == nil {
		t.Error("a closed trade was paid")
	}
	for _, n := range l.fake.arrived() {
		if r, err := l.Receive(t.Context(), n); err != nil || r.Evidence.Outcome != component.OutcomeFailed {
			t.Errorf("notified of %+v, %v", r.Evidence, err)
		}
	}
}

// An answer to a cancel that says less than it might, or that Alipay failed, is
// followed by a query.
func TestCancelAsksWhatIsNotSaid(t *testing.T) {
	l := newLab(t)
	for name, content := range map[string]map[string]any{"no number": {"code": "10000"}, "a system error": no("ACQ.SYSTEM_ERROR")} {
		a := l.attempt()
		if _, err := l.fake.open(l.begin(a)); err != nil {
			t.Fatal(err)
		}
		l.fake.fault = func(method string, answer func() *http.Response) (*http.Response, error) {
			if resp := answer(); method != "alipay.trade.close" {
				return resp, nil
			}
			return said(l.fake.signed(method, content)), nil
		}
		if e, err := l.Cancel(t.Context(), a); err != nil || e.Outcome != component.OutcomeFailed || e.Reason != "closed" {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
		l.fake.fault = nil
	}
}

func TestMalformedNumbers(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	a.ID = "../x"
	_, query := l.Query(t.Context(), a)
	_, cancel := l.Cancel(t.Context(), a)
	_, refund := l.Refund(t.Context(), a, component.Refund{ID: "r1", Amount: a.Amount})
	for _, err := range []error{query, cancel, refund} {
		if !errors.Is(err, order.CodeInvalid) {
			t.Error(err)
		}
	}
}
