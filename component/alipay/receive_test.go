package alipay_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// about is the parameters of a notification about a paid attempt, with changes; ""
// takes one away.
func (l *lab) about(a component.Attempt, changes ...string) map[string]string {
	p := l.fake.about(l.fake.trades[a.ID])
	for i := 0; i < len(changes); i += 2 {
		if p[changes[i]] = changes[i+1]; changes[i+1] == "" {
			delete(p, changes[i])
		}
	}
	return p
}

// A notification proves what it says, is acknowledged as Alipay wants it, and
// nothing is corrected: another amount than the attempt's reaches the gateway.
func TestReceive(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	r, err := l.Receive(t.Context(), letter(l.fake.notice(l.about(a, "total_amount", "99.00"))))
	if err != nil {
		t.Fatal(err)
	}
	want := component.Received{
		Evidence: &component.Evidence{Outcome: component.OutcomeSucceeded, Attempt: a.ID, Reference: l.fake.trades[a.ID].reference,
			Amount: order.Money{Amount: 9900, Currency: "CNY"}, At: l.now},
		Acknowledge: component.Acknowledgement{Status: 200, ContentType: "text/plain; charset=utf-8", Body: []byte("success")},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := r.Evidence.Check(a); !errors.Is(err, order.CodeRefused) {
		t.Errorf("evidence over another amount: %v", err)
	}
}

// What each state of a trade proves. TRADE_CLOSED is said of what was never paid,
// and of what was paid and wholly given back: the latter has not failed.
func TestReceiveStates(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	unpaid := []string{"gmt_payment", "", "receipt_amount", "0.00", "buyer_pay_amount", "0.00", "fund_bill_list", ""}
	for name, c := range map[string]struct {
		changes []string
		want    component.Outcome
	}{
		"waiting":                         {append(unpaid, "trade_status", "WAIT_BUYER_PAY"), component.OutcomePending},
		"paid":                            {nil, component.OutcomeSucceeded},
		"partly given back":               {[]string{"gmt_refund", "2026-11-23 17:00:00.320", "refund_fee", "1.00"}, component.OutcomeSucceeded},
		"finished":                        {[]string{"trade_status", "TRADE_FINISHED"}, component.OutcomeSucceeded},
		"closed":                          {append(unpaid, "trade_status", "TRADE_CLOSED"), component.OutcomeFailed},
		"wholly given back":               {[]string{"trade_status", "TRADE_CLOSED", "gmt_refund", "2026-11-23 17:00:00.320", "refund_fee", "12.30"}, component.OutcomeSucceeded},
		"given back, by its payment time": {[]string{"trade_status", "TRADE_CLOSED", "receipt_amount", ""}, component.OutcomeSucceeded},
		"given back, by its refund time":  {append(unpaid, "trade_status", "TRADE_CLOSED", "gmt_refund", "2026-11-23 17:00:00"), component.OutcomeSucceeded},
		"given back, by its refund":       {append(unpaid, "trade_status", "TRADE_CLOSED", "refund_fee", "12.30"), component.OutcomeSucceeded},
		"given back, by what was paid":    {append(unpaid, "trade_status", "TRADE_CLOSED", "receipt_amount", "12.30"), component.OutcomeSucceeded},
	} {
		r, err := l.Receive(t.Context(), letter(l.fake.notice(l.about(a, c.changes...))))
		if err != nil || r.Evidence.Outcome != c.want || r.Evidence.Check(a) != nil {
			t.Errorf("%s: %+v, %v; want %s", name, r.Evidence, err, c.want)
		}
	}
	r, err := l.Receive(t.Context(), letter(l.fake.notice(l.about(a, "notify_type", "open_app_auth_notify", "out_trade_no", ""))))
	if err != nil || r.Evidence != nil || string(r.Acknowledge.Body) != "success" {
		t.Errorf("about something else: %+v, %v", r, err)
	}
	r, err = l.Receive(t.Context(), letter(l.fake.notice(l.about(a, "trans_currency", "USD"))))
	if err != nil || r.Evidence.Amount.Currency != "USD" || !errors.Is(r.Evidence.Check(a), order.CodeRefused) {
		t.Errorf("in another currency: %+v, %v", r.Evidence, err)
	}
}

// What is signed and makes no sense here is refused for good.
func TestReceiveRefusesNonsense(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	for says, changes := range map[string][]string{
		`out_trade_no "20261123-7" is not 1 to 32`: {"out_trade_no", "20261123-7"},
		`trade_status "TRADE_LOST" is not one of`:  {"trade_status", "TRADE_LOST"},
		`total_amount: order: bad amount`:          {"total_amount", "12.300"},
		`trade_no is missing`:                      {"trade_no", ""},
		`the time of the payment "today"`:          {"gmt_payment", "today"},
	} {
		r, err := l.Receive(t.Context(), letter(l.fake.notice(l.about(a, changes...))))
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeInvalid || e.Op != "alipay.Receive" || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: %+v, %v; want %q", changes, r, err, says)
		}
	}
}

