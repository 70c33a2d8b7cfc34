package wechatpay_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// A notification proves what it says, is acknowledged as WeChat Pay wants it, and
// nothing is corrected: another amount than the attempt's reaches the gateway.
func TestReceive(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	a := l.paid()
	r, err := l.Receive(t.Context(), l.fake.letter(l.body(a, "amount", map[string]any{"total": 9900})))
	if err != nil {
		t.Fatal(err)
	}
	want := component.Received{
		Evidence: &component.Evidence{Outcome: component.OutcomeSucceeded, Attempt: a.ID, Reference: l.fake.payments[a.ID].reference,
			Amount: order.Money{Amount: 9900, Currency: "CNY"}, At: l.now},
		Acknowledge: component.Acknowledgement{Status: 204},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := r.Evidence.Check(a); !errors.Is(err, order.CodeRefused) {
		t.Errorf("evidence over another amount: %v", err)
	}
}

// A notification about a refund, or about something of tomorrow, is genuine and
// proves nothing about a payment.
func TestReceiveAboutSomethingElse(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	a := l.paid()
	if _, err := l.refund(a, "r1", 100); err != nil {
		t.Fatal(err)
	}
	all := l.fake.arrived()
	if len(all) != 2 {
		t.Fatal(all)
	}
	for _, n := range []component.Notification{all[1], l.fake.letter(l.fake.notice("REFUND.ABNORMAL", "refund", nil)),
		l.fake.letter(l.fake.notice("MCHTRANSFER.BILL.FINISHED", "transfer", nil)), l.fake.letter([]byte("{}"))} {
		r, err := l.Receive(t.Context(), n)
		if err != nil || r.Evidence != nil || r.Acknowledge.Status != 204 {
			t.Errorf("%s: %+v, %v", n.Body, r, err)
		}
	}
}

// What is signed and makes no sense here is refused for good.
func TestReceiveRefusesNonsense(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	a := l.paid()
	plain := []byte(`{"out_trade_no":"` + a.ID + `"}`)
	for says, body := range map[string][]byte{
		"out_trade_no \"A-1\" is not 6 to 32":       l.body(a, "out_trade_no", "A-1"),
		"trade_state \"LOST\" is not one of":        l.body(a, "trade_state", "LOST"),
		"transaction_id is missing":                 l.body(a, "transaction_id", nil),
		"success_time: \"today\" is not like":       l.body(a, "success_time", "today"),
		"the amount 0 \"CNY\" is none":              l.body(a, "amount", map[string]any{"total": 0, "currency": "CNY"}),
		"the amount -5 \"\" is none":                l.body(a, "amount", map[string]any{"total": -5}),
		"the amount 5 \"XXXX\" is none":             l.body(a, "amount", map[string]any{"total": 5, "currency": "XXXX"}),
		"its resource is not a payment":             l.body(a, "amount", map[string]any{"total": 12.5}),
		"it is no JSON object":                      []byte("[1]"),
		"is the APIv3 key the merchant's present":   l.fake.sealed("TRANSACTION.SUCCESS", "transaction", []byte(strings.Repeat("k", 32)), plain),
		"the resource's algorithm is \"AES\"":       []byte(`{"event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AES"}}`),
		"the resource's nonce has 0 bytes":          []byte(`{"event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AEAD_AES_256_GCM"}}`),
		"the resource's ciphertext is not base64":   []byte(`{"event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"n","ciphertext":"!"}}`),
		"the resource cannot be decrypted":          []byte(`{"event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"n","ciphertext":""}}`),
		"is the APIv3 key the merchant's present o": []byte(strings.Replace(string(l.body(a)), `"associated_data":"transaction"`, `"associated_data":"refund"`, 1)),
	} {
		r, err := l.Receive(t.Context(), l.fake.letter(body))
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeInvalid || e.Op != "wechatpay.Receive" || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %+v, %v; want %q", body, r, err, says)
		}
	}
	r, err := l.Receive(t.Context(), l.fake.letter(l.body(a, "amount", map[string]any{"total": 1230, "currency": "USD"})))
	if err != nil || r.Evidence.Amount.Currency != "USD" || !errors.Is(r.Evidence.Check(a), order.CodeRefused) {
		t.Errorf("in another currency: %+v, %v", r.Evidence, err)
	}
}

// A notification that is repeated, late or out of order says the same as before;
// after the money was given back nothing says that the payment failed.
func TestNotificationsLateAndOutOfOrder(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	a := l.paid()
	for _, id := range []string{"r1", "r2"} {
		l.now = l.now.Add(time.Minute)
		if _, err := l.refund(a, id, 615); err != nil {
			t.Fatal(err)
		}
	}
	l.now = l.now.Add(24 * time.Hour)
	want := l.query(a)
	all := l.fake.arrived()
	for _, i := range []int{2, 0, 1, 1, 2, 0} {
		r, err := l.Receive(t.Context(), all[i])
		switch {
		case err != nil:
			t.Fatal(err)
		case i > 0 && r.Evidence != nil:
			t.Errorf("a refund proves %+v", r.Evidence)
		case i > 0:
		case cmp.Diff(want, *r.Evidence) != "" || want.Outcome != component.OutcomeSucceeded:
			t.Errorf("(-query +notification):\n%s", cmp.Diff(want, *r.Evidence))
		}
	}
}

// FuzzReceive holds Receive to its promise for any body, signed or not: what it takes
// carries WeChat Pay's signature over these very bytes, and what it refuses is refused
// for good.
func FuzzReceive(f *testing.F) {
	l := newLab(f, wechatpay.ProductH5)
	a := l.paidAs("attempt1")
	genuine := l.body(a)
	for _, body := range []string{string(genuine), "", "{}", "[]", "null", string(genuine) + "\n", `{"event_type":"TRANSACTION.SUCCESS"}`,
		`{"event_type":"TRANSACTION.SUCCESS","resource":{"algorithm":"AEAD_AES_256_GCM","nonce":"0123456789abcdef0","ciphertext":""}}`,
		`{"event_type":"TRANSACTION.SUCCESS","EVENT_TYPE":"REFUND.SUCCESS"}`, string(l.fake.notice("REFUND.SUCCESS", "refund", nil))} {
		f.Add([]byte(body), "c5ac7061fccab6bf", false)
		f.Add([]byte(body), "c5ac7061fccab6bf", true)
	}
	f.Fuzz(func(t *testing.T, body []byte, nonce string, seal bool) {
		n := l.fake.letter(genuine)
		n.Body = body
		n.Header["Wechatpay-Nonce"] = []string{nonce}
		if seal {
			n.Header["Wechatpay-Signature"] = []string{sign(l.fake.key, n.Header.Get("Wechatpay-Timestamp")+"\n"+nonce+"\n"+string(body)+"\n")}
		}
		r, err := l.Receive(t.Context(), n)
		if err != nil {
			if e, ok := errors.AsType[*order.Error](err); !ok || e.Code.Retryable() {
				t.Errorf("refused with %v", err)
			}
			return
		}
		if n.Header.Get("Wechatpay-Signature") != sign(l.fake.key, n.Header.Get("Wechatpay-Timestamp")+"\n"+nonce+"\n"+string(body)+"\n") {
			t.Errorf("took %q without WeChat Pay's signature", body)
		}
		if e := r.Evidence; e != nil && e.Attempt != a.ID {
			t.Errorf("%q became %+v", body, e)
		}
	})
}
