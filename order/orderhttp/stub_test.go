package orderhttp_test

import (
	"context"
	"crypto/ed25519"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/apitest"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

const (
	base        = "http://acquirer.localhost"
	gatewayBase = "http://pay.localhost"
	payAddress  = gatewayBase + "/pay/token"
)

func yuan(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }

// stub is a scripted acquirer, which records what it was asked.
type stub struct {
	mu        sync.Mutex
	calls     []string // method and address
	confirmed []order.Confirmation
	notified  []order.Status

	page, review order.Page
	jump         order.PageJump
	status       order.Status
	err          error // of every call but Page and Review
	pageErr      error // of those
	panics       bool
}

var _ order.FirstServer = (*stub)(nil)

func newStub() *stub {
	id := order.NewID(time.Unix(1, 0))
	direct := order.Page{Kind: order.PageDirect, Merchant: "tea", MerchantName: "Tea <House>", Revision: "r1", Currency: "CNY"}
	review := direct
	review.Kind, review.Total = order.PageReview, yuan(1230)
	review.Lines = []order.Line{
		{Item: "oolong", Name: "Oolong", Quantity: 2, Price: yuan(500)}, {Item: "cake", Name: "Cake", Quantity: 1, Price: yuan(230)},
	}
	return &stub{page: direct, review: review, jump: order.PageJump{Order: id, Address: payAddress},
		status: order.Status{State: order.StateOpen, Version: 1, Order: order.Order{ID: id, Merchant: "tea", Total: yuan(1230)}}}
}

// shop makes the first page a display of goods.
func (s *stub) shop() {
	s.page.Kind = order.PageShop
	s.page.Goods = []order.Item{{ID: "oolong", Name: "Oolong", Price: yuan(500)}, {ID: "cake", Name: "Cake", Price: yuan(230)}}
}

func (s *stub) record(call, address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, call+" "+address)
	if s.panics {
		panic("the stub panics: secret")
	}
}

func (s *stub) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

func (s *stub) confirmations() []order.Confirmation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.confirmed)
}

func (s *stub) Page(_ context.Context, address string) (order.Page, error) {
	s.record("page", address)
	return s.page, s.pageErr
}

func (s *stub) Review(_ context.Context, address string, choices []order.Choice) (order.Page, error) {
	s.record("review", address)
	return s.review, s.pageErr
}

func (s *stub) Confirm(_ context.Context, address string, c order.Confirmation) (order.PageJump, error) {
	s.record("confirm", address)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.confirmed = append(s.confirmed, c)
	return s.jump, s.err
}

func (s *stub) Result(_ context.Context, address string) (order.Status, error) {
	s.record("result", address)
	return s.status, s.err
}

func (s *stub) Notify(_ context.Context, st order.Status) error {
	s.record("notify", string(st.Order.ID))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notified = append(s.notified, st)
	return s.err
}

// identity is a key that signs, and the set of it.
type identity struct {
	signer *wire.Signer
	keys   wire.Keys
}

func newIdentity(t testing.TB, seed byte, o *wire.Options) identity {
	t.Helper()
	key := ed25519.NewKeyFromSeed(slices.Repeat([]byte{seed}, ed25519.SeedSize))
	signer, err := wire.NewSigner(key, o)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := wire.NewKeys(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return identity{signer, keys}
}

func formKey() []byte { return slices.Repeat([]byte{7}, 32) }

// newHandler serves the stub at base, for a gateway at gatewayBase with the key
// of seed 2. The acquirer's seed is 1.
func newHandler(t testing.TB, s order.FirstServer, base string, o *orderhttp.Options) http.Handler {
	t.Helper()
	return apitest.Handler(t, newUndescribedHandler(t, s, base, o))
}

// newUndescribedHandler is one whose exchanges the OpenAPI document need not
// describe.
func newUndescribedHandler(t testing.TB, s order.FirstServer, base string, o *orderhttp.Options) http.Handler {
	t.Helper()
	h, err := orderhttp.NewHandler(s, base, gatewayBase, newIdentity(t, 2, nil).keys, newIdentity(t, 1, nil).signer, formKey(), o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func newVisitor(t testing.TB, s order.FirstServer, o *orderhttp.Options) webtest.Visitor {
	t.Helper()
	return webtest.NewVisitor(t, base, newHandler(t, s, base, o))
}
