package examples_test

import (
	"context"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/scanhttp"
)

// What acquirers, browsers and wallet companies may ask for and no example needs is
// there too, and says what it should: as with the examples, what is exchanged is as
// the document describes it.
func TestWhatNoExampleNeeds(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, stop, err := inProcess(ctx, gateway.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	t.Run("read", func(t *testing.T) { readByAnyone(t, ctx, s) })
	t.Run("result", func(t *testing.T) { resultIsShown(t, ctx, s) })
	t.Run("code", func(t *testing.T) { codeIsReadAndRevoked(t, ctx, s) })
	t.Run("browser", func(t *testing.T) { browserComesBack(t, ctx, s) })
	t.Run("cancel", func(t *testing.T) { orderIsCanceled(t, ctx, s) })
	t.Run("refund", func(t *testing.T) { moneyGoesBack(t, ctx, s) })
	t.Run("never was", func(t *testing.T) { whatNeverWasIsNotFound(t, ctx, s) })
	t.Run("stranger", func(t *testing.T) { strangerIsNotKnown(t, ctx, s) })
}

// readByAnyone reads what needs no signature, and notifies as a wallet company does
// not.
func readByAnyone(t *testing.T, ctx context.Context, s *local.System) {
	for address, want := range map[string]int{
		s.Acquirer + "/v1/openapi.json":    http.StatusOK,
		s.Gateway + "/v1/openapi.json":     http.StatusOK,
		s.Gateway + "/v1/keys":             http.StatusOK,
		s.Gateway + "/v1/components":       http.StatusOK,
		s.Gateway + "/notify/blue?state=1": http.StatusUnauthorized,
		s.Gateway + "/notify/black":        http.StatusNotFound,
	} {
		if got := get(t, ctx, s, address, "application/json"); got.StatusCode != want {
			t.Errorf("%s: status %d, want %d", address, got.StatusCode, want)
		}
	}
}

// resultIsShown pays, and reads at the acquirer and at the gateway how that ended.
func resultIsShown(t *testing.T, ctx context.Context, s *local.System) {
	p := &payer{picks: []string{"green"}}
	if err := pay(ctx, s, "cafe", p, nil, nil); err != nil {
		t.Fatal(err)
	}
	there, err := s.AskGateway(ctx, p.paid.Order.ID)
	if err != nil {
		t.Fatal(err)
	}
	here, err := told(ctx, s, p.paid.Order.ReturnAddress)
	if diff := cmp.Diff(there, here); diff != "" || err != nil {
		t.Errorf("%v (-gateway +acquirer): %s", err, diff)
	}
}

// told waits until the acquirer knows how an order ended.
func told(ctx context.Context, s *local.System, address string) (r order.Status, err error) {
	acquirer := scanhttp.New(s.Client(), nil)
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		if r, err = acquirer.Result(ctx, address); err != nil || r.State.Final() {
			return r, err
		}
	}
}

func codeIsReadAndRevoked(t *testing.T, ctx context.Context, s *local.System) {
	desk := deskOf(t, s)
	code, err := desk.Issue(ctx, order.IssueRequest{Kind: order.IssuedDynamic, Merchant: "busker", Address: s.Acquirer + "/m/busker?n=1&amount=12.50CNY",
		Amount: order.Money{Amount: 1250, Currency: "CNY"}, Expires: time.Now().Add(time.Minute), Key: "a bill"})
	if err == nil {
		_, err = desk.Revoke(ctx, code.ID)
	}
	if err == nil {
		code, err = desk.Issued(ctx, code.ID)
	}
	if err != nil || code.Revoked.IsZero() {
		t.Errorf("%v, %+v", err, code)
	}
}

// browserComesBack lets a browser come back from a wallet company's page, where there
// is nothing for a program.
func browserComesBack(t *testing.T, ctx context.Context, s *local.System) {
	o, jump := placed(t, ctx, s)
	servers := scanhttp.New(s.Client(), nil)
	attempt, err := servers.Begin(ctx, jump, gateway.Beginning{Component: "blue", Actions: []component.ActionKind{component.ActionRedirect}, Key: "one"})
	if err != nil {
		t.Fatal(err)
	}
	if program := get(t, ctx, s, attempt.ReturnAddress, "application/json"); program.StatusCode != http.StatusNotFound {
		t.Errorf("a program that reads where browsers come back gets status %d", program.StatusCode)
	}
	if os.Getenv(prismDoors) != "" {
		return // Prism follows redirects in the browser's place: package apitest holds this one to the document
	}
	back := get(t, ctx, s, attempt.ReturnAddress, "text/html")
	if to := back.Header.Get("Location"); back.StatusCode != http.StatusSeeOther || to != jump {
		t.Errorf("the browser of order %s gets status %d and goes to %q, want %q", o.ID, back.StatusCode, to, jump)
	}
}

