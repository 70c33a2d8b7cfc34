package stripe_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/stripe"
	"github.com/anyscan/anyscan/order"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type fault func(string, func() *http.Response) (*http.Response, error)

// before is a fault that lets something happen before a call.
func before(call string, act func()) fault {
	return func(got string, answer func() *http.Response) (*http.Response, error) {
		if got == call {
			act()
		}
		return answer(), nil
	}
}

// instead is a fault that answers a call.
func instead(call string, status int, body string) fault {
	return func(got string, answer func() *http.Response) (*http.Response, error) {
		if got == call {
			return said(status, body), nil
		}
		return answer(), nil
	}
}

func said(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// Whatever is not a sensible answer leaves everything unknown: it is an error that may
// be retried, names its cause, and is never evidence.
func TestUnknownOutcomes(t *testing.T) {
	l := newLab(t)
	a := l.paid()
	session := func(changes ...string) string {
		body := string(encode(l.fake.render(l.fake.sessions[0], true)))
		for i := 0; i < len(changes); i += 2 {
			if !strings.Contains(body, changes[i]) {
				t.Fatalf("there is no %q to change", changes[i])
			}
			body = strings.Replace(body, changes[i], changes[i+1], -1)
		}
		return body
	}
	problem := func(status int, kind, code string) string { return string(no(status, kind, code, "", "hm").body()) }
	good := session()
	for name, c := range map[string]struct {
		status     int
		body, says string
		code       order.Code
	}{
		"status 502":                   {502, "<html>", "status: 502", order.CodeUnavailable},
		"a redirect":                   {302, good, "status 302", order.CodeUnavailable},
		"created":                      {201, good, "status 201", order.CodeUnavailable},
		"not JSON":                     {200, "<html>", "deserialize", order.CodeUnavailable},
		"nothing":                      {200, "", "deserialize", order.CodeUnavailable},
		"its first half, and a secret": {200, `{"client_secret": "pi_1_secret_hush",`, "deserialize", order.CodeUnavailable},
		"more behind it":               {200, good + "{}", "deserialize", order.CodeUnavailable},
		"too long":                     {200, good + strings.Repeat(" ", 4<<20), "more than 4194304 bytes", order.CodeUnavailable},
		"an empty object":              {200, "{}", "it is about session", order.CodeInternal},
		"about another attempt":        {200, session(a.ID, "another"), `is about attempt "another"`, order.CodeInternal},
		"about another session":        {200, session(a.Reference, "cs_test_OTHER"), `it is about session "cs_test_OTHER"`, order.CodeInternal},
		"a reference a payer set":      {200, session(`"metadata": {`, `"other": {`), "is about attempt", order.CodeInternal},
		"no payment":                   {200, session(`"mode": "payment"`, `"mode": "setup"`), `the mode is "setup"`, order.CodeInternal},
		"nothing to pay":               {200, session(`"payment_status": "paid"`, `"payment_status": "no_payment_required"`), "no_payment_required", order.CodeInternal},
		"a status of tomorrow":         {200, session(`"payment_status": "paid"`, `"payment_status": "unpaid"`, `"status": "complete"`, `"status": "parked"`), `the status is "parked"`, order.CodeInternal},
		"a currency of none":           {200, session(`"currency": "eur"`, `"currency": "xxx"`), "amount_total", order.CodeInternal},
		"an amount of no such":         {200, session(`"currency": "eur"`, `"currency": "isk"`), "1230 is no amount", order.CodeInternal},
		"a negative amount":            {200, session(`"amount_total": 1230`, `"amount_total": -1230`), "amount_total", order.CodeInternal},
		"the wrong key":                {401, problem(401, "invalid_request_error", ""), "does not take the secret key", order.CodeInternal},
		"a restricted key":             {403, problem(403, "invalid_request_error", ""), "the restricted key may not", order.CodeInternal},
		"another mode":                 {404, problem(404, "invalid_request_error", "resource_missing"), "of another mode?", order.CodeInternal},
		"too many requests":            {429, problem(429, "rate_limit_error", "rate_limit"), "too many requests", order.CodeRateLimited},
		"a lock":                       {429, problem(429, "invalid_request_error", "lock_timeout"), "the same object", order.CodeUnavailable},
		"at the same time":             {409, problem(409, "idempotency_error", "idempotency_key_in_use"), "the same request", order.CodeInFlight},
		"Stripe's own error":           {500, problem(500, "api_error", ""), "Stripe could not say", order.CodeUnavailable},
		"a card's error":               {402, problem(402, "card_error", "card_declined"), "did not take the request", order.CodeInternal},
		"an error of none":             {400, "{}", "no answer of Stripe's API", order.CodeUnavailable},
	} {
		l.fake.fault = func(string, func() *http.Response) (*http.Response, error) { return said(c.status, c.body), nil }
		e, err := l.Query(t.Context(), a)
		if !isUnknown(err) || !errors.Is(err, c.code) || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "stripe.Query: ") {
			t.Errorf("%s: %+v, %v; want …%s…", name, e, err, c.says)
		}
		if err != nil && (strings.Contains(err.Error(), testKey) || strings.Contains(err.Error(), "_secret_hush")) {
			t.Errorf("%s: the error holds a secret: %v", name, err)
		}
	}
	l.fake.fault = func(string, func() *http.Response) (*http.Response, error) { return nil, errors.New("no route") }
	for name, call := range map[string]func() error{
		"Begin":  func() error { _, err := l.Begin(t.Context(), l.attempt()); return err },
		"Resume": func() error { _, err := l.Resume(t.Context(), a, component.Return{}); return err },
		"Cancel": func() error { _, err := l.Cancel(t.Context(), a); return err },
		"Refund": func() error { _, err := l.giveBack(a, "r1", 1); return err },
	} {
		if err := call(); !isUnknown(err) || !strings.Contains(err.Error(), "no route") {
			t.Errorf("%s without a connection: %v", name, err)
		}
	}
}

