package sandbox

import (
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// The terminal gets the action that it prefers among those that lead to the page.
func TestActions(t *testing.T) {
	l := newQuietLab(t, nil)
	for _, c := range []struct{ can, want []component.ActionKind }{
		{kinds(), []component.ActionKind{component.ActionNative}},
		{[]component.ActionKind{component.ActionRedirect, component.ActionDeepLink}, []component.ActionKind{component.ActionRedirect}},
		{[]component.ActionKind{component.ActionDeepLink, component.ActionRedirect}, []component.ActionKind{component.ActionDeepLink}},
		{[]component.ActionKind{component.ActionForm, component.ActionRedirect}, []component.ActionKind{component.ActionRedirect}},
		{[]component.ActionKind{component.ActionForm}, nil},
		{nil, nil},
	} {
		a := l.attempt()
		a.Actions = c.can
		p, err := l.component.Begin(t.Context(), a)
		if c.want == nil {
			if !errors.Is(err, order.CodeRefused) || l.provider.ledger.payments[a.ID] != nil {
				t.Errorf("a terminal that can %v: %+v, %v", c.can, p, err)
			}
			continue
		}
		if err != nil || p.Action.Kind() != c.want[0] {
			t.Errorf("a terminal that can %v got %+v, %v", c.can, p.Action, err)
		}
	}
}

// Every kind of action leads to the same page.
func TestActionsLeadToThePage(t *testing.T) {
	l := newQuietLab(t, nil)
	a := l.attempt()
	_, action := l.begin(a)
	page := pageOf(action)
	a.Actions = []component.ActionKind{component.ActionDeepLink}
	_, link := l.begin(a)
	want := component.Action{DeepLink: &component.DeepLink{Address: "sandboxpay://pay?page=" + url.QueryEscape(page), Fallback: page}}
	if diff := cmp.Diff(want, link); diff != "" {
		t.Errorf("deep link (-want +got):\n%s", diff)
	}
	a.Actions = []component.ActionKind{component.ActionRedirect}
	_, redirect := l.begin(a)
	if diff := cmp.Diff(component.Action{Redirect: &component.Redirect{Address: page}}, redirect); diff != "" {
		t.Errorf("redirect (-want +got):\n%s", diff)
	}
}

// A gateway's store that keeps times less precisely does not make another
// payment of an attempt.
func TestBeginAfterStore(t *testing.T) {
	l := newLab(t, nil)
	a, _ := l.begin(l.attempt())
	stored := a
	stored.Expires = a.Expires.Truncate(time.Microsecond).In(time.FixedZone("CST", 8*3600))
	if again, _ := l.begin(stored); again.Reference != a.Reference {
		t.Errorf("Begin again found %q, not %q", again.Reference, a.Reference)
	}
	stored.Amount.Amount++
	if _, err := l.component.Begin(t.Context(), stored); !errors.Is(err, order.CodeConflict) {
		t.Errorf("Begin over another amount: %v, want a conflict", err)
	}
}

// A number that the company never heard of is burned before the attempt is said
// to have failed: a Begin that comes later cannot make a payment of it.
func TestQueryBurns(t *testing.T) {
	l := newLab(t, nil)
	a := l.attempt()
	want := component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "not_found"}
	for range 2 {
		got := l.query(a)
		if got.At.IsZero() {
			t.Error("the evidence has no time")
		}
		got.At = time.Time{}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("never heard of (-want +got):\n%s", diff)
		}
	}
	p, err := l.component.Begin(t.Context(), a)
	if err != nil || p.Action != nil || p.Evidence == nil || p.Evidence.Reason != "not_found" {
		t.Errorf("Begin after it failed: %+v, %v", p, err)
	}
}

// A payment that came between the query and the burning is not burned.
func TestVoidKeepsPayment(t *testing.T) {
	l := newLab(t, nil)
	a := l.decided(wallet.Approve)
	var s status
	if err := l.component.exchange(t.Context(), http.MethodPost, "/payments/"+a.ID+"/void", nil, &s); err != nil || s.State != component.OutcomeSucceeded {
		t.Errorf("void of a paid number: %+v, %v", s, err)
	}
	if e := l.query(a); e.Outcome != component.OutcomeSucceeded {
		t.Errorf("the outcome became %q", e.Outcome)
	}
}

// A company that forgot a payment it had named is not believed that there was
// none.
func TestForgottenPayment(t *testing.T) {
	l := newLab(t, nil)
	a := l.attempt()
	a.Reference = "once-given"
	if e, err := l.component.Query(t.Context(), a); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("Query: %+v, %v; want that it is not known", e, err)
	}
	a.Reference = ""
	l.begin(a) // it was not burned
}

// lie puts another body into an answer, and signs it as the company would.
func lie(body string) func(*http.Response) {
	return func(r *http.Response) {
		r.StatusCode, r.Body = http.StatusOK, io.NopCloser(strings.NewReader(body))
		said := statement{"shop", "200", r.Request.Header.Get(headerSignature), []byte(body)}
		said.sign(component.NewSecret([]byte(testSecret)), time.Now(), textproto.MIMEHeader(r.Header))
	}
}