func orderIsCanceled(t *testing.T, ctx context.Context, s *local.System) {
	o, jump := placed(t, ctx, s)
	desk := deskOf(t, s)
	if status, err := desk.Cancel(ctx, o.ID); err != nil || status.State != order.StateCanceled {
		t.Errorf("%s, %v", status.State, err)
	}
	_, err := scanhttp.New(s.Client(), nil).Begin(ctx, jump, gateway.Beginning{Component: "blue", Actions: []component.ActionKind{component.ActionRedirect}, Key: "one"})
	if order.CodeOf(err) != order.CodeConflict {
		t.Errorf("it is paid: %v", err)
	}
}

// moneyGoesBack pays, and gives a part of it back.
func moneyGoesBack(t *testing.T, ctx context.Context, s *local.System) {
	p := &payer{picks: []string{"green"}}
	if err := pay(ctx, s, "cafe", p, nil, nil); err != nil {
		t.Fatal(err)
	}
	desk, paid := deskOf(t, s), p.paid.Order
	r := order.RefundRequest{ID: order.NewID(time.Now()), Order: paid.ID, Amount: order.Money{Amount: 500, Currency: paid.Total.Currency}, Reason: "The cake was sold out"}
	status, err := desk.Refund(ctx, r)
	for tick := time.NewTicker(20 * time.Millisecond); err == nil && !status.Refunds[0].State.Final(); <-tick.C {
		status, err = desk.Refund(ctx, r)
	}
	if err != nil || status.Refunds[0].State != order.RefundSucceeded || status.State != order.StatePaid {
		t.Errorf("%v, %+v", err, status)
	}
	r.ID, r.Amount = order.NewID(time.Now()), paid.Total
	if _, err := desk.Refund(ctx, r); order.CodeOf(err) != order.CodeRefused {
		t.Errorf("more than is left: %v", err)
	}
}

// whatNeverWasIsNotFound asks each operation about something that is not there.
func whatNeverWasIsNotFound(t *testing.T, ctx context.Context, s *local.System) {
	desk, id := deskOf(t, s), order.NewID(time.Now())
	for name, ask := range map[string]func() error{
		"order":  func() error { _, err := desk.Query(ctx, id); return err },
		"cancel": func() error { _, err := desk.Cancel(ctx, id); return err },
		"refund": func() error {
			_, err := desk.Refund(ctx, order.RefundRequest{ID: id, Order: id, Amount: order.Money{Amount: 1, Currency: "CNY"}})
			return err
		},
		"code":     func() error { _, err := desk.Issued(ctx, id); return err },
		"revoke":   func() error { _, err := desk.Revoke(ctx, id); return err },
		"endpoint": func() error { _, err := desk.Endpoint(ctx, id); return err },
		"delete":   func() error { return desk.DeleteEndpoint(ctx, order.EndpointDeletion{Endpoint: id, Key: "k1"}) },
		"rotate": func() error {
			_, err := desk.RotateSecret(ctx, order.SecretRotation{Endpoint: id, Key: "k2"})
			return err
		},
		"delivery":  func() error { _, err := desk.Delivery(ctx, id); return err },
		"replay":    func() error { _, err := desk.Replay(ctx, order.DeliveryReplay{Delivery: id, Key: "k3"}); return err },
		"endpoints": func() error { _, err := desk.Deliveries(ctx, order.DeliveryQuery{Endpoint: id}); return err },
	} {
		if err := ask(); order.CodeOf(err) != order.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if page, err := desk.Endpoints(ctx, id); err != nil || len(page.Endpoints) > 0 {
		t.Errorf("%d endpoints, %v", len(page.Endpoints), err)
	}
}

// strangerIsNotKnown asks with a key that is nobody's. The answer is signed for
// nobody, and so not believed.
func strangerIsNotKnown(t *testing.T, ctx context.Context, s *local.System) {
	keys := *s.Keys
	keys.Acquirer = local.NewKeys().Acquirer
	stranger := &local.System{Acquirer: s.Acquirer, Gateway: s.Gateway, Keys: &keys, Base: s.Base}
	if _, err := stranger.AskGateway(ctx, order.NewID(time.Now())); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("the gateway answers %v", err)
	}
}

// placed is an order that nobody has begun to pay, and where that is done.
func placed(t *testing.T, ctx context.Context, s *local.System) (order.Order, string) {
	t.Helper()
	now := time.Now().UTC().Truncate(time.Second)
	o := order.Order{ID: order.NewID(now), Merchant: "cafe", Total: order.Money{Amount: 2500, Currency: "CNY"}, Created: now, Expires: now.Add(time.Hour)}
	p, err := deskOf(t, s).Place(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	return o, p.Address
}

func deskOf(t *testing.T, s *local.System) order.Desk {
	t.Helper()
	desk, err := s.Desk()
	if err != nil {
		t.Fatal(err)
	}
	return desk
}

// get asks for an answer of that media type; its body is closed.
func get(t *testing.T, ctx context.Context, s *local.System, address, accept string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}
