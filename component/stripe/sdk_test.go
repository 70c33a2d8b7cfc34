package stripe_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/nodetest"
)

type sdkInput struct {
	Key     string            `json:"key"`
	Base    map[string]string `json:"base"`
	Events  []sdkEvent        `json:"events"`
	Headers []sdkEvent        `json:"headers"`
	Calls   []sdkCall         `json:"calls"`
}

type sdkEvent struct {
	Body   string `json:"body"`
	Header string `json:"header"`
	Secret string `json:"secret"`
	At     int64  `json:"at"`
}

type sdkCall struct {
	Path string `json:"path"`
	Args []any  `json:"args"`
}

type sdkOutput struct {
	Events, Headers []string
	Calls           []map[string]any
}

// sdk lets Stripe's library for Node.js do what in asks for, at the fake.
func (l *lab) sdk(t *testing.T, in sdkInput) (out sdkOutput) {
	t.Helper()
	server := httptest.NewServer(l.fake)
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	in.Key, in.Base = testKey, map[string]string{"host": u.Hostname(), "port": u.Port()}
	in.Events, in.Headers, in.Calls = append([]sdkEvent{}, in.Events...), append([]sdkEvent{}, in.Headers...), append([]sdkCall{}, in.Calls...)
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(nodetest.Script(t, raw, "testdata/sdk.mjs"), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Stripe's library takes the events that the tests sign, and refuses what we refuse of
// them.
func TestSDKVerifiesTheSameEvents(t *testing.T) {
	l := newLab(t)
	l.paid()
	body := encode(l.fake.events[0])
	good := signed(body, l.now, testSecret)
	changed := good
	changed.Body = []byte(strings.Replace(string(body), "1230", "9999", 1))
	all := map[string]component.Notification{
		"genuine":        good,
		"changed":        changed,
		"another secret": signed(body, l.now, "whsec_ANOTHER"),
		"old":            signed(body, l.now.Add(-301*time.Second), testSecret),
		"just in time":   signed(body, l.now.Add(-300*time.Second), testSecret),
		"v0 alone":       notification(body, strings.ReplaceAll(good.Header.Get("Stripe-Signature"), "v1=", "v2=")),
		"no time":        notification(body, strings.ReplaceAll(good.Header.Get("Stripe-Signature"), "t=", "x=")),
		"no header":      notification(body, ""),
		"body alone":     notification(body, "t=1795424400,v1="+mac(testSecret, string(body))),
	}
	var in sdkInput
	var names []string
	for name, n := range all {
		names = append(names, name)
		in.Events = append(in.Events, sdkEvent{string(n.Body), n.Header.Get("Stripe-Signature"), testSecret, l.now.UnixMilli()})
	}
	for i, verdict := range l.sdk(t, in).Events {
		_, err := l.Receive(t.Context(), all[names[i]])
		if want := names[i] == "genuine" || names[i] == "just in time"; (verdict == "checkout.session.completed") != want || (err == nil) != want {
			t.Errorf("%s: the SDK says %q, we %v", names[i], verdict, err)
		}
	}
}

// We take the headers that Stripe's library makes for tests.
func TestSDKSignsWhatWeTake(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	body := string(encode(l.fake.about("checkout.session.completed", l.fake.sessions[0], map[string]any{"customer_details": map[string]any{"name": "Zoë 茶 <&>"}})))
	in := sdkInput{Headers: []sdkEvent{{Body: body, Secret: testSecret, At: l.now.Unix()}, {Body: body, Secret: otherSecret, At: l.now.Unix()}, {Body: body, Secret: "whsec_ANOTHER", At: l.now.Unix()}}}
	for i, header := range l.sdk(t, in).Headers {
		r, err := l.Receive(t.Context(), notification([]byte(body), header))
		if ok := i < 2; (err == nil) != ok || ok && r.Evidence.Check(a) != nil {
			t.Errorf("%s: %+v, %v", header, r.Evidence, err)
		}
	}
}

// The same calls, made by Stripe's library and by us, arrive as the same requests; and
// Stripe's library takes the fake for Stripe.
func TestSDKSendsTheSame(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	a.ID, a.Expires = "same", l.now.Add(2*time.Hour)
	a, address := l.begin(a)
	l.must(l.fake.pay(address))
	b, _ := l.begin(l.attempt())
	intent := l.fake.sessions[0].intent
	ours := l.exchanged(func() {
		l.query(a)
		if e, err := l.giveBack(a, "r1", 200); err != nil || e.Outcome != component.OutcomeSucceeded {
			t.Errorf("%+v, %v", e, err)
		}
		if e, err := l.Cancel(t.Context(), b); err != nil || e.Outcome != component.OutcomeFailed {
			t.Errorf("%+v, %v", e, err)
		}
	})
	ours = append(l.fake.requests[:1:1], ours...)
	expand := map[string]any{"expand": []string{"payment_intent.latest_charge"}}
	calls := []sdkCall{
		{"checkout.sessions.create", []any{map[string]any{
			"mode": "payment", "client_reference_id": "same", "metadata": map[string]string{"attempt": "same"}, "success_url": a.ReturnAddress, "cancel_url": a.ReturnAddress,
			"expires_at": a.Expires.Unix(), "payment_intent_data": map[string]any{"metadata": map[string]string{"attempt": "same"}},
			"line_items": []any{map[string]any{"quantity": 1, "price_data": map[string]any{"currency": "eur", "unit_amount": 1230, "product_data": map[string]any{"name": a.Description}}}},
		}, map[string]any{"idempotencyKey": "checkout-same"}}},
		{"checkout.sessions.retrieve", []any{a.Reference, expand}},
		{"checkout.sessions.retrieve", []any{a.Reference, expand}},
		{"refunds.list", []any{map[string]any{"payment_intent": intent, "limit": 100}}},
		{"refunds.create", []any{map[string]any{"payment_intent": intent, "amount": 200, "metadata": map[string]string{"attempt": "same", "refund": "r1", "reason": "returned"}},
			map[string]any{"idempotencyKey": "refund-r1"}}},
		{"checkout.sessions.retrieve", []any{b.Reference, expand}},
		{"checkout.sessions.expire", []any{b.Reference, expand}},
	}
	var out sdkOutput
	theirs := l.exchanged(func() { out = l.sdk(t, sdkInput{Calls: calls}) })
	if diff := cmp.Diff(ours, theirs, cmp.AllowUnexported(recorded{})); diff != "" {
		t.Errorf("(-ours +SDK):\n%s", diff)
	}
	var read []any
	for _, answer := range out.Calls {
		read = append(read, firstOf(answer["error"], answer["payment_status"], answer["status"], answer["object"]))
	}
	// The first was made by us, and is found again; what is expired is not open.
	if diff := cmp.Diff([]any{"unpaid", "paid", "paid", "list", "succeeded", "unpaid", "StripeInvalidRequestError"}, read); diff != "" {
		t.Errorf("what the SDK reads (-want +got):\n%s", diff)
	}
	if len(l.fake.refunds) != 1 || len(l.fake.of("same")) != 1 {
		t.Errorf("%d refunds, %d sessions: the keys are not the same", len(l.fake.refunds), len(l.fake.of("same")))
	}
}

// exchanged are the requests that reach the fake while act runs.
func (l *lab) exchanged(act func()) []recorded {
	before := len(l.fake.requests)
	act()
	return l.fake.requests[before:]
}

// firstOf is the first that is there.
func firstOf(all ...any) any {
	for _, one := range all {
		if one != nil {
			return one
		}
	}
	return nil
}
