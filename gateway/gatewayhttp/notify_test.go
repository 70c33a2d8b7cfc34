package gatewayhttp_test

import (
	"strings"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

func TestReceive(t *testing.T) {
	s := newStub(base)
	s.ack = component.Acknowledgement{Status: 202, ContentType: "application/json", Body: []byte(`{"code":"OK"}`)}
	a := newVisitor(t, s, nil).Do("POST", "/notify/blue?x=%20", "", map[string]string{"Wallet-Signature": "abc", "Content-Type": "application/json"}, `{"a":1}`)
	if a.StatusCode != 202 || a.Header.Get("Content-Type") != "application/json" || a.Text != `{"code":"OK"}` {
		t.Errorf("status %d, %s: %s", a.StatusCode, a.Header.Get("Content-Type"), a.Text)
	}
	if s.notice.Header.Get("Wallet-Signature") != "abc" || s.notice.Query != "x=%20" || string(s.notice.Body) != `{"a":1}` {
		t.Errorf("the component is given %v", s.notice)
	}
}

func TestReceiveByGet(t *testing.T) {
	s := newStub(base)
	s.ack.Body = []byte("success")
	v := newVisitor(t, s, nil)
	a := v.Do("GET", "/notify/blue?sign=1", "", nil, "")
	if a.StatusCode != 200 || a.Text != "success" || a.Header.Get("Content-Type") != "text/plain; charset=utf-8" || s.notice.Query != "sign=1" {
		t.Errorf("status %d, %s: %s", a.StatusCode, a.Header.Get("Content-Type"), a.Text)
	}
	if a := v.Do("HEAD", "/notify/blue?sign=1", "", nil, ""); a.StatusCode != 404 || len(s.asked()) != 1 {
		t.Errorf("HEAD is taken for a notification: status %d, asked %v", a.StatusCode, s.asked())
	}
}

func TestReceiveRefuses(t *testing.T) {
	for _, c := range []struct {
		name, path, body string
		err              error
		status           int
	}{
		{"no name", "/notify/Blue_1", "", nil, 404},
		{"too much", "/notify/blue", strings.Repeat("a", 300<<10), nil, 413},
		{"forged", "/notify/blue", "a", order.Errorf(order.CodeRefused, "", "forged"), 422},
		{"not now", "/notify/blue", "a", order.Errorf(order.CodeUnavailable, "", "busy"), 503},
	} {
		s := newStub(base)
		s.err = c.err
		if a := newVisitor(t, s, nil).Do("POST", c.path, "", nil, c.body); a.StatusCode != c.status || !strings.Contains(a.Text, `"code"`) {
			t.Errorf("%s: status %d: %s", c.name, a.StatusCode, a.Text)
		}
	}
}
