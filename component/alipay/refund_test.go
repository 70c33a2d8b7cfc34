package alipay_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

func (l *lab) refund(a component.Attempt, id string, fen int64) (component.RefundEvidence, error) {
	return l.Refund(l.Context(), a, component.Refund{ID: id, Amount: order.Money{Amount: fen, Currency: "CNY"}, Reason: strings.Repeat("退", 100)})
}

// A refund is made once for its number, however often it is asked for and whatever
// answers are lost.
func TestRefundOnce(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	lose := "alipay.trade.refund"
	l.fake.fault = func(method string, answer func() *http.Response) (*http.Response, error) {
		resp := answer()
		if method == lose {
			return nil, errors.New("the connection broke")
		}
		return resp, nil
	}
	if e, err := l.refund(a, "r1", 1000); !isUnknown(err) {
		t.Fatalf("a refund whose answer was lost: %+v, %v", e, err)
	}
	lose = ""
	want := component.RefundEvidence{Outcome: component.OutcomeSucceeded, Refund: "r1", Reference: l.fake.trades[a.ID].reference + ".r1",
		Amount: order.Money{Amount: 1000, Currency: "CNY"}, At: l.now}
	for range 3 {
		got, err := l.refund(a, "r1", 1000)
		if diff := cmp.Diff(want, got); err != nil || diff != "" || l.fake.trades[a.ID].refunded != 1000 {
			t.Errorf("gave %d, %v (-want +got):\n%s", l.fake.trades[a.ID].refunded, err, diff)
		}
	}
	if e, err := l.refund(a, "r1", 1); !errors.Is(err, order.CodeConflict) {
		t.Errorf("another amount under the same number: %+v, %v", e, err)
	}
	if e, err := l.refund(a, "r2", 231); err != nil || e.Reason != "exceeds_payment" {
		t.Errorf("more than is left: %+v, %v", e, err)
	}
	if e, err := l.refund(a, "r3", 230); err != nil || e.Outcome != component.OutcomeSucceeded {
		t.Errorf("what is left: %+v, %v", e, err)
	}
	if e, err := l.refund(a, "r4", 1); err != nil || e.Reason != "exceeds_payment" {
		t.Errorf("out of nothing: %+v, %v", e, err)
	}
	if e, err := l.refund(a, "r1", 1000); err != nil || e.Outcome != component.OutcomeSucceeded {
		t.Errorf("asked for again at the end: %+v, %v", e, err)
	}
}

// A refund that Alipay took and does not tell yet is pending, and not made again.
func TestRefundPending(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	trade := l.fake.trades[a.ID]
	trade.refunds["r1"], trade.refunded = fakeRefund{amount: 1000, at: l.now, hidden: true}, 1000
	want := component.RefundEvidence{Outcome: component.OutcomePending, Refund: "r1"}
	got, err := l.refund(a, "r1", 1000)
	if diff := cmp.Diff(want, got); err != nil || diff != "" || trade.refunded != 1000 {
		t.Errorf("gave %d, %v (-want +got):\n%s", trade.refunded, err, diff)
	}
	if e, err := l.refund(a, "r1", 999); !errors.Is(err, order.CodeConflict) {
		t.Errorf("another amount under the same number: %+v, %v", e, err)
	}
	l.fake.fault = func(method string, _ func() *http.Response) (*http.Response, error) {
		if method == "alipay.trade.refund" {
			t.Error("a refund that is under way was asked for again")
		}
		return said(l.fake.signed(method, yes(trade, map[string]any{"out_request_no": "r1", "refund_amount": "10.00", "refund_status": "REFUND_PROCESSING"}))), nil
	}
	if got, err = l.refund(a, "r1", 1000); err != nil || got != want {
		t.Errorf("under way: %+v, %v", got, err)
	}
	l.fake.fault = nil
	trade.refunds["r1"] = fakeRefund{amount: 1000, at: l.now}
	if got, err = l.refund(a, "r1", 1000); err != nil || got.Outcome != component.OutcomeSucceeded {
		t.Errorf("at last: %+v, %v", got, err)
	}
}

// Money that cannot go back has a stable word for why; where it may yet, the
// refund has not failed.
func TestRefundsThatFail(t *testing.T) {
	l := newLab(t)
	lapsed, waiting, never, old := l.attempt(), l.attempt(), l.attempt(), l.paid()
	if err := l.fake.lapse(l.begin(lapsed)); err != nil {
		t.Fatal(err)
	}
	if _, err := l.fake.open(l.begin(waiting)); err != nil {
		t.Fatal(err)
	}
	l.fake.finish(old.ID)
	for a, reason := range map[*component.Attempt]string{&lapsed: "not_paid", &old: "window_closed", &waiting: "", &never: ""} {
		e, err := l.refund(*a, "r1", 1)
		if reason == "" && !isUnknown(err) || reason != "" && (err != nil || e.Outcome != component.OutcomeFailed || e.Reason != reason) {
			t.Errorf("%+v, %v; want %q", e, err, reason)
		}
	}
	l.now = l.now.Add(time.Hour)
	if e, err := l.refund(never, "r1", 1); err != nil || e.Reason != "not_paid" {
		t.Errorf("a trade that never was: %+v, %v", e, err)
	}
	a := l.paid()
	for word, reason := range map[string]string{
		"ACQ.SELLER_BALANCE_NOT_ENOUGH": "insufficient_balance", "ACQ.NOT_ALLOW_REFUND": "not_allowed", "ACQ.TRADE_STATUS_ERROR": "",
		"ACQ.REASON_TRADE_BEEN_FREEZEN": "", "ACQ.SYSTEM_ERROR": "", "ACQ.A_WORD_OF_TOMORROW": "", "isv.insufficient-isv-permissions": "",
	} {
		l.fake.fault = func(method string, answer func() *http.Response) (*http.Response, error) {
			if method != "alipay.trade.refund" {
				return answer(), nil
			}
			return said(l.fake.signed(method, no(word))), nil
		}
		e, err := l.refund(a, "r1", 1)
		if reason == "" && !isUnknown(err) || reason != "" && (err != nil || e.Outcome != component.OutcomeFailed || e.Reason != reason) {
			t.Errorf("%s: %+v, %v; want %q", word, e, err, reason)
		}
	}
	l.fake.fault = nil
	for _, r := range []component.Refund{{ID: "R", Amount: a.Amount}, {ID: "r2", Amount: order.Money{Amount: -1, Currency: "CNY"}}, {ID: "r3", Amount: order.Money{Amount: 1, Currency: "JPY"}}} {
		if e, err := l.Refund(t.Context(), a, r); !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%+v: %+v, %v", r, e, err)
		}
	}
	if l.fake.trades[a.ID].refunded != 0 {
		t.Error("money went back")
	}
}

// said is an answer with this body.
func said(body string) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}
