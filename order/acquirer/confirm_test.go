package acquirer_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
)

// tea confirms a cup and nothing else.
func tea(t testing.TB, s *acquirer.Server, key string) order.Confirmation {
	t.Helper()
	choices := []order.Choice{{Item: "cup", Quantity: 1}}
	p, err := s.Review(t.Context(), s.CodeAddress("teahouse"), choices)
	if err != nil {
		t.Fatal(err)
	}
	return order.Confirmation{Merchant: "teahouse", Revision: p.Revision, Choices: choices, Total: p.Total, Key: key}
}

func TestConsentIsForWhatThePageSaid(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(*acquirer.Merchant)
		want   order.Code
	}{
		{"nothing", func(m *acquirer.Merchant) {}, ""},
		{"the price", func(m *acquirer.Merchant) { m.Goods[2].Price.Amount++ }, order.CodePageChanged},
		{"the item's name", func(m *acquirer.Merchant) { m.Goods[2].Name = "Cup, paper" }, order.CodePageChanged},
		{"the merchant's name", func(m *acquirer.Merchant) { m.Name = "Jade Casino" }, order.CodePageChanged},
		{"the note", func(m *acquirer.Merchant) { m.Note = "Table 5" }, order.CodePageChanged},
		{"sold out", func(m *acquirer.Merchant) { m.Goods = m.Goods[:2] }, order.CodePageChanged},
		{"no shop any more", func(m *acquirer.Merchant) { m.Goods, m.Direct = nil, &acquirer.Direct{Max: yuan(50000)} }, order.CodePageChanged},
		{"the price of something else", func(m *acquirer.Merchant) { m.Goods[0].Price.Amount++ }, ""},
	} {
		s, shelf := onShelf(t, merchants()[2], nil)
		confirmed := tea(t, s, "key-1")
		shelf.merchant.Goods = slices.Clone(shelf.merchant.Goods)
		c.change(&shelf.merchant)
		_, err := s.Confirm(t.Context(), s.CodeAddress("teahouse"), confirmed)
		wantCode(t, c.what, err, c.want)
	}
}

func TestRepeatedConfirmationKeepsWhatWasAgreed(t *testing.T) {
	s, shelf := onShelf(t, merchants()[2], nil)
	c := tea(t, s, "key-1")
	first := confirm(t, s, c)
	shelf.merchant.Goods = shelf.merchant.Goods[:1]
	wantSame(t, "the jump after the cup was sold out", confirm(t, s, c), first)
	wantSame(t, "the total", status(t, s, first.Order).Order.Total, yuan(3200))
}

// What the merchant's note says stands on the page, and in the order that the gateway
// is sent.
func TestNoteIsInTheOrder(t *testing.T) {
	m := merchants()[2]
	m.Note = "Table 4"
	s, _ := onShelf(t, m, nil)
	p, err := s.Page(t.Context(), s.CodeAddress("teahouse"))
	if err != nil || p.Note != "Table 4" {
		t.Fatalf("the page's note is %q, %v", p.Note, err)
	}
	jump := confirm(t, s, tea(t, s, "key-1"))
	wantSame(t, "the description", status(t, s, jump.Order).Order.Description, "Table 4")
}

func TestPayerEntersUpToTheMost(t *testing.T) {
	s := newServer(t, &peer{}, nil)
	p, err := s.Page(t.Context(), s.CodeAddress("busker"))
	if err != nil {
		t.Fatal(err)
	}
	c := order.Confirmation{Merchant: "busker", Revision: p.Revision, Total: yuan(50001), Key: "key-1"}
	_, err = s.Confirm(t.Context(), s.CodeAddress("busker"), c)
	wantCode(t, "more", err, order.CodeRefused)
	c.Total = yuan(50000)
	confirm(t, s, c)
}

