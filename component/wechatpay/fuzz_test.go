package wechatpay

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// The parsers without the signature, which is what a fuzzer cannot make and what
// takes most of the time.

// FuzzResource holds the reader of what a notification encrypts: whatever is in it
// becomes evidence only with all that evidence needs, about this merchant and app.
func FuzzResource(f *testing.F) {
	const head = `{"appid":"wx1","mchid":"19","out_trade_no":"attempt1"`
	for _, plain := range []string{"", "{}", "[]", head + `}`, head + `,"trade_state":"SUCCESS","transaction_id":"1","success_time":"2018-06-08T10:34:56+08:00","amount":{"total":1}}`,
		head + `,"trade_state":"CLOSED"}`, head + `,"trade_state":"NOTPAY","amount":{"total":1e2}}`, head + `,"trade_state":"SUCCESS","amount":{"total":9223372036854775807}}`,
		head + `,"OUT_TRADE_NO":"attempt2","trade_state":"REVOKED"}`} {
		f.Add([]byte(plain))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		c := &Component{settings: Settings{MchID: "19", AppID: "wx1"}, open: func(resource) ([]byte, error) { return plain, nil }}
		e, err := c.told(resource{})
		if err != nil {
			if o, ok := errors.AsType[*order.Error](err); !ok || o.Code.Retryable() {
				t.Errorf("%q: %v", plain, err)
			}
			return
		}
		a := component.Attempt{ID: e.Attempt, Amount: e.Amount}
		switch {
		case checkNumber(e.Attempt) != nil || !bytes.Contains(plain, []byte("wx1")) && !bytes.Contains(plain, []byte(`\u`)):
			t.Errorf("%q became %+v", plain, e)
		case e.Outcome == component.OutcomeSucceeded && (e.Amount.Amount < 1 || e.Reference == "" || e.Amount.Validate() != nil):
			t.Errorf("%q became %+v", plain, e)
		case e.Outcome == component.OutcomeFailed && (e.Reason == "" || e.Check(a) != nil && order.CheckText(e.Reference, 128) == nil):
			t.Errorf("%q became %+v", plain, e)
		}
	})
}

// FuzzRefusal holds the reader of refusals to deciding nothing without a signature, and
// with one only where WeChat Pay says so with a status of its own.
func FuzzRefusal(f *testing.F) {
	for _, body := range []string{"", "{}", "[]", `{"code":"ORDER_NOT_EXIST"}`, `{"code":"","message":"x"}`, `{"code":7}`, `{"code":"SIGN_ERROR","message":"签名"}`} {
		for _, status := range []int{302, 400, 401, 404, 429, 500} {
			f.Add(status, []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if no, err := refusal(status, body, errors.New("not signed")); no != nil || err == nil {
			t.Errorf("status %d, %q: unsigned, it says %+v, %v", status, body, no, err)
		}
		no, err := refusal(status, body, nil)
		switch {
		case (no == nil) == (err == nil):
			t.Errorf("status %d, %q: %+v and %v", status, body, no, err)
		case no != nil && (status < 400 || status > 499 || no.Code == "" || no.err() == nil):
			t.Errorf("status %d, %q: %+v", status, body, no)
		case err != nil && !order.CodeOf(err).Retryable():
			t.Errorf("status %d, %q: %v", status, body, err)
		}
	})
}

// FuzzKeys holds the readers of keys to saying no without telling what they read.
func FuzzKeys(f *testing.F) {
	for _, name := range []string{"merchant.pem", "next.crt"} {
		text, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "5157F09EFDC096DE15EBE81A47057A7232F1B8E1")
	}
	f.Add("-----BEGIN PUBLIC KEY-----", "PUB_KEY_ID_")
	f.Add("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n", "PUB_KEY_ID_1")
	f.Add("c2VjcmV0", "0")
	f.Fuzz(func(t *testing.T, text, serial string) {
		_, private := parsePrivate([]byte(text))
		keys, problems := parseKeys([]PlatformKey{{Serial: serial, Key: text}}, nil, "1DDE55AD")
		if private == nil && len(problems) == 0 {
			t.Errorf("%q is both keys", text)
		}
		if len(problems) == 0 && (len(keys) != 1 || keys[normal(serial)].PublicKey == nil) {
			t.Errorf("%q %q became %v", serial, text, keys)
		}
		for _, told := range append([]string{problemsText(problems)}, errText(private)) {
			if len(text) > 40 && strings.Contains(told, text) {
				t.Error("the error tells the key")
			}
		}
	})
}

func problemsText(problems []order.Problem) (all string) {
	for _, p := range problems {
		all += p.String()
	}
	return all
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
