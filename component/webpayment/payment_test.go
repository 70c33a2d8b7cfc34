package webpayment_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/webpayment"
	"github.com/anyscan/anyscan/order"
)

// The request says everything about the payment, is in time until the payment expires,
// and is the same for the operator's server and for its payment handler.
func TestRequestSaysEverything(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	action := l.begin(a)
	var data struct{ Request string }
	if err := json.Unmarshal(action.PaymentRequest.Data, &data); err != nil {
		t.Fatal(err)
	}
	claims, err := l.fake.open(data.Request)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"iss": "gateway-1", "aud": testMethod, "iat": float64(l.now.Unix()), "exp": float64(l.now.Unix() + 900), "do": "begin",
		"payment": a.ID, "amount": 1230.0, "currency": "EUR", "pay_before": float64(l.now.Unix() + 900), "merchant": "m-1", "acquirer": "north",
		"payee": "Corner shop", "description": "Two teas & a bun", "notify": "https://gateway.test/notify/example-pay",
	}
	if diff := cmp.Diff(want, claims); diff != "" || action.PaymentRequest.Method != testMethod {
		t.Errorf("to %s (-want +got):\n%s", action.PaymentRequest.Method, diff)
	}
	if err := action.Validate(); err != nil {
		t.Error(err)
	}
}

// What cannot be paid this way is refused before anybody is asked.
func TestBeginRefuses(t *testing.T) {
	l := newLab(t)
	s := settings()
	s.Currencies, s.Limits = []string{"EUR"}, []component.Limit{{Currency: "EUR", Min: 100, Max: 5000}}
	c := l.make(s, nil)
	for name, change := range map[string]func(*component.Attempt){
		"no sheet":         func(a *component.Attempt) { a.Actions = []component.ActionKind{component.ActionRedirect} },
		"another currency": func(a *component.Attempt) { a.Amount.Currency = "CHF" },
		"too little":       func(a *component.Attempt) { a.Amount.Amount = 99 },
		"too much":         func(a *component.Attempt) { a.Amount.Amount = 5001 },
		"nothing":          func(a *component.Attempt) { a.Amount.Amount = 0 },
		"no ID":            func(a *component.Attempt) { a.ID = "" },
		"a bad ID":         func(a *component.Attempt) { a.ID = "A-1" },
	} {
		a := l.attempt()
		change(&a)
		if p, err := c.Begin(t.Context(), a); err == nil || isUnknown(err) || len(l.fake.asked) > 0 {
			t.Errorf("%s: %+v, %v, asked %v", name, p, err, l.fake.asked)
		}
	}
}

// A terminal that never comes back: the payment is pending until it expires, then the
// operator signs that nobody can pay it any more, and nobody can.
func TestTerminalThatNeverComesBack(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	action := l.begin(a)
	l.now = l.now.Add(15*time.Minute - time.Second)
	if e := l.query(a); e.Outcome != component.OutcomePending {
		t.Errorf("before the expiry: %+v", e)
	}
	l.now = l.now.Add(time.Second)
	if e := l.query(a); e.Outcome != component.OutcomeFailed || e.Reason != "expired" {
		t.Errorf("after the expiry: %+v", e)
	}
	if token, err := l.fake.decide(action, true); err == nil {
		t.Errorf("it was paid after that: %s", token)
	}
	if p, err := l.Begin(t.Context(), a); err != nil || p.Action != nil || p.Evidence.Outcome != component.OutcomeFailed {
		t.Errorf("begun again: %+v, %v", p, err)
	}
}

// While the operator does not answer with its signature, nothing is known, whatever
// the clock says: an attempt fails by a signature alone.
func TestOnlySignaturesDecide(t *testing.T) {
	l := newLab(t)
	a := l.attempt()
	l.begin(a)
	l.now = l.now.Add(24 * time.Hour)
	plain := func(status int, kind, body string) func(func() *http.Response) (*http.Response, error) {
		return func(func() *http.Response) (*http.Response, error) {
			return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))}, nil
		}
	}
	for name, fault := range map[string]func(func() *http.Response) (*http.Response, error){
		"no network":     func(func() *http.Response) (*http.Response, error) { return nil, errors.New("no network") },
		"not found":      plain(404, "application/jwt", "no"),
		"refused":        plain(403, "text/plain", "no"),
		"a fault":        plain(500, "text/plain", "no"),
		"too often":      plain(429, "text/plain", "no"),
		"a redirect":     plain(302, "text/plain", "no"),
		"JSON":           plain(200, "application/json", `{"status":"failed"}`),
		"no token":       plain(200, "application/jwt", "failed"),
		"without end":    plain(200, "application/jwt", strings.Repeat("a", 1<<20)),
		"another's page": plain(200, "text/html", "<html>"),
	} {
		l.fake.fault = fault
		if e, err := l.Query(t.Context(), a); !isUnknown(err) || e != (component.Evidence{}) {
			t.Errorf("%s: Query: %+v, %v", name, e, err)
		}
		if e, err := l.Cancel(t.Context(), a); !isUnknown(err) {
			t.Errorf("%s: Cancel: %+v, %v", name, e, err)
		}
		if e, err := l.Refund(t.Context(), a, component.Refund{ID: "r1", Amount: a.Amount}); !isUnknown(err) {
			t.Errorf("%s: Refund: %+v, %v", name, e, err)
		}
		if p, err := l.Resume(t.Context(), a, response("x.y.z")); !isUnknown(err) {
			t.Errorf("%s: Resume: %+v, %v", name, p, err)
		}
	}
}

