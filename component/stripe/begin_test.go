package stripe_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/stripe"
	"github.com/anyscan/anyscan/order"
)

// The session says to Stripe what the attempt says, in Stripe's terms. It lives as
// long as the attempt where Stripe lets it, and as Stripe has it where not.
func TestSession(t *testing.T) {
	l := newLab(t)
	for life, expires := range map[time.Duration][]string{
		15 * time.Minute: nil, 31 * time.Minute: nil, 32 * time.Minute: {"1795426320"}, 2 * time.Hour: {"1795431600"}, 24*time.Hour - 2*time.Minute: {"1795510680"},
	} {
		a := l.attempt()
		a.ID, a.Expires = "a"+life.String()[:2], l.now.Add(life)
		known, address := l.begin(a)
		want := url.Values{
			"mode": {"payment"}, "client_reference_id": {a.ID}, "metadata[attempt]": {a.ID}, "payment_intent_data[metadata][attempt]": {a.ID},
			"success_url": {"https://gateway.test/return/a?t=1"}, "cancel_url": {"https://gateway.test/return/a?t=1"},
			"line_items[0][quantity]": {"1"}, "line_items[0][price_data][currency]": {"eur"}, "line_items[0][price_data][unit_amount]": {"1230"},
			"line_items[0][price_data][product_data][name]": {"Two teas & a bun"},
		}
		if expires != nil {
			want["expires_at"] = expires
		}
		if diff := cmp.Diff(want, l.fake.requests[len(l.fake.requests)-1].form); diff != "" {
			t.Errorf("%s (-want +got):\n%s", life, diff)
		}
		if s := l.fake.of(a.ID); len(s) != 1 || s[0].id != known.Reference || s[0].url != address {
			t.Errorf("%s: %+v at %s", known.Reference, s, address)
		}
	}
}

// However often an attempt is begun, and whatever was forgotten or has changed
// meanwhile, there is one session of it.
func TestBeginFindsTheSession(t *testing.T) {
	for name, change := range map[string]func(l *lab, a *component.Attempt){
		"at once":                        func(*lab, *component.Attempt) {},
		"with its reference":             func(l *lab, a *component.Attempt) { a.Reference = l.fake.sessions[0].id },
		"when less than 30 minutes left": func(l *lab, _ *component.Attempt) { l.now = l.now.Add(15 * time.Minute) },
		"when the merchant has a name":   func(_ *lab, a *component.Attempt) { a.Description, a.MerchantName = "", "Corner shop 2" },
		"when the gateway has moved":     func(_ *lab, a *component.Attempt) { a.ReturnAddress = "https://other.test/" },
		"moved, and time has passed": func(l *lab, a *component.Attempt) {
			l.now = l.now.Add(15 * time.Minute)
			a.ReturnAddress = "https://other.test/"
		},
		"where keys are looked up late":   func(l *lab, _ *component.Attempt) { l.now = l.now.Add(15 * time.Minute); l.fake.fault = l.lateKeys },
		"among others":                    func(l *lab, a *component.Attempt) { l.crowd(250); a.ReturnAddress = "https://other.test/" },
		"after a declined card":           func(l *lab, _ *component.Attempt) { l.must(l.fake.decline(l.fake.sessions[0].url)) },
		"with a merchant's own beside it": func(l *lab, _ *component.Attempt) { l.crowd(1) },
	} {
		l := newLab(t)
		a := l.attempt()
		a.Expires = l.now.Add(40 * time.Minute)
		first, address := l.begin(a)
		change(l, &a)
		again, same := l.begin(a)
		if first.Reference != again.Reference || address != same || len(l.fake.of(a.ID)) != 1 {
			t.Errorf("%s: %s at %s, then %s at %s", name, first.Reference, address, again.Reference, same)
		}
	}
}

func (l *lab) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// crowd are sessions of the account's own shop.
func (l *lab) crowd(n int) {
	for range n {
		id := l.fake.id("cs")
		l.fake.sessions = append(l.fake.sessions, &fakeSession{id: id, status: "open", payment: "unpaid", currency: "eur", amount: 500, created: l.now, expires: l.now.Add(time.Hour)})
	}
}