// A request is tried once: who tries again is the gateway, which knows for how long.
func TestOneTry(t *testing.T) {
	l := newLab(t)
	n := 0
	l.fake.fault = func(string, func() *http.Response) (*http.Response, error) { n++; return nil, errors.New("no route") }
	if _, err := l.Begin(t.Context(), l.attempt()); err == nil || n != 1 {
		t.Errorf("%d tries, %v", n, err)
	}
}

// A call ends after its time, and with its context.
func TestTimeouts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t)
		hang := roundTrip(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		c := l.make(settings(), &stripe.Options{Transport: hang, Timeout: 3 * time.Second})
		start := time.Now()
		if _, err := c.Query(t.Context(), l.attempt()); !isUnknown(err) || !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Query(ctx, l.attempt()); !isUnknown(err) || time.Since(start) != 4*time.Second {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

// FuzzAnswer holds what reads Stripe's answers to its promise for any body: evidence is
// of the attempt that was asked about, and what is not evidence may be asked again.
func FuzzAnswer(f *testing.F) {
	l := newLab(f)
	a := l.paid()
	truth := string(encode(l.fake.render(l.fake.sessions[0], true)))
	for _, body := range []string{truth, "{}", "[]", "null", `"cs_test_FAKE000001"`, strings.Replace(truth, "1230", "-1", 1), strings.Replace(truth, "paid", "unpaid", 1),
		`{"error":{"type":"idempotency_error"}}`, `{"id":{}}`, `{"payment_intent":"pi_1"}`} {
		f.Add(200, []byte(body))
		f.Add(400, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		l.fake.fault = func(string, func() *http.Response) (*http.Response, error) {
			return said(100+(status%500+500)%500, string(body)), nil
		}
		e, err := l.Query(t.Context(), a)
		if err != nil && !isUnknown(err) && !errors.Is(err, order.CodeRefused) && !errors.Is(err, order.CodeIdempotencyKeyReused) {
			t.Errorf("%q: %v", body, err)
		}
		if err == nil && (e.Attempt != a.ID || e.Reference != a.Reference || e.Outcome == component.OutcomeSucceeded && e.Amount.Validate() != nil) {
			t.Errorf("%q became %+v", body, e)
		}
	})
}
