package alipay

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
)

// The parsers without the signature, which is what a fuzzer cannot make and what
// takes most of the time.

// FuzzForm holds the reader of notifications to reading what any other reader of
// forms reads, and to texts to be signed that have one reading only.
func FuzzForm(f *testing.F) {
	for _, body := range []string{"", "a", "a=", "=a", "a=1&b=2", "a=1&a=2", "a=%zz", "a=%26", "a=1%26b%3D2", "a=x%26y&b=", "a=+%2b&sign=x&sign_type=RSA2",
		"trade_status=TRADE_SUCCESS&total_amount=1.00&out_trade_no=a1&trade_no=1&gmt_payment=2026-11-23+17%3A00%3A00", "{}", "a;b=c", "a=1&&b=2", " a=1\r\n"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		form, err := parseForm(body)
		if err != nil {
			return
		}
		p := form.parameters()
		// A semicolon is a letter as any other (WHATWG URL, 5.1); net/url refuses it.
		other, err := url.ParseQuery(strings.ReplaceAll(string(bytes.TrimSpace(body)), ";", "%3B"))
		if err != nil || len(other) != len(p) || len(form) != len(p) {
			t.Fatalf("%q is read as %q, others read %q, %v", body, p, other, err)
		}
		for name, value := range p {
			if other.Get(name) != value {
				t.Errorf("%q: %s is %q, others read %q", body, name, value, other.Get(name))
			}
		}
		if again := reading(p.text()); !maps.Equal(again, p) {
			t.Errorf("%q signs %q, which reads as %q", body, p.text(), again)
		}
		form.mistakes()
		form.names()
		holds(t, told(p), p["out_trade_no"])
	})
}

// reading is the parameters in a text that is signed: a piece without = belongs to
// the value before it.
func reading(text string) parameters {
	p, last := parameters{}, ""
	for piece := range strings.SplitSeq(text, "&") {
		name, value, named := strings.Cut(piece, "=")
		if !named {
			p[last] += "&" + piece
			continue
		}
		p[name], last = value, name
	}
	return p
}

// holds checks what a trade's evidence may say at most.
func holds(t *testing.T, trade trade, number string) {
	t.Helper()
	e, err := trade.evidence()
	switch {
	case err != nil:
	case e.Attempt != number || checkNumber(number) != nil:
		t.Errorf("%+v became %+v", trade, e)
	case e.Outcome == component.OutcomeSucceeded && (e.Reference == "" || e.Amount.Amount < 0 || trade.Status == statusWait):
		t.Errorf("%+v became %+v", trade, e)
	case e.Outcome == component.OutcomeFailed && (trade.Status != statusClosed || positive(trade.Refunded)):
		t.Errorf("%+v became %+v", trade, e)
	}
}

// FuzzSplit holds the reader of answers to members whose bytes are the answer's
// own, and to reading what any other reader of JSON reads.
func FuzzSplit(f *testing.F) {
	const member = `"alipay_trade_query_response":{"code":"10000","out_trade_no":"a1","trade_no":"1","trade_status":"TRADE_CLOSED","refund_fee":"1.00"}`
	for _, body := range []string{"", "{}", "[]", "{" + member + `,"sign":"x"}`, "{" + member + "," + member + "}", "{" + member + "}{}", `{"a": 1 , "b":[{}]}`,
		`{"a":1,"\u0061":2}`, `{"a":"\/"}`, `{"error_response":{"code":"40002"}}`, "{\"a\":\"\xff\"}", `{"a"`, `{"a":1]`, `null`, `{"sign":1}`} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		members, err := split(body)
		if err != nil {
			return
		}
		var other map[string]json.RawMessage
		if err := json.Unmarshal(body, &other); err != nil || len(other) != len(members) {
			t.Fatalf("%q has the members %q, others read %q, %v", body, members, other, err)
		}
		for name, raw := range members {
			if !bytes.Contains(body, raw) || !bytes.Equal(raw, other[name]) {
				t.Errorf("%q: %s is %q, others read %q", body, name, raw, other[name])
			}
		}
		missing(members, "x")
		content := members["alipay_trade_query_response"]
		compact(content)
		var at trade
		if json.Unmarshal(content, &at) == nil {
			holds(t, at, at.Number)
		}
		var g given
		if json.Unmarshal(content, &g) == nil {
			if e, err := g.evidence(); err == nil && (e.Reference == "" || e.Outcome != component.OutcomeSucceeded) {
				t.Errorf("%q became %+v", content, e)
			}
		}
	})
}
