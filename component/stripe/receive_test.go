package stripe_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/stripe"
	"github.com/anyscan/anyscan/order"
)

// An event proves what it says, and nothing is corrected: another amount than the
// attempt's reaches the gateway.
func TestReceive(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	l.now = l.now.Add(time.Minute)
	r, err := l.Receive(t.Context(), l.fake.letter(l.fake.about("checkout.session.completed", l.fake.sessions[0], map[string]any{"amount_total": 9900})))
	if err != nil {
		t.Fatal(err)
	}
	want := component.Received{Acknowledge: component.Acknowledgement{Status: 200}, Evidence: &component.Evidence{
		Outcome: component.OutcomeSucceeded, Attempt: a.ID, Reference: a.Reference, Amount: order.Money{Amount: 9900, Currency: "EUR"}, At: l.now}}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := r.Evidence.Check(a); !errors.Is(err, order.CodeRefused) {
		t.Errorf("evidence over another amount: %v", err)
	}
}

// What each event proves. One about something else is acknowledged.
func TestReceiveEvents(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	const session = "checkout.session."
	unpaid := map[string]any{"payment_status": "unpaid"}
	expired := map[string]any{"payment_status": "unpaid", "status": "expired", "payment_intent": nil}
	for name, c := range map[string]struct {
		kind    string
		changes map[string]any
		want    component.Outcome // "" for no evidence
		reason  string
	}{
		"completed":                   {session + "completed", nil, component.OutcomeSucceeded, ""},
		"completed, to be paid later": {session + "completed", unpaid, component.OutcomePending, ""},
		"paid later":                  {session + "async_payment_succeeded", nil, component.OutcomeSucceeded, ""},
		"declined later":              {session + "async_payment_failed", unpaid, component.OutcomeFailed, "declined"},
		"expired":                     {session + "expired", expired, component.OutcomeFailed, "expired"},
		"expired after a try":         {session + "expired", map[string]any{"payment_status": "unpaid", "status": "expired"}, component.OutcomePending, ""},
		"of tomorrow":                 {session + "of_tomorrow", nil, "", ""},
		"about a charge":              {"charge.refunded", nil, "", ""},
		"of the merchant's own shop":  {session + "completed", map[string]any{"metadata": map[string]string{}}, "", ""},
		"with no metadata":            {session + "completed", map[string]any{"metadata": nil}, "", ""},
		"with a reference of a payer": {session + "completed", map[string]any{"metadata": map[string]string{"attempt": "a2"}}, "", ""},
	} {
		r, err := l.Receive(t.Context(), l.fake.letter(l.fake.about(c.kind, l.fake.sessions[0], c.changes)))
		switch {
		case err != nil || r.Acknowledge.Status != 200:
			t.Errorf("%s: %+v, %v", name, r, err)
		case c.want == "":
			if r.Evidence != nil {
				t.Errorf("%s: %+v", name, r.Evidence)
			}
		case r.Evidence == nil || r.Evidence.Outcome != c.want || r.Evidence.Reason != c.reason || r.Evidence.Check(a) != nil:
			t.Errorf("%s: %+v, want %s", name, r.Evidence, c.want)
		}
	}
}

// What is signed and makes no sense here is refused for good.
func TestReceiveRefusesNonsense(t *testing.T) {
	l := newLab(t)
	l.paid()
	const session = "checkout.session."
	for says, c := range map[string]struct {
		kind    string
		changes map[string]any
	}{
		`metadata[attempt] "20261123-7" is not 1 to 32`:                {session + "completed", map[string]any{"client_reference_id": "20261123-7", "metadata": map[string]string{"attempt": "20261123-7"}}},
		`the payment_status is "lost"`:                                 {session + "completed", map[string]any{"payment_status": "lost"}},
		`the payment_status is "no_payment_required"`:                  {session + "completed", map[string]any{"payment_status": "no_payment_required"}},
		`the mode is "subscription"`:                                   {session + "completed", map[string]any{"mode": "subscription"}},
		`the status is "parked"`:                                       {session + "completed", map[string]any{"payment_status": "unpaid", "status": "parked"}},
		"amount_total: -5 is no amount":                                {session + "completed", map[string]any{"amount_total": -5}},
		"amount_total: order: bad amount":                              {session + "completed", map[string]any{"currency": "xau"}},
		"id is missing":                                                {session + "completed", map[string]any{"id": nil}},
		"data.object: json: cannot unmarshal":                          {session + "completed", map[string]any{"amount_total": "12.30"}},
		"async_payment_succeeded, and the session is complete, unpaid": {session + "async_payment_succeeded", map[string]any{"payment_status": "unpaid"}},
		"async_payment_failed, and the session is complete, paid":      {session + "async_payment_failed", nil},
		"expired, and the session is complete, paid":                   {session + "expired", nil},
	} {
		r, err := l.Receive(t.Context(), l.fake.letter(l.fake.about(c.kind, l.fake.sessions[0], c.changes)))
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code != order.CodeInvalid || e.Op != "stripe.Receive" || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %+v, %v; want %q", c.kind, r, err, says)
		}
	}
}