// An answer of another kind is none, even if a statement stands in it; so is one about
// another refund.
func TestAnswersToSomethingElse(t *testing.T) {
	l := newLab(t)
	a, token := l.paid()
	l.fake.fault = func(func() *http.Response) (*http.Response, error) {
		r := answer(token)
		r.Header.Set("Content-Type", "text/html")
		return r, nil
	}
	if e, err := l.Query(t.Context(), a); !isUnknown(err) || !strings.Contains(err.Error(), `the content type is "text/html"`) {
		t.Errorf("a page: %+v, %v", e, err)
	}
	other := l.fake.sign("webpayment-refund+jwt", l.fake.claims(map[string]any{"payment": a.ID, "refund": "r2", "status": "failed"}))
	l.fake.fault = func(func() *http.Response) (*http.Response, error) { return answer(other), nil }
	if e, err := l.Refund(t.Context(), a, component.Refund{ID: "r1", Amount: a.Amount}); !isUnknown(err) {
		t.Errorf("another refund: %+v, %v", e, err)
	}
}

// A signed request goes to the operator's address and nowhere else.
func TestRequestsAreNotRedirected(t *testing.T) {
	l := newLab(t)
	a, token := l.paid()
	calls := 0
	l.fake.fault = func(func() *http.Response) (*http.Response, error) {
		if calls++; calls > 1 {
			return answer(token), nil
		}
		return &http.Response{StatusCode: 307, Header: http.Header{"Location": {"https://evil.test/"}}, Body: http.NoBody}, nil
	}
	if e, err := l.Query(t.Context(), a); !isUnknown(err) || calls != 1 {
		t.Errorf("after %d calls: %+v, %v", calls, e, err)
	}
}

// A call ends after the time that the options name, with nothing known.
func TestCallsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := settings()
		silent := transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c, err := webpayment.New("example-pay", s, &webpayment.Options{Transport: silent, Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		_, err = c.Query(context.Background(), component.Attempt{ID: "a1"})
		if took := time.Since(began); !isUnknown(err) || took != time.Minute {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// What a browser brings back proves what the operator signed, without asking; a token
// that decides nothing, or none, leads to asking.
func TestReturns(t *testing.T) {
	l := newLab(t)
	var last string // attempt's ID
	for name, c := range map[string]struct {
		data  func(token string) string
		asked bool
	}{
		"the token":        {func(token string) string { return response(token).Data }, false},
		"nothing":          {func(string) string { return "" }, true},
		"left":             {func(string) string { return `{"left":true}` }, true},
		"no JSON":          {func(token string) string { return token }, true},
		"a number":         {func(string) string { return `{"token":1}` }, true},
		"too much":         {func(string) string { return `{"token":"` + strings.Repeat("a", 20<<10) + `"}` }, true},
		"a pending one":    {func(string) string { return response(l.fake.pending(last)).Data }, true},
		"another's, valid": {func(string) string { _, token := l.paid(); return response(token).Data }, true},
	} {
		a, token := l.paid()
		last = a.ID
		data := c.data(token)
		l.fake.asked = nil
		p, err := l.Resume(t.Context(), a, component.Return{Data: data})
		if err != nil || p.Evidence.Check(a) != nil || p.Evidence.Outcome != component.OutcomeSucceeded || (len(l.fake.asked) > 0) != c.asked {
			t.Errorf("%s: %+v, %v, asked %v", name, p.Evidence, err, l.fake.asked)
		}
	}
}

// pending is a statement of before the payer decided.
func (f *fake) pending(payment string) string {
	return f.sign("webpayment-payment+jwt", f.claims(map[string]any{"payment": payment, "status": "pending"}))
}

// A number stands for one refund: asked for another amount under it, what was given
// back under it is told, and refused.
func TestRefundUnderAnotherAmount(t *testing.T) {
	l := newLab(t)
	a, _ := l.paid()
	r := component.Refund{ID: "r1", Amount: order.Money{Amount: 200, Currency: "EUR"}, Reason: strings.Repeat("é", 300)}
	if e, err := l.Refund(t.Context(), a, r); err != nil || e.Check(r) != nil || e.Outcome != component.OutcomeSucceeded {
		t.Fatalf("%+v, %v", e, err)
	}
	r.Amount.Amount++
	if e, err := l.Refund(t.Context(), a, r); !errors.Is(err, order.CodeConflict) {
		t.Errorf("another amount: %+v, %v", e, err)
	}
	for name, r := range map[string]component.Refund{
		"no ID": {Amount: r.Amount}, "nothing": {ID: "r2", Amount: order.Money{Currency: "EUR"}}, "another currency": {ID: "r2", Amount: order.Money{Amount: 1, Currency: "CHF"}},
	} {
		if e, err := l.Refund(t.Context(), a, r); !errors.Is(err, order.CodeInvalid) {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// Reasons are words that programs branch on, whatever the operator writes.
func TestReasonsAreWords(t *testing.T) {
	l := newLab(t)
	for said, want := range map[string]string{"declined": "declined", "": "failed", "No money!": "failed", "...": "failed", strings.Repeat("a", 65): "failed"} {
		token := l.fake.sign("webpayment-payment+jwt", l.fake.claims(map[string]any{"payment": "p1", "status": "failed", "reason": said}))
		if r, err := l.Receive(t.Context(), letter(token)); err != nil || r.Evidence.Reason != want {
			t.Errorf("%q became %+v, %v", said, r.Evidence, err)
		}
	}
}
