package stripe_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fakeSession is a Checkout Session of the fake, with its PaymentIntent and charge.
type fakeSession struct {
	id, url, status, payment     string
	attempt, reference, currency string
	name                         string
	amount, refunded             int64
	created, expires             time.Time
	intent, state, charge        string // of the PaymentIntent, once there is one
	charged                      time.Time
	charges                      int
	disputed                     bool
}

// create is POST /v1/checkout/sessions for what this module uses of it.
func (f *fake) create(form url.Values) (any, *problem) {
	const item = "line_items[0]"
	amount, err := strconv.ParseInt(form.Get(item+"[price_data][unit_amount]"), 10, 64)
	currency := form.Get(item + "[price_data][currency]")
	expires := f.now().Add(24 * time.Hour)
	if at := form.Get("expires_at"); at != "" {
		n, err := strconv.ParseInt(at, 10, 64)
		expires = time.Unix(n, 0)
		if ahead := expires.Sub(f.now()); err != nil || ahead < 30*time.Minute || ahead > 24*time.Hour {
			return nil, no(400, "invalid_request_error", "", "expires_at", "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.")
		}
	}
	switch {
	case form.Get("mode") != "payment" || form.Get("success_url") == "" || form.Get(item+"[quantity]") != "1" || form.Get(item+"[price_data][product_data][name]") == "":
		return nil, no(400, "invalid_request_error", "parameter_missing", "mode", "Missing required param.")
	case err != nil || currency == "" || currency != strings.ToLower(currency):
		return nil, no(400, "invalid_request_error", "", "currency", "Invalid currency.")
	case amount < 50:
		return nil, no(400, "invalid_request_error", "amount_too_small", "", "The Checkout Session's total amount must convert to at least 50 cents.")
	}
	s := &fakeSession{id: f.id("cs"), status: "open", payment: "unpaid", attempt: form.Get("metadata[attempt]"), reference: form.Get("client_reference_id"),
		currency: currency, name: form.Get(item + "[price_data][product_data][name]"), amount: amount, created: f.now(), expires: expires}
	s.url = "https://checkout.stripe.test/c/pay/" + s.id
	f.sessions = append(f.sessions, s)
	return f.render(s, false), nil
}

// one is what the API does to one session: retrieve it, or expire it.
func (f *fake) one(r *http.Request) (any, *problem) {
	id := strings.Split(r.URL.Path, "/")[4]
	i := slices.IndexFunc(f.sessions, func(s *fakeSession) bool { return s.id == id })
	if i < 0 {
		return nil, no(404, "invalid_request_error", "resource_missing", "session", "No such checkout.session: '"+id+"'")
	}
	s := f.sessions[i]
	f.lapse(s)
	if r.Method == http.MethodPost {
		if s.status != "open" {
			return nil, no(400, "invalid_request_error", "", "", fmt.Sprintf("Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `%s`.", s.status))
		}
		f.expire(s)
	}
	return f.render(s, r.Form.Get("expand[0]") == "payment_intent.latest_charge"), nil
}

func (f *fake) list(form url.Values) (any, *problem) {
	from, _ := strconv.ParseInt(form.Get("created[gte]"), 10, 64)
	to, _ := strconv.ParseInt(form.Get("created[lte]"), 10, 64)
	return page(f.sessions, form, func(s *fakeSession) string { return s.id },
		func(s *fakeSession) bool { return s.created.Unix() >= from && s.created.Unix() <= to },
		func(s *fakeSession) any { f.lapse(s); return f.render(s, false) })
}

// lapse expires a session whose time is over.
func (f *fake) lapse(s *fakeSession) {
	if s.status == "open" && !f.now().Before(s.expires) {
		f.expire(s)
	}
}

func (f *fake) expire(s *fakeSession) {
	s.status = "expired"
	if s.intent != "" {
		s.state = "canceled"
	}
	f.tell("checkout.session.expired", s)
}

// render is the session as the API writes it.
func (f *fake) render(s *fakeSession, expanded bool) map[string]any {
	v := map[string]any{"id": s.id, "object": "checkout.session", "mode": "payment", "status": s.status, "payment_status": s.payment,
		"amount_total": s.amount, "amount_subtotal": s.amount, "currency": s.currency, "client_reference_id": s.reference,
		"metadata": map[string]string{"attempt": s.attempt}, "created": s.created.Unix(), "expires_at": s.expires.Unix(), "livemode": false,
		"payment_intent": nil, "url": nil, "payment_method_types": []string{"card"}, "customer_details": nil}
	if s.status == "open" {
		v["url"] = s.url
	}
	if s.intent != "" {
		v["payment_intent"] = s.intent
	}
	if s.intent != "" && expanded {
		intent := map[string]any{"id": s.intent, "object": "payment_intent", "status": s.state, "amount": s.amount, "currency": s.currency,
			"created": s.created.Unix(), "client_secret": s.intent + "_secret_hush", "latest_charge": nil}
		if s.charge != "" {
			intent["latest_charge"] = map[string]any{"id": s.charge, "object": "charge", "amount": s.amount, "amount_refunded": s.refunded, "created": s.charged.Unix()}
		}
		v["payment_intent"] = intent
	}
	return v
}

// at is the session whose page a payer has opened.
func (f *fake) at(address string) (*fakeSession, error) {
	i := slices.IndexFunc(f.sessions, func(s *fakeSession) bool { return s.url == address })
	if i < 0 {
		return nil, errors.New("no such page")
	}
	f.lapse(f.sessions[i])
	if s := f.sessions[i]; s.status != "open" {
		return nil, errors.New("you did it, or it timed out: the session is " + s.status)
	}
	return f.sessions[i], nil
}

// attempted gives the session a PaymentIntent and a charge.
func (f *fake) attempted(s *fakeSession, state string) {
	if s.intent == "" {
		s.intent = f.id("pi")
	}
	s.state, s.charge, s.charged = state, f.id("ch"), f.now()
}

// pay is a payer who pays with a card.
func (f *fake) pay(address string) error {
	return f.visit(address, func(s *fakeSession) {
		f.attempted(s, "succeeded")
		s.status, s.payment, s.charges = "complete", "paid", s.charges+1
		f.tell("checkout.session.completed", s)
	})
}

// decline is a payer whose card is declined, and who may try another.
func (f *fake) decline(address string) error {
	return f.visit(address, func(s *fakeSession) { f.attempted(s, "requires_payment_method") })
}

// payLater is a payer who pays with a method that decides in days.
func (f *fake) payLater(address string) error {
	return f.visit(address, func(s *fakeSession) {
		f.attempted(s, "processing")
		s.status = "complete"
		f.tell("checkout.session.completed", s)
	})
}

// leave is a payer who never pays: the time of the session passes.
func (f *fake) leave(address string) error { return f.visit(address, f.expire) }

func (f *fake) visit(address string, act func(*fakeSession)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, err := f.at(address)
	if err == nil {
		act(s)
	}
	return err
}

// settle is the bank's decision about a payment that pays later.
func (f *fake) settle(id string, paid bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		switch {
		case s.attempt != id || s.state != "processing":
		case paid:
			s.state, s.payment, s.charges = "succeeded", "paid", s.charges+1
			f.tell("checkout.session.async_payment_succeeded", s)
		default:
			s.state = "requires_payment_method"
			f.tell("checkout.session.async_payment_failed", s)
		}
	}
}

// of are the sessions of an attempt.
func (f *fake) of(id string) (all []*fakeSession) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.sessions {
		if s.attempt == id {
			all = append(all, s)
		}
	}
	return all
}
