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

func (l *lab) refund(a component.Attempt, id string, fen int64) (component.RefundEvidence, error) {
	return l.Refund(l.Context(), a, component.Refund{ID: id, Amount: order.Money{Amount: fen, Currency: "CNY"}, Reason: strings.Repeat("退", 100)})
}

// A refund is made once for its number, however often it is asked for and whatever
// answers are lost.
func TestRefundOnce(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	a := l.paid()
	lose := "POST /v3/refund/domestic/refunds"
	l.fake.fault = func(call string, answer func() *http.Response) (*http.Response, error) {
		resp := answer()
		if call == lose {
			return nil, errors.New("the connection broke")
		}
		return resp, nil
	}
	if e, err := l.refund(a, "r1", 1000); !isUnknown(err) {
		t.Fatalf("a refund whose answer was lost: %+v, %v", e, err)
	}
	lose = ""
	want := component.RefundEvidence{Outcome: component.OutcomeSucceeded, Refund: "r1", Reference: l.fake.refunds["r1"].reference,
		Amount: order.Money{Amount: 1000, Currency: "CNY"}, At: l.now}
	for range 3 {
		got, err := l.refund(a, "r1", 1000)
		if diff := cmp.Diff(want, got); err != nil || diff != "" || l.fake.payments[a.ID].refunded != 1000 {
			t.Errorf("gave %d, %v (-want +got):\n%s", l.fake.payments[a.ID].refunded, err, diff)
		}
	}
	if e, err := l.refund(a, "r1", 1); !errors.Is(err, order.CodeConflict) {
		t.Errorf("another amount under the same number: %+v, %v", e, err)
	}
	if e, err := l.refund(a, "r2", 231); !isUnknown(err) || !strings.Contains(err.Error(), "INVALID_REQUEST") {
		t.Errorf("more than is left: %+v, %v", e, err)
	}
	if e, err := l.refund(a, "r3", 230); err != nil || e.Outcome != component.OutcomePending {
		t.Errorf("what is left: %+v, %v", e, err)
	}
	if e := l.query(a); e.Outcome != component.OutcomeSucceeded {
		t.Errorf("given back in whole, the payment is %+v", e)
	}
}

// What each state of a refund says; one that WeChat Pay closed is not begun anew.
func TestRefundStates(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	a := l.paid()
	if _, err := l.refund(a, "r1", 1000); err != nil {
		t.Fatal(err)
	}
	l.fake.calls = nil
	for status, want := range map[string]component.RefundEvidence{
		"PROCESSING": {Outcome: component.OutcomePending, Refund: "r1"},
		"ABNORMAL":   {Outcome: component.OutcomePending, Refund: "r1"},
		"CLOSED":     {Outcome: component.OutcomeFailed, Refund: "r1", Reason: "closed"},
		"SUCCESS": {Outcome: component.OutcomeSucceeded, Refund: "r1", Reference: l.fake.refunds["r1"].reference,
			Amount: order.Money{Amount: 1000, Currency: "CNY"}, At: l.now},
	} {
		l.fake.refunds["r1"].status = status
		got, err := l.refund(a, "r1", 1000)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", status, err, diff)
		}
	}
	l.fake.refunds["r1"].status = "LOST"
	if e, err := l.refund(a, "r1", 1000); !errors.Is(err, order.CodeInternal) {
		t.Errorf("a status of tomorrow: %+v, %v", e, err)
	}
	for _, call := range l.fake.calls {
		if strings.HasPrefix(call, "POST") {
			t.Errorf("asked for anew: %s", call)
		}
	}
}

// Money that cannot go back has a stable word for why; where it may yet, the refund
// has not failed.
func TestRefundsThatFail(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	closed, waiting, never := l.attempt(), l.attempt(), l.attempt()
	l.begin(closed)
	l.begin(waiting)
	if _, err := l.Cancel(t.Context(), closed); err != nil {
		t.Fatal(err)
	}
	a := l.paid()
	for b, reason := range map[*component.Attempt]string{&closed: "not_paid", &waiting: "", &never: ""} {
		e, err := l.refund(*b, "r1", 1)
		if reason == "" && !isUnknown(err) || reason != "" && (err != nil || e.Outcome != component.OutcomeFailed || e.Reason != reason) {
			t.Errorf("%+v, %v; want %q", e, err, reason)
		}
	}
	for code, reason := range map[string]string{
		"NOT_ENOUGH": "insufficient_balance", "USER_ACCOUNT_ABNORMAL": "payer_account", "INVALID_REQUEST": "",
		"FREQUENCY_LIMITED": "", "PARAM_ERROR": "", "NO_AUTH": "", "A_CODE_OF_TOMORROW": "",
	} {
		l.fake.fault = func(call string, answer func() *http.Response) (*http.Response, error) {
			if call != "POST /v3/refund/domestic/refunds" {
				return answer(), nil
			}
			return l.fake.said(403, `{"code":"`+code+`"}`), nil
		}
		e, err := l.refund(a, "r1", 1)
		if reason == "" && !isUnknown(err) || reason != "" && (err != nil || e.Outcome != component.OutcomeFailed || e.Reason != reason) {
			t.Errorf("%s: %+v, %v; want %q", code, e, err, reason)
		}
	}
	l.fake.fault = nil
	for _, r := range []component.Refund{{ID: "R", Amount: a.Amount}, {ID: "r2", Amount: order.Money{Amount: -1, Currency: "CNY"}}, {ID: "r3", Amount: order.Money{Amount: 1, Currency: "JPY"}}} {
		if e, err := l.Refund(t.Context(), a, r); !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%+v: %+v, %v", r, e, err)
		}
	}
	l.now = l.now.Add(366 * 24 * time.Hour)
	if e, err := l.refund(never, "r1", 1); err != nil || e.Reason != "not_paid" {
		t.Errorf("a payment that never was: %+v, %v", e, err)
	}
	if e, err := l.refund(a, "r1", 1); err != nil || e.Reason != "window_closed" {
		t.Errorf("after a year: %+v, %v", e, err)
	}
	if l.fake.payments[a.ID].refunded != 0 {
		t.Error("money went back")
	}
}