// lateKeys is a Stripe that refuses an expiry before it looks at the key.
func (l *lab) lateKeys(call string, answer func() *http.Response) (*http.Response, error) {
	resp := answer()
	if r := l.fake.requests[len(l.fake.requests)-1]; call == "POST /v1/checkout/sessions" && r.form.Get("expires_at") != "" {
		return said(400, string(no(400, "invalid_request_error", "", "expires_at", "must be between 30 minutes and 24 hours").body())), nil
	}
	return resp, nil
}

// A session that asks for another amount than the attempt is not handed out.
func TestBeginRefusesAnotherAmount(t *testing.T) {
	l := newLab(t)
	a, _ := l.begin(l.attempt())
	for name, reference := range map[string]string{"known": a.Reference, "lost": ""} {
		b := a
		b.Reference, b.Amount.Amount = reference, 999
		if p, err := l.Begin(t.Context(), b); !errors.Is(err, order.CodeConflict) || !strings.Contains(err.Error(), "asks for 12.30 EUR, not 9.99 EUR") {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// Begin of an attempt that has ended says how, and makes nothing.
func TestBeginAfterTheEnd(t *testing.T) {
	l := newLab(t)
	paid := l.paid()
	late := l.attempt()
	paid.Reference = ""
	for name, want := range map[string]component.Outcome{"paid": component.OutcomeSucceeded, "too late": component.OutcomeFailed} {
		a := paid
		if want == component.OutcomeFailed {
			a = late
			l.now = l.now.Add(time.Hour)
		}
		p, err := l.Begin(t.Context(), a)
		if err != nil || p.Action != nil || p.Evidence == nil || p.Evidence.Check(a) != nil {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	if len(l.fake.of(late.ID)) != 0 {
		t.Error("a session was made after the expiry")
	}
}

// What Stripe Checkout cannot take is refused before Stripe is asked.
func TestBeginRefuses(t *testing.T) {
	l := newLab(t)
	for says, change := range map[string]func(a *component.Attempt){
		`the attempt "" is not 1 to 32 of a-z 0-9`:                                func(a *component.Attempt) { a.ID = "" },
		"the terminal can [form]: Stripe Checkout needs redirect":                 func(a *component.Attempt) { a.Actions = a.Actions[:1] },
		"0.49 EUR is no amount that Stripe takes: want 0.50 to 999999.99":         func(a *component.Attempt) { a.Amount.Amount = 49 },
		"1000000.00 EUR is no amount that Stripe takes":                           func(a *component.Attempt) { a.Amount.Amount = 100_000_000 },
		`the component takes no "IQD"`:                                            func(a *component.Attempt) { a.Amount.Currency = "IQD" },
		"1.234 KWD is no amount that Stripe takes: want multiples of 0.010":       func(a *component.Attempt) { a.Amount = order.Money{Amount: 1234, Currency: "KWD"} },
		"the attempt has no address to return to":                                 func(a *component.Attempt) { a.ReturnAddress = "" },
		"lives for 24 hours at most: the attempt expires at 2026-11-24T08:58:01Z": func(a *component.Attempt) { a.Expires = l.now.Add(24*time.Hour - 2*time.Minute + time.Second) },
		"0.50 MGA is no amount that Stripe takes: want 1.00 to 99999999.00":       func(a *component.Attempt) { a.Amount = order.Money{Amount: 50, Currency: "MGA"} },
		"1.50 MGA is no amount that Stripe takes: want multiples of 1.00":         func(a *component.Attempt) { a.Amount = order.Money{Amount: 150, Currency: "MGA"} },
		"1000000 ISK is no amount that Stripe takes: want 1 to 999999":            func(a *component.Attempt) { a.Amount = order.Money{Amount: 1_000_000, Currency: "ISK"} },
	} {
		a := l.attempt()
		change(&a)
		p, err := l.Begin(t.Context(), a)
		e, ok := errors.AsType[*order.Error](err)
		if !ok || e.Code.Retryable() || e.Op != "stripe.Begin" || !strings.Contains(e.Detail, says) {
			t.Errorf("%+v, %v; want …%s…", p, err, says)
		}
	}
	if len(l.fake.calls) != 0 {
		t.Errorf("Stripe was asked: %v", l.fake.calls)
	}
}

// Amounts are in Stripe's minor units, which are not ISO 4217's for every currency.
func TestMinorUnits(t *testing.T) {
	l := newLab(t)
	for money, want := range map[order.Money]string{
		{Amount: 1099, Currency: "USD"}: "1099", {Amount: 500, Currency: "JPY"}: "500", {Amount: 5, Currency: "ISK"}: "500", {Amount: 5, Currency: "UGX"}: "500",
		{Amount: 10000, Currency: "MGA"}: "100", {Amount: 5120, Currency: "KWD"}: "5120", {Amount: 17545, Currency: "HUF"}: "17545", {Amount: 80045, Currency: "TWD"}: "80045",
		{Amount: 999_999_999_999, Currency: "IDR"}: "999999999999",
	} {
		a := l.attempt()
		a.Amount = money
		a, address := l.begin(a)
		if got := l.fake.requests[len(l.fake.requests)-1].form.Get("line_items[0][price_data][unit_amount]"); got != want {
			t.Errorf("%s is %s, want %s", money, got, want)
		}
		l.must(l.fake.pay(address))
		if e := l.query(a); e.Outcome != component.OutcomeSucceeded || e.Amount != money || e.Check(a) != nil {
			t.Errorf("%s came back as %+v", money, e)
		}
	}
	for _, limit := range l.Describe().Limits {
		for _, amount := range []int64{max(limit.Min, 1), limit.Max} {
			a := l.attempt()
			a.Amount = order.Money{Amount: amount, Currency: limit.Currency}
			if _, err := l.Begin(t.Context(), a); err != nil && !strings.Contains(err.Error(), "amount_too_small") && !strings.Contains(err.Error(), "want multiples") {
				t.Errorf("a limit of %s itself: %v", a.Amount, err)
			}
		}
	}
}

// A text for people is cut, cleaned, and never missing.
func TestSubject(t *testing.T) {
	l := newLab(t)
	for want, texts := range map[string][2]string{
		"tea bun":               {" tea\n bun ", "Shop"},
		"Shop":                  {"", "Shop"},
		strings.Repeat("茶", 83): {strings.Repeat("茶", 90), "Shop"},
	} {
		a := l.attempt()
		a.Description, a.MerchantName = texts[0], texts[1]
		l.begin(a)
		if got := l.fake.of(a.ID)[0].name; got != want {
			t.Errorf("%q became %q", texts, got)
		}
	}
	a := l.attempt()
	a.Description, a.MerchantName = "\u202e", "\xff"
	l.begin(a)
	if got := l.fake.of(a.ID)[0].name; got != a.ID {
		t.Errorf("nothing readable became %q", got)
	}
}

// Of an address that no browser should open the payer hears nothing.
func TestBeginChecksTheAddress(t *testing.T) {
	l := newLab(t)
	for _, address := range []string{"", "javascript:alert(1)", "http://checkout.stripe.com/x"} {
		a, _ := l.begin(l.attempt())
		l.fake.of(a.ID)[0].url = address
		if p, err := l.Begin(t.Context(), a); !errors.Is(err, order.CodeInternal) || p.Action != nil {
			t.Errorf("%q: %+v, %v", address, p, err)
		}
	}
}

// Nothing of the SDK's global state is used: two components are two accounts.
func TestAccountsSideBySide(t *testing.T) {
	l := newLab(t)
	s := settings()
	s.SecretKey = component.NewSecret([]byte("rk_test_ANOTHER"))
	other := l.make(s, &stripe.Options{})
	if _, err := other.Begin(t.Context(), l.attempt()); !errors.Is(err, order.CodeInternal) || !strings.Contains(err.Error(), "Stripe does not take the secret key") {
		t.Error(err)
	}
	l.begin(l.attempt())
}
