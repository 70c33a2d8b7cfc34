package gatewayhttp_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// acquirer calls the stub's gateway with the key of the seed and believes the
// answers of the peer's.
func acquirer(t *testing.T, s *stub, seed, peer byte) order.Desk {
	t.Helper()
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, newHandler(t, s, base, nil))
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	signer, _ := newSigner(t, seed, nil)
	_, pub := newSigner(t, peer, nil)
	c, err := orderhttp.NewClearing(base, wire.NewTransport(transport, signer, newKeys(t, pub), nil),
		&orderhttp.ClientOptions{Retries: -1})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPlaceAndQuery(t *testing.T) {
	s := newStub(base)
	c := acquirer(t, s, 1, 2)
	p, err := c.Place(t.Context(), s.session.Order)
	if diff := cmp.Diff(order.Placement{Address: base + pay, Expires: s.session.Order.Expires}, p); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	st, err := c.Query(t.Context(), s.session.Order.ID)
	if diff := cmp.Diff(order.Status{Order: s.session.Order, State: order.StateOpen, Version: 1}, st); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	id := string(s.session.Order.ID)
	if diff := cmp.Diff([]string{"for north", "place " + id, "for north", "query " + id}, s.asked()); diff != "" {
		t.Errorf("the caller is who signed: %s", diff)
	}
}

func TestPlaceErrors(t *testing.T) {
	s := newStub(base)
	s.err = order.Errorf(order.CodeIdempotencyKeyReused, "", "another order")
	if _, err := acquirer(t, s, 1, 2).Place(t.Context(), s.session.Order); !errors.Is(err, order.CodeIdempotencyKeyReused) {
		t.Errorf("got %v", err)
	}
	s = newStub(base)
	if _, err := acquirer(t, s, 3, 2).Place(t.Context(), s.session.Order); err == nil || !strings.Contains(err.Error(), "401") || len(s.asked()) > 0 { // which is not signed for a stranger
		t.Errorf("a stranger places an order: %v, asked %v", err, s.asked())
	}
	if _, err := acquirer(t, newStub(base), 1, 3).Place(t.Context(), s.session.Order); !errors.Is(err, order.CodeUnavailable) {
		t.Errorf("an answer that the gateway did not sign: %v", err)
	}
	s = newStub(base)
	s.panics = true
	if _, err := acquirer(t, s, 1, 2).Place(t.Context(), s.session.Order); !errors.Is(err, order.CodeInternal) {
		t.Errorf("a panic: %v", err)
	}
}

func TestOrdersAreForAcquirersAlone(t *testing.T) {
	s := newStub(base)
	v := newVisitor(t, s, nil)
	id := string(s.session.Order.ID)
	for _, a := range []webtest.Answer{v.Send("/v1/orders", id, "{}"), v.Get("/v1/orders/" + id), v.Open("/v1/orders/" + id),
		v.Send("/v1/codes", "k", "{}"), v.Get("/v1/codes/" + id), v.Send("/v1/codes/"+id+"/revocation", id, "")} {
		if a.StatusCode != 401 || !strings.Contains(a.Text, "unauthenticated") || len(s.asked()) > 0 {
			t.Errorf("status %d: %s, asked %v", a.StatusCode, a.Text, s.asked())
		}
	}
}

// replaced sends requests with another idempotency key or path than they had.
type replaced struct {
	http.RoundTripper
	change func(*http.Request)
}

func (r replaced) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	r.change(req)
	return r.RoundTripper.RoundTrip(req)
}

func TestKeyOfAnOrderIsItsID(t *testing.T) {
	s := newStub(base)
	n := wire.NewNetwork()
	webtest.Listen(t, n, base, newHandler(t, s, base, nil))
	transport := n.Transport()
	t.Cleanup(transport.CloseIdleConnections)
	signer, _ := newSigner(t, 1, nil)
	_, pub := newSigner(t, 2, nil)
	signing := wire.NewTransport(transport, signer, newKeys(t, pub), nil)
	for want, change := range map[order.Code]func(*http.Request){
		order.CodeInvalid:               func(r *http.Request) { r.Header.Set("Idempotency-Key", `"other"`) },
		order.CodeIdempotencyKeyMissing: func(r *http.Request) { r.Header.Del("Idempotency-Key") },
	} {
		c, err := orderhttp.NewClearing(base, replaced{signing, change}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Place(t.Context(), s.session.Order); !errors.Is(err, want) || len(s.asked()) > 0 {
			t.Errorf("%v, want %s; asked %v", err, want, s.asked())
		}
		if _, err := c.Refund(t.Context(), order.RefundRequest{ID: s.session.Order.ID, Order: s.session.Order.ID, Amount: yuan(1)}); !errors.Is(err, want) || len(s.asked()) > 0 {
			t.Errorf("a refund: %v, want %s; asked %v", err, want, s.asked())
		}
	}
	c, err := orderhttp.NewClearing(base, replaced{signing, func(r *http.Request) { r.URL.Path = "/v1/orders/none" }}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Query(t.Context(), s.session.Order.ID); !errors.Is(err, order.CodeNotFound) || len(s.asked()) > 0 {
		t.Errorf("a path that is no identifier: %v, asked %v", err, s.asked())
	}
}
