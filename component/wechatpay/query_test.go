package wechatpay_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// What each state of a payment proves when WeChat Pay is asked.
func TestQueryStates(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	for state, want := range map[string]component.Evidence{
		"SUCCESS":    {Outcome: component.OutcomeSucceeded},
		"REFUND":     {Outcome: component.OutcomeSucceeded},
		"NOTPAY":     {Outcome: component.OutcomePending},
		"USERPAYING": {Outcome: component.OutcomePending},
		"PAYERROR":   {Outcome: component.OutcomePending},
		"CLOSED":     {Outcome: component.OutcomeFailed, Reason: "closed"},
		"REVOKED":    {Outcome: component.OutcomeFailed, Reason: "revoked"},
	} {
		a := l.attempt()
		l.begin(a)
		p := l.fake.payments[a.ID]
		p.state = state
		want.Attempt = a.ID
		if want.Outcome == component.OutcomeSucceeded {
			p.reference, p.paid = "4200001234", l.now
			want.Reference, want.Amount, want.At = "4200001234", a.Amount, l.now
		}
		if diff := cmp.Diff(want, l.query(a)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
		r, err := l.Resume(t.Context(), a, component.Return{Query: "trade_state=SUCCESS", Data: "get_brand_wcpay_request:ok"})
		if err != nil || r.Reference != want.Reference || *r.Evidence != want {
			t.Errorf("%s: Resume %+v, %v", state, r, err)
		}
	}
}

// A payment that nobody paid, or that WeChat Pay does not know, has failed only when
// nobody can pay it any more; then it is closed where it is.
func TestUnpaidAtTheEnd(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	start := l.now
	known, never := l.attempt(), l.attempt()
	action := l.begin(known)
	for _, step := range []struct {
		after time.Duration
		want  component.Outcome
	}{{0, "pending"}, {15 * time.Minute, "pending"}, {25*time.Minute - 1, "pending"}, {25 * time.Minute, "failed"}} {
		for _, a := range []component.Attempt{known, never} {
			l.now = start.Add(step.after)
			e := l.query(a)
			if e.Outcome != step.want || e.Check(a) != nil || e.Outcome == component.OutcomeFailed && e.Reason != "expired" {
				t.Errorf("after %s: %+v", step.after, e)
			}
		}
	}
	if state := l.fake.payments[known.ID].state; state != "CLOSED" || l.fake.pay(action) == nil {
		t.Errorf("it is %s, or was paid, after it was said to have failed", state)
	}
	never.Reference = "4200001234"
	if e, err := l.Query(t.Context(), never); !isUnknown(err) {
		t.Errorf("a payment that was named before: %+v, %v", e, err)
	}
}

// A payment that is closed takes no money, and says so ever after.
func TestCancel(t *testing.T) {
	everyProduct(t, func(t *testing.T, l *lab) {
		a := l.attempt()
		action := l.begin(a)
		for _, reason := range []string{"canceled", "closed"} {
			want := component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: reason}
			got, err := l.Cancel(t.Context(), a)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		}
		if err := l.fake.pay(action); err == nil {
			t.Error("a closed payment was paid")
		}
		paid := l.paid()
		if e, err := l.Cancel(t.Context(), paid); err != nil || e.Outcome != component.OutcomeSucceeded || e.Check(paid) != nil {
			t.Errorf("Cancel of what was paid: %+v, %v", e, err)
		}
	})
}

// A payer who has not said yet who they are has no payment to close: that waits, and
// so does one that WeChat Pay will not close now.
func TestCancelThatWaits(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	a := l.attempt()
	if _, err := l.Begin(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	if e, err := l.Cancel(t.Context(), a); err != nil || e.Outcome != component.OutcomePending {
		t.Errorf("%+v, %v", e, err)
	}
	b := l.attempt()
	l.begin(b)
	l.fake.fault = func(call string, answer func() *http.Response) (*http.Response, error) {
		if strings.HasSuffix(call, "/close") {
			return l.fake.said(400, `{"code":"TRADE_ERROR"}`), nil
		}
		return answer(), nil
	}
	if e, err := l.Cancel(t.Context(), b); err != nil || e.Outcome != component.OutcomePending {
		t.Errorf("%+v, %v", e, err)
	}
	l.now = l.now.Add(time.Hour)
	for name, call := range map[string]func() (component.Evidence, error){
		"Query": func() (component.Evidence, error) { return l.Query(t.Context(), b) }, "Cancel": func() (component.Evidence, error) { return l.Cancel(t.Context(), b) },
	} {
		if e, err := call(); !isUnknown(err) || !strings.Contains(err.Error(), "TRADE_ERROR") {
			t.Errorf("%s of what cannot be closed after its time: %+v, %v", name, e, err)
		}
	}
}

func TestMalformedNumbers(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	a := l.attempt()
	a.ID = "../../x"
	_, query := l.Query(t.Context(), a)
	_, cancel := l.Cancel(t.Context(), a)
	_, refund := l.Refund(t.Context(), a, component.Refund{ID: "r1", Amount: a.Amount})
	a.ID = "attempt1"
	_, number := l.Refund(t.Context(), a, component.Refund{ID: "../r1", Amount: a.Amount})
	for _, err := range []error{query, cancel, refund, number} {
		if !errors.Is(err, order.CodeInvalid) {
			t.Error(err)
		}
	}
	if len(l.fake.calls) != 0 {
		t.Errorf("asked %q", l.fake.calls)
	}
}