// An event that is repeated, late or out of order says the same as before.
func TestEventsLateAndOutOfOrder(t *testing.T) {
	l := newLab(t)
	a, address := l.begin(l.attempt())
	l.must(l.fake.payLater(address))
	l.now = l.now.Add(3 * 24 * time.Hour)
	l.fake.settle(a.ID, true)
	l.now = l.now.Add(2 * 24 * time.Hour)
	all := l.fake.letters()
	for _, i := range []int{1, 0, 1, 0} {
		r, err := l.Receive(t.Context(), all[i])
		want := []component.Outcome{component.OutcomePending, component.OutcomeSucceeded}[i]
		if err != nil || r.Evidence.Outcome != want || r.Evidence.Check(a) != nil {
			t.Errorf("event %d: %+v, %v", i, r.Evidence, err)
		}
	}
}

// A key of live mode takes events of live mode, and no other.
func TestModes(t *testing.T) {
	l := newLab(t)
	l.paid()
	s := settings()
	s.SecretKey = component.NewSecret([]byte("rk_live_FAKE"))
	live := l.make(s, &stripe.Options{})
	for _, c := range []struct {
		component component.Receiver
		live, ok  bool
	}{{l.Component, false, true}, {l.Component, true, false}, {live, false, false}, {live, true, true}} {
		event := maps.Clone(l.fake.events[0])
		event["livemode"] = c.live
		if r, err := c.component.Receive(t.Context(), l.fake.letter(event)); (err == nil) != c.ok || (r.Evidence != nil) != c.ok {
			t.Errorf("event of live mode: %v; %+v, %v", c.live, r, err)
		}
	}
}

// FuzzReceive holds Receive to its promise for any body and header, signed or not:
// what it takes carries the endpoint's signature over this time and these bytes, and
// what it refuses is refused for good.
func FuzzReceive(f *testing.F) {
	l := newLab(f)
	l.paid()
	genuine := l.fake.letters()[0]
	header := genuine.Header.Get("Stripe-Signature")
	for _, body := range []string{string(genuine.Body), "{}", "null", "", `{"object":"event"}`, `{"object":"event","type":"checkout.session.completed"}`,
		`{"object":"event","type":"checkout.session.completed","data":{"object":null}}`, `{"object":"event","type":"checkout.session.completed","data":{"object":"cs_1"}}`,
		`{"object":"v2.core.event"}`, strings.Replace(string(genuine.Body), "complete", "expired", 1), strings.Replace(string(genuine.Body), "1230", "1e3", 1)} {
		f.Add([]byte(body), header, true)
		f.Add([]byte(body), header, false)
	}
	f.Fuzz(func(t *testing.T, body []byte, header string, seal bool) {
		n := notification(body, header)
		if seal {
			n = signed(body, l.now, testSecret)
		}
		r, err := l.Receive(t.Context(), n)
		if err != nil {
			if e, ok := errors.AsType[*order.Error](err); !ok || e.Code.Retryable() || len(err.Error()) > 2000 {
				t.Errorf("refused with %v", err)
			}
			return
		}
		at, _, _ := strings.Cut(strings.TrimPrefix(header, "t="), ",")
		if !seal && !strings.Contains(header, mac(testSecret, at+"."+string(body))) && !strings.Contains(header, mac(otherSecret, at+"."+string(body))) &&
			!strings.HasPrefix(header, "v") {
			t.Errorf("took %q with %q", body, header)
		}
		var event struct {
			Type string
			Data struct{ Object struct{ ID string } }
		}
		if e := r.Evidence; e != nil && (json.Unmarshal(body, &event) != nil || event.Data.Object.ID != e.Reference || !strings.HasPrefix(event.Type, "checkout.session.")) {
			t.Errorf("%q became %+v", body, e)
		}
	})
}