// Whatever is not a sensible, signed answer of the company leaves the outcome unknown:
// it is an error that may be retried, and never evidence.
func TestUnknownOutcomes(t *testing.T) {
	l := newQuietLab(t, nil)
	a := l.decided(wallet.Approve)
	honest := l.client.Transport
	answer := func(change func(*http.Response)) roundTrip {
		return func(r *http.Request) (*http.Response, error) {
			resp, err := honest.RoundTrip(r)
			if err == nil {
				resp.Request = r
				change(resp)
			}
			return resp, err
		}
	}
	var old *http.Response
	for name, network := range map[string]roundTrip{
		"no connection": func(*http.Request) (*http.Response, error) { return nil, errors.New("no connection") },
		"status 503":    answer(func(r *http.Response) { r.StatusCode = 503 }),
		"forged 404":    answer(func(r *http.Response) { r.StatusCode = 404 }),
		"another body":  answer(func(r *http.Response) { r.Body = io.NopCloser(strings.NewReader("{}")) }),
		"too long":      answer(func(r *http.Response) { r.Body = io.NopCloser(strings.NewReader(strings.Repeat(" ", 1<<20))) }),
		"no signature":  answer(func(r *http.Response) { r.Header.Del(headerSignature) }),
		"replayed answer": func(r *http.Request) (*http.Response, error) {
			if old == nil {
				first := r.Clone(r.Context())
				statement{"shop", "GET", r.URL.RequestURI(), nil}.sign(l.component.settings.Secret, time.Now().Add(-time.Minute), textproto.MIMEHeader(first.Header))
				old, _ = honest.RoundTrip(first)
				if old.StatusCode != http.StatusOK {
					t.Errorf("the recorded request got %s", old.Status)
				}
			}
			return old, nil
		},
		"about another": answer(lie(`{"number":"a1","reference":"r1","state":"succeeded","amount":1230,"currency":"CNY"}`)),
		"no such state": answer(lie(`{"number":"` + a.ID + `","state":"done"}`)),
		"not JSON":      answer(lie(`succeeded`)),
		"redirect":      answer(func(r *http.Response) { r.StatusCode = 302; r.Header.Set("Location", "https://evil.test/") }),
	} {
		l.component.options.Client.Transport = network
		e, err := l.component.Query(t.Context(), a)
		if err == nil || !order.CodeOf(err).Retryable() {
			t.Errorf("%s: %+v, %v; want that it is not known", name, e, err)
		}
	}
}

// The wrong secret is found out by both sides.
func TestWrongSecret(t *testing.T) {
	l := newLab(t, nil)
	c, err := New("sandbox", l.settings("shop", "another-secret-of-16"), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Begin(t.Context(), l.attempt())
	if !errors.Is(err, order.CodeUnavailable) || !strings.Contains(err.Error(), "status 401") {
		t.Errorf("Begin with the wrong secret: %v", err)
	}
}

// A number belongs to the merchant who named it first.
func TestForeignNumber(t *testing.T) {
	l := newLab(t, nil)
	a, _ := l.begin(l.attempt())
	stall, err := New("stall", l.settings("stall", "fedcba9876543210"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := stall.Begin(t.Context(), a); !errors.Is(err, order.CodeForbidden) {
		t.Errorf("Begin with another's number: %+v, %v", p, err)
	}
	a.Reference = ""
	if e, err := stall.Query(t.Context(), a); !errors.Is(err, order.CodeForbidden) {
		t.Errorf("Query of another's number: %+v, %v", e, err)
	}
	if e := l.query(a); e.Outcome != component.OutcomePending {
		t.Errorf("the owner's payment became %q", e.Outcome)
	}
}

// Several instances, each for its merchant, work side by side.
func TestInstances(t *testing.T) {
	l := newLab(t, nil)
	stall, err := New("stall", l.settings("stall", "fedcba9876543210"), &Options{Color: "#aa0000"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := component.NewRegistry(l.component, stall); err != nil {
		t.Error(err)
	}
	shop := l.decided(wallet.Approve)
	l.component = stall
	other := l.decided(wallet.Approve)
	if l.query(other).Outcome != component.OutcomeSucceeded || l.charges(shop.ID) != 1 || l.charges(other.ID) != 1 {
		t.Errorf("charges: %+v", l.provider.Charges())
	}
}

// New says everything that is wrong with the settings, and no secret.
func TestNewRefuses(t *testing.T) {
	_, err := New("sandbox", Settings{Provider: "ftp://wallet.test", Merchant: "a shop", Secret: component.NewSecret([]byte("short"))}, nil)
	if err == nil {
		t.Fatal("New took malformed settings")
	}
	for _, want := range []string{"ftp://wallet.test", "a shop", "secret is too short", "title"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error %q does not name %q", err, want)
		}
	}
}