func TestSumThatNoAmountCanHoldIsInvalid(t *testing.T) {
	m := merchants()[2]
	m.Goods = []order.Item{{ID: "palace", Name: "Palace", Price: yuan(order.MaxAmount)}}
	s, _ := onShelf(t, m, nil)
	_, err := s.Review(t.Context(), s.CodeAddress("teahouse"), []order.Choice{{Item: "palace", Quantity: 2}})
	wantSame(t, "the problem", paths(t, err), []string{"/choices"})
}

func TestOrderIsMadeWhole(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 123456789, time.FixedZone("", 3600))
	gateway := &peer{}
	s := newServer(t, gateway, &acquirer.Options{Now: func() time.Time { return now }, Lifetime: time.Hour})
	id := confirm(t, s, tea(t, s, "key-1")).Order
	created := time.Date(2026, 11, 23, 8, 0, 0, 123456000, time.UTC)
	want := order.Order{ID: id, Merchant: "teahouse", Total: yuan(3200),
		Lines:   []order.Line{{Item: "cup", Name: "Cup, celadon", Quantity: 1, Price: yuan(3200)}},
		Created: created, Expires: created.Add(time.Hour), ReturnAddress: base + "/orders/" + string(id)}
	wantSame(t, "the orders at the gateway", gateway.orders(), []order.Order{want})
	wantSame(t, "the order that is kept", status(t, s, id), order.Status{Order: want, State: order.StateOpen, Changed: created})
}

func TestOrderPastItsTimeIsNotPlaced(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	gateway := &peer{place: unreachable}
	s := newServer(t, gateway, &acquirer.Options{Now: func() time.Time { return now }})
	c := coffee(t, s, "key-1")
	_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), c)
	wantCode(t, "while nobody answers", err, order.CodeUnavailable)
	gateway.turn(nil)
	now = now.Add(15 * time.Minute)
	_, err = s.Confirm(t.Context(), s.CodeAddress("cafe"), c)
	wantCode(t, "after its time", err, order.CodeExpired)
	wantSame(t, "how often it was placed", len(gateway.orders()), 1)
	confirm(t, s, coffee(t, s, "key-2"))
}

func TestServersOverOneStoreMakeOneOrder(t *testing.T) {
	st := open(t, t.TempDir()+"/acquirer.db")
	jumps := make([]order.PageJump, 8)
	var all sync.WaitGroup
	for i := range jumps {
		s, err := acquirer.New(t.Context(), st, &peer{}, merchants(), base, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := coffee(t, s, "key-1")
		all.Go(func() { jumps[i], _ = s.Confirm(t.Context(), s.CodeAddress("cafe"), c) })
	}
	all.Wait()
	if len(slices.Compact(jumps)) != 1 || jumps[0].Order == "" {
		t.Errorf("one confirmation at %d servers gives %v", len(jumps), jumps)
	}
}

func TestGatewayThatHangsIsGivenUp(t *testing.T) {
	s := newServer(t, &peer{place: func(ctx context.Context, o order.Order) (order.Placement, error) {
		<-ctx.Done()
		return order.Placement{}, ctx.Err()
	}}, &acquirer.Options{Timeout: time.Millisecond})
	_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), coffee(t, s, "key-1"))
	wantCode(t, "Confirm", err, order.CodeUnavailable)
}

// A gateway that says when to come back is heard by the payer's terminal too.
func TestGatewayThatIsBusyIsGivenTime(t *testing.T) {
	s := newServer(t, &peer{place: func(context.Context, order.Order) (order.Placement, error) {
		return order.Placement{}, &order.Error{Code: order.CodeRateLimited, RetryAfter: 7 * time.Second}
	}}, nil)
	_, err := s.Confirm(t.Context(), s.CodeAddress("cafe"), coffee(t, s, "key-1"))
	wantCode(t, "Confirm", err, order.CodeUnavailable)
	if e, ok := errors.AsType[*order.Error](err); !ok || e.RetryAfter != 7*time.Second {
		t.Errorf("%v asks to wait %v, want 7 s", err, e.RetryAfter)
	}
}
