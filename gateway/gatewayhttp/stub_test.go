package gatewayhttp_test

import (
	"context"
	"crypto/ed25519"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

const (
	base  = "http://pay.localhost"
	token = "0000tok"
)

func yuan(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }

// stub is a scripted gateway, which records what it was asked.
type stub struct {
	mu     sync.Mutex
	calls  []string // method and address
	opened []gateway.Opening
	begun  []gateway.Beginning
	back   []component.Return
	notice component.Notification

	session gateway.Session
	attempt gateway.Attempt
	ack     component.Acknowledgement
	code    order.IssuedCode
	err     error // of every call
	panics  bool
}

var _ gateway.SecondServer = (*stub)(nil)

// newStub shows an order of 1,230.00 CNY with two ways to pay, one of them
// preselected, at the address that base gives it.
func newStub(base string) *stub {
	o := order.Order{ID: order.NewID(time.Unix(1, 0)), Merchant: "tea", Total: yuan(123000), Description: "Table 4",
		Created: time.Unix(1, 0).UTC(), Expires: time.Unix(901, 0).UTC(), ReturnAddress: "https://shop.example/orders/1"}
	s := &stub{session: gateway.Session{Order: o, MerchantName: "Tea <House>", State: order.StateOpen,
		Offers: []component.Offer{
			{Name: "blue", Kind: "blue-wallet", Version: "1", Title: "Blue Wallet", Actions: []component.ActionKind{component.ActionRedirect}},
			{Name: "red", Kind: "red-wallet", Version: "1", Title: "Red Wallet", Actions: []component.ActionKind{component.ActionForm}},
		},
		Instruction: gateway.Instruction{Mode: gateway.ModeChoose, Component: "red", Wanted: gateway.ModeChoose, Reason: gateway.ReasonPolicy}}}
	s.code = order.IssuedCode{ID: o.ID, Kind: order.IssuedDynamic, Merchant: "tea", Address: "https://shop.example/m/tea?amount=1230.00CNY&v=AQ",
		Amount: o.Total, Issued: o.Created, Expires: o.Expires}
	s.attempt = gateway.Attempt{ID: "a1", Component: "blue", State: gateway.AttemptInvoked, ReturnAddress: base + "/return/r1", GatewayAddress: base + "/pay/" + token,
		Chosen: s.session.Instruction}
	return s
}

func redirect(address string) *component.Action {
	return &component.Action{Redirect: &component.Redirect{Address: address}}
}

func (s *stub) record(call, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call+" "+address)
	if s.panics {
		panic("the stub panics: secret")
	}
}

func (s *stub) keep(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *stub) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *stub) Open(_ context.Context, address string, o gateway.Opening) (gateway.Session, error) {
	s.record("open", address)
	s.mu.Lock() // a test may change the session while a browser asks for it
	defer s.mu.Unlock()
	s.opened = append(s.opened, o)
	return s.session, s.err
}

func (s *stub) Begin(_ context.Context, address string, b gateway.Beginning) (gateway.Attempt, error) {
	s.record("begin", address)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.begun = append(s.begun, b)
	return s.attempt, s.err
}

func (s *stub) Resume(_ context.Context, address string, r component.Return) (gateway.Attempt, error) {
	s.record("resume", address)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.back = append(s.back, r)
	return s.attempt, s.err
}

func (s *stub) Receive(_ context.Context, name string, n component.Notification) (component.Acknowledgement, error) {
	s.record("receive", name)
	s.keep(func() { s.notice = n })
	return s.ack, s.err
}

func (s *stub) For(acquirer string) (order.Desk, error) {
	s.record("for", acquirer)
	return half{s: s}, s.err
}

// half is the half of the stub that an acquirer may call.
type half struct {
	order.Webhooks
	s *stub
}

func (h half) Place(_ context.Context, o order.Order) (order.Placement, error) {
	h.s.record("place", string(o.ID))
	return order.Placement{Address: base + "/pay/" + token, Expires: o.Expires}, h.s.err
}

func (h half) Query(_ context.Context, id order.ID) (order.Status, error) {
	h.s.record("query", string(id))
	return order.Status{Order: h.s.session.Order, State: order.StateOpen, Version: 1}, h.s.err
}

func (h half) Cancel(_ context.Context, id order.ID) (order.Status, error) {
	h.s.record("cancel", string(id))
	return order.Status{Order: h.s.session.Order, State: order.StateCanceled, Version: 2}, h.s.err
}

func (h half) Refund(_ context.Context, r order.RefundRequest) (order.Status, error) {
	h.s.record("refund "+string(r.ID), string(r.Order))
	return order.Status{Order: h.s.session.Order, State: order.StatePaid, Version: 3}, h.s.err
}

func (h half) Issue(_ context.Context, r order.IssueRequest) (order.IssuedCode, error) {
	h.s.record("issue "+r.Key, r.Address)
	return h.s.code, h.s.err
}

func (h half) Issued(_ context.Context, id order.ID) (order.IssuedCode, error) {
	h.s.record("issued", string(id))
	return h.s.code, h.s.err
}

func (h half) Revoke(_ context.Context, id order.ID) (order.IssuedCode, error) {
	h.s.record("revoke", string(id))
	return h.s.code, h.s.err
}

// directory knows the acquirer north by its key.
type directory struct {
	wire.Keys
	keyID string
}

func (d directory) Holder(keyID string) (string, bool) { return "north", keyID == d.keyID }

// newSigner signs with a key made of the seed.
func newSigner(t testing.TB, seed byte, o *wire.Options) (*wire.Signer, ed25519.PublicKey) {
	t.Helper()
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
	signer, err := wire.NewSigner(key, o)
	if err != nil {
		t.Fatal(err)
	}
	return signer, key.Public().(ed25519.PublicKey)
}

func newKeys(t testing.TB, key ed25519.PublicKey) wire.Keys {
	t.Helper()
	keys, err := wire.NewKeys(key)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// newHandler serves the stub at base. The gateway signs with seed 2, north with
// seed 1.
func newHandler(t testing.TB, s gateway.SecondServer, base string, o *gatewayhttp.Options) http.Handler {
	t.Helper()
	return apitest.Handler(t, newUndescribedHandler(t, s, base, o))
}

// newUndescribedHandler is one whose exchanges are not compared with the OpenAPI
// document: for floods, where comparing would take longer than all else.
func newUndescribedHandler(t testing.TB, s gateway.SecondServer, base string, o *gatewayhttp.Options) http.Handler {
	t.Helper()
	signer, _ := newSigner(t, 2, nil)
	_, north := newSigner(t, 1, nil)
	id, err := wire.KeyID(north)
	if err != nil {
		t.Fatal(err)
	}
	h, err := gatewayhttp.NewHandler(s, base, directory{newKeys(t, north), id}, signer, o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func newVisitor(t testing.TB, s gateway.SecondServer, o *gatewayhttp.Options) webtest.Visitor {
	t.Helper()
	return webtest.NewVisitor(t, base, newHandler(t, s, base, o))
}
