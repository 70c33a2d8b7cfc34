package sandbox

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Each way to get a signature wrong has an error of its own that names the cause.
func TestWrongSignaturesSayHow(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	key, body := component.NewSecret([]byte(testSecret)), []byte(`{"number": "a1"}`)
	right := notification("shop", body)
	signed := func(s statement, at time.Time) textproto.MIMEHeader {
		h := textproto.MIMEHeader{}
		s.sign(key, at, h)
		return h
	}
	change := func(name string, to func(string) []string) textproto.MIMEHeader {
		h := signed(right, now)
		h[name] = to(h.Get(name))
		return h
	}
	stamped := func(stamp string) textproto.MIMEHeader {
		return textproto.MIMEHeader{headerMerchant: {"shop"}, headerTime: {stamp}, headerSignature: {right.mac(key, stamp)}}
	}
	other := textproto.MIMEHeader{}
	right.sign(component.NewSecret([]byte("fedcba9876543210")), now, other)
	seen := map[string]bool{}
	for _, c := range []struct {
		says string
		h    textproto.MIMEHeader
		body []byte
	}{
		{"header Sandbox-Signature is there 0 times", change(headerSignature, func(string) []string { return nil }), body},
		{"header Sandbox-Time is there 2 times", change(headerTime, func(s string) []string { return []string{s, s} }), body},
		{`is for merchant "stall", not "shop"`, change(headerMerchant, func(string) []string { return []string{"stall"} }), body},
		{"it is base64", change(headerSignature, func(s string) []string {
			raw, _ := hex.DecodeString(s)
			return []string{base64.StdEncoding.EncodeToString(raw)}
		}), body},
		{"it is in upper case", change(headerSignature, func(s string) []string { return []string{strings.ToUpper(s)} }), body},
		{"it has not 64 digits", change(headerSignature, func(s string) []string { return []string{s[:40]} }), body},
		{"it is not hexadecimal", change(headerSignature, func(s string) []string { return []string{"sha256=" + s} }), body},
		{"another secret, or the message was changed", other, body},
		{"the body is empty", signed(right, now), nil},
		{"has a line end that was not signed", signed(right, now), append([]byte(`{"number": "a1"}`), '\n')},
		{"lacks a line end that was signed", signed(notification("shop", append([]byte(`{"number": "a1"}`), '\n')), now), body},
		{"the body was written anew", signed(notification("shop", []byte(`{"number":"a1"}`)), now), body},
		{"a request was signed", signed(statement{"shop", "POST", "/", body}, now), body},
		{"the body was not signed", signed(notification("shop", nil), now), body},
		{"is in milliseconds", stamped("1800000000000"), body},
		{"is no number", stamped("today"), body},
		{"a clock is wrong, or it is an old message", signed(right, now.Add(-window-time.Second)), body},
	} {
		err := notification("shop", c.body).verify(key, now, c.h)
		if !errors.Is(err, order.CodeUnauthenticated) || !strings.Contains(err.Error(), c.says) || seen[err.Error()] {
			t.Errorf("err = %v, want one of its own that says %q", err, c.says)
			continue
		}
		seen[err.Error()] = true
	}
	if err := right.verify(key, now, signed(right, now)); err != nil || len(seen) < 10 {
		t.Errorf("%d errors; the right one: %v", len(seen), err)
	}
}

// A body that nobody signed is not made a thousand times as long to find out why.
func TestExplainingIsCheap(t *testing.T) {
	deep := strings.Repeat("[", 2000)
	body := []byte(deep + strings.Repeat("1,", 5000) + "1" + strings.ReplaceAll(deep, "[", "]"))
	key, h := component.NewSecret([]byte(testSecret)), textproto.MIMEHeader{}
	notification("shop", nil).sign(key, time.Now(), h)
	h.Set(headerSignature, strings.Repeat("0", 64))
	allocated := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if notification("shop", body).verify(key, time.Now(), h) == nil {
				b.Fatal("it was taken")
			}
		}
	}).AllocedBytesPerOp()
	if allocated > int64(100*len(body)) {
		t.Errorf("%d bytes were allocated for a body of %d", allocated, len(body))
	}
}