// No part of a notification can be read as other parameters than those that
// Alipay signed: the text that a signature covers joins them with & and =, and a
// payer or merchant may have put these into a value.
func TestReceiveRefusesAnotherReadingOfWhatIsSigned(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	p := l.fake.seal(l.about(a, "subject", "x&total_amount=99.00&z=y"))
	honest := encode(p)
	delete(p, "total_amount")
	p["subject"], p["total_amount"] = "x", "99.00&z=y&total_amount=12.30"
	for what, body := range map[string]string{"as it came": honest, "read otherwise": encode(p)} {
		if r, err := l.Receive(t.Context(), letter(body)); !errors.Is(err, order.CodeUnauthenticated) || !strings.Contains(err.Error(), "holds & and =") {
			t.Errorf("%s: %+v, %v", what, r.Evidence, err)
		}
	}
	a = l.attempt()
	a.Description = "tea&total_amount=99.00&z=/100%\u2028"
	if err := l.fake.pay(l.begin(a)); err != nil {
		t.Fatal(err)
	}
	if got := l.fake.trades[a.ID].subject; got != "tea total_amount 99.00 z 100%" {
		t.Errorf("the subject is %q", got)
	}
	if _, err := l.Receive(t.Context(), letter(l.fake.notice(l.about(a)))); err != nil {
		t.Error(err)
	}
}

// A notification that is repeated, late or out of order says the same as before;
// after the money was given back nothing says that the payment failed.
func TestNotificationsLateAndOutOfOrder(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	for _, id := range []string{"r1", "r2"} {
		l.now = l.now.Add(time.Minute)
		if e, err := l.Refund(t.Context(), a, component.Refund{ID: id, Amount: order.Money{Amount: 615, Currency: "CNY"}}); err != nil || e.Outcome != component.OutcomeSucceeded {
			t.Fatalf("refund %s: %+v, %v", id, e, err)
		}
	}
	if status := l.fake.trades[a.ID].status; status != "TRADE_CLOSED" {
		t.Fatalf("the trade is %s", status)
	}
	l.now = l.now.Add(25 * time.Hour)
	want := l.query(a)
	all := l.fake.arrived()
	for _, i := range []int{2, 0, 1, 1, 2, 0} {
		r, err := l.Receive(t.Context(), all[i])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, *r.Evidence); diff != "" || want.Outcome != component.OutcomeSucceeded {
			t.Errorf("notification %d (-query +notification):\n%s", i, diff)
		}
	}
}

// FuzzReceive holds Receive to its promise for any body, signed or not: what it
// takes carries Alipay's signature over exactly these parameters, and what it
// refuses is refused for good.
func FuzzReceive(f *testing.F) {
	l := newLab(f)
	a := l.paid()
	genuine := l.fake.notice(l.about(a))
	for _, body := range []string{genuine, encode(l.about(a)), genuine + "&x=1", genuine + "&app_id=1", "", "=", "a=%zz", "a&b&c",
		`{"trade_status":"TRADE_SUCCESS"}`, encode(l.about(a, "subject", "a&b=c")), encode(l.about(a, "total_amount", "1e3")),
		encode(l.about(a, "notify_type", "x")), encode(l.about(a, "trade_status", "TRADE_CLOSED", "gmt_payment", ""))} {
		f.Add([]byte(body), false)
		f.Add([]byte(body), true)
	}
	f.Fuzz(func(t *testing.T, body []byte, seal bool) {
		if v, err := url.ParseQuery(string(body)); seal && err == nil {
			body = []byte(l.fake.notice(flat(v)))
		}
		r, err := l.Receive(t.Context(), letter(string(body)))
		if err != nil {
			if e, ok := errors.AsType[*order.Error](err); !ok || e.Code.Retryable() {
				t.Errorf("refused with %v", err)
			}
			return
		}
		v, err := url.ParseQuery(strings.TrimSpace(string(body)))
		p := flat(v)
		if err != nil || p["sign"] != sign(l.fake.key, fakeText(p, "sign", "sign_type")) {
			t.Errorf("took %q without Alipay's signature", body)
		}
		if e := r.Evidence; e != nil && (e.Attempt != p["out_trade_no"] || e.Reference != p["trade_no"] || p["app_id"] != testApp) {
			t.Errorf("%q became %+v", body, e)
		}
	})
}
