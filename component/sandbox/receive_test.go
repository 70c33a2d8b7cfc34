package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

func testComponent(t testing.TB) *Component {
	t.Helper()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	c, err := New("sandbox", Settings{"https://wallet.test", "shop", component.NewSecret([]byte(testSecret)), "Sandbox"},
		&Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// notice signs a notification as the company does.
func notice(merchant, secret string, at time.Time, body string) component.Notification {
	n := component.Notification{Header: textproto.MIMEHeader{}, Body: []byte(body)}
	notification(merchant, n.Body).sign(component.NewSecret([]byte(secret)), at, n.Header)
	return n
}

const paid = `{"number":"a1","reference":"r1","state":"succeeded","amount":1230,"currency":"CNY","at":"2026-01-02T03:04:05Z"}`

// A notification proves what it says, and nothing is corrected: an amount that
// differs from the attempt's reaches the gateway as it is, and Check refuses it.
func TestReceive(t *testing.T) {
	c := testComponent(t)
	r, err := c.Receive(t.Context(), notice("shop", testSecret, c.options.Now(), paid))
	if err != nil {
		t.Fatal(err)
	}
	want := component.Received{
		Evidence: &component.Evidence{
			Outcome: component.OutcomeSucceeded, Attempt: "a1", Reference: "r1",
			Amount: order.Money{Amount: 1230, Currency: "CNY"}, At: c.options.Now(),
		},
		Acknowledge: component.Acknowledgement{Status: 204},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("receipt (-want +got):\n%s", diff)
	}
	a := component.Attempt{ID: "a1", Reference: "r1", Amount: order.Money{Amount: 9900, Currency: "CNY"}}
	if err := r.Evidence.Check(a); !errors.Is(err, order.CodeRefused) {
		t.Errorf("evidence over another amount: %v", err)
	}
}

// Forged, changed, stale, foreign and malformed notifications are refused for
// good, and the error says which it was.
func TestReceiveRefuses(t *testing.T) {
	c := testComponent(t)
	now := c.options.Now()
	genuine := notice("shop", testSecret, now, paid)
	change := func(f func(n *component.Notification)) component.Notification {
		n := genuine
		n.Header = maps.Clone(genuine.Header)
		f(&n)
		return n
	}
	request := component.Notification{Header: textproto.MIMEHeader{}, Body: []byte(paid)}
	statement{"shop", "POST", "/", request.Body}.sign(c.settings.Secret, now, request.Header)
	for name, x := range map[string]struct {
		n    component.Notification
		code order.Code
		says string
	}{
		"forged":         {notice("shop", "a-guess-of-16-bytes", now, paid), order.CodeUnauthenticated, "signature is wrong"},
		"another amount": {change(func(n *component.Notification) { n.Body = bytes.Replace(n.Body, []byte("1230"), []byte("9900"), 1) }), order.CodeUnauthenticated, "signature is wrong"},
		"another time":   {change(func(n *component.Notification) { n.Header[headerTime] = []string{"1767323046"} }), order.CodeUnauthenticated, "signature is wrong"},
		"unsigned":       {change(func(n *component.Notification) { delete(n.Header, headerSignature) }), order.CodeUnauthenticated, headerSignature},
		"signed twice": {change(func(n *component.Notification) {
			n.Header[headerSignature] = append(genuine.Header[headerSignature], "x")
		}), order.CodeUnauthenticated, "is there 2 times"},
		"empty":   {component.Notification{}, order.CodeUnauthenticated, headerMerchant},
		"foreign": {notice("stall", testSecret, now, paid), order.CodeUnauthenticated, `merchant "stall", not "shop"`},
		"foreign, renamed": {change(func(n *component.Notification) {
			*n = notice("stall", testSecret, now, paid)
			n.Header[headerMerchant] = []string{"shop"}
		}), order.CodeUnauthenticated, "signature is wrong"},
		"stale":               {notice("shop", testSecret, now.Add(-window-time.Second), paid), order.CodeUnauthenticated, "not within 5m0s"},
		"from the future":     {notice("shop", testSecret, now.Add(window+time.Second), paid), order.CodeUnauthenticated, "not within 5m0s"},
		"a reflected request": {request, order.CodeUnauthenticated, "signature is wrong"},
		"not JSON":            {notice("shop", testSecret, now, "paid"), order.CodeInvalid, "not the JSON"},
		"more fields":         {notice("shop", testSecret, now, `{"number":"a1","state":"failed","x":1}`), order.CodeInvalid, `unknown field "x"`},
		"two values":          {notice("shop", testSecret, now, paid+paid), order.CodeInvalid, "something follows"},
		"unknown state":       {notice("shop", testSecret, now, `{"number":"a1","state":"done"}`), order.CodeInvalid, `"done"`},
		"no number":           {notice("shop", testSecret, now, `{"state":"failed"}`), order.CodeInvalid, "1 to 32"},
		"too long":            {notice("shop", testSecret, now, paid+strings.Repeat(" ", 1<<20)), order.CodeTooLarge, "more than 16384 bytes"},
	} {
		r, err := c.Receive(t.Context(), x.n)
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != x.code || e.Op != "sandbox.Receive" || e.Code.Retryable() || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %+v, %v; want %s: …%s…", name, r, err, x.code, x.says)
		}
	}
	for _, at := range []time.Time{now.Add(-window), now.Add(window)} {
		if _, err := c.Receive(t.Context(), notice("shop", testSecret, at, paid)); err != nil {
			t.Errorf("at the edge of the window: %v", err)
		}
	}
}

// FuzzReceive holds Receive to its promise for any input: what it takes carries
// the company's signature over exactly these bytes, and what it refuses is
// refused for good.
func FuzzReceive(f *testing.F) {
	c := testComponent(f)
	now := c.options.Now()
	add := func(n component.Notification) {
		f.Add(n.Header.Get(headerMerchant), n.Header.Get(headerTime), n.Header.Get(headerSignature), n.Body)
	}
	add(notice("shop", testSecret, now, paid))
	add(notice("shop", testSecret, now.Add(-time.Hour), paid))
	add(notice("stall", testSecret, now, paid))
	add(notice("shop", testSecret, now, `{"number":"a1","state":"pending"}`))
	add(notice("shop", testSecret, now, `[]`))
	add(component.Notification{})
	f.Fuzz(func(t *testing.T, merchant, stamp, signature string, body []byte) {
		n := component.Notification{Body: body, Header: textproto.MIMEHeader{
			headerMerchant: {merchant}, headerTime: {stamp}, headerSignature: {signature},
		}}
		r, err := c.Receive(t.Context(), n)
		if err != nil {
			if e, ok := errors.AsType[*order.Error](err); !ok || e.Code.Retryable() {
				t.Errorf("refused with %v", err)
			}
			// The same bytes, signed, reach what comes after the signature.
			n = notice("shop", testSecret, now, string(body))
			r, err = c.Receive(t.Context(), n)
			signature = n.Header.Get(headerSignature)
		}
		if err != nil {
			return
		}
		if notification("shop", body).mac(c.settings.Secret, n.Header.Get(headerTime)) != signature {
			t.Errorf("took %q without the company's signature", body)
		}
		var s status
		if json.Unmarshal(body, &s) != nil || s.Number != r.Evidence.Attempt || s.State != r.Evidence.Outcome {
			t.Errorf("%q became %+v", body, r.Evidence)
		}
	})
}
