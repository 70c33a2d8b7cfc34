package walk

import (
	"context"
	"crypto/ed25519"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/wire"
)

// shown is an acquirer whose merchants, by their names, stand for the states of its
// pages; one that is named after an error is answered with it.
type shown struct{ order.Notifier }

var _ order.FirstServer = shown{}

func yuan(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }

func lines() []order.Line {
	return []order.Line{{Item: "oolong", Name: "Oolong, 100 g", Price: yuan(6800), Quantity: 2},
		{Item: "gift", Name: "Gift box with a name that is so long that it needs several lines on a phone", Price: yuan(123456), Quantity: 1}}
}

func (shown) Page(_ context.Context, address string) (order.Page, error) {
	p := order.Page{Kind: order.PageDirect, Merchant: merchant(address), MerchantName: "Jade Teahouse & Daughters", Revision: "1", Currency: "CNY"}
	switch p.Merchant {
	case "fixed", "changed", "busy":
		p.Total = yuan(123456)
	case "entered":
	case "bounded":
		p.Max = yuan(50000)
	case "shop":
		p.Kind = order.PageShop
		for _, l := range lines() {
			p.Goods = append(p.Goods, order.Item{ID: l.Item, Name: l.Name, Price: l.Price})
		}
	default:
		return p, failure(p.Merchant)
	}
	return p, nil
}

func (s shown) Review(ctx context.Context, address string, _ []order.Choice) (order.Page, error) {
	p, err := s.Page(ctx, address)
	p.Kind, p.Goods, p.Lines, p.Total = order.PageReview, nil, lines(), yuan(137056)
	return p, err
}

func (shown) Confirm(_ context.Context, address string, _ order.Confirmation) (order.PageJump, error) {
	code := order.CodePageChanged
	if merchant(address) == "busy" {
		code = order.CodeUnavailable
	}
	return order.PageJump{}, failure(string(code))
}

// Result is in the state that stands for the order's name.
func (shown) Result(_ context.Context, address string) (order.Status, error) {
	s := order.Status{Order: ordered(), State: order.State(path.Base(address)), Version: 1}
	if s.State == order.StatePaid {
		s.Payment = payment()
	}
	return s, nil
}

func ordered() order.Order {
	now := time.Now()
	return order.Order{ID: order.NewID(now), Merchant: "tea", Total: yuan(137056), Lines: lines(), Description: "Table 4, by the window",
		Created: now, Expires: now.Add(15 * time.Minute), ReturnAddress: "https://tea.example/orders/1"}
}

func payment() *order.Payment {
	return &order.Payment{Component: "blue", Attempt: "a1", Reference: "2026112322001456781000234567", Amount: yuan(137056), At: time.Now()}
}

func merchant(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.Split(u.Path, "/")[2]
}

// failure is the error with that code, and with all that can be said of one.
func failure(code string) error {
	return &order.Error{Code: order.Code(code), Detail: "the amount is more than the merchant takes",
		Problems: []order.Problem{{Path: "/total/amount", Detail: "is 1000.00: want 500.00 at most"}}}
}

// fails are the errors that a payer can be shown.
func fails() []order.Code {
	return []order.Code{order.CodeNotFound, order.CodeExpired, order.CodeRevoked, order.CodeRateLimited, order.CodeUnavailable, order.CodeInFlight,
		order.CodeConflict, order.CodeNotOffered, order.CodeRefused, order.CodeForbidden, order.CodeInternal, order.CodeInvalid, order.CodeTooLarge}
}

func merchantPages() []picture {
	tap := func(what string) []chromedp.Action[chromedp.Void] {
		return []chromedp.Action[chromedp.Void]{chromedp.Click(chromedp.CSS(what))}
	}
	// A form that is sent by script is not checked by the browser before.
	send := []chromedp.Action[chromedp.Void]{chromedp.Evaluate[chromedp.Void]("document.forms[0].submit()")}
	all := []picture{
		{name: "direct", path: "/m/fixed", shows: confirms},
		{name: "direct, as it changed", path: "/m/changed", after: tap(confirms), at: "/m/changed/orders", shows: alert},
		{name: "direct, amount entered", path: "/m/entered", shows: "#amount"},
		{name: "direct, amount entered up to a limit", path: "/m/bounded", shows: "#amount"},
		{name: "direct, amount entered wrongly", path: "/m/bounded", after: send, at: "/m/bounded/orders", shows: alert},
		{name: "direct, not placed", path: "/m/busy", after: tap(confirms), at: "/m/busy/orders", shows: confirms},
		{name: "shop", path: "/m/shop", shows: reviews},
		{name: "review", path: "/m/shop/review?q.oolong=2&q.gift=1", shows: confirms},
		{name: "review, as it changed", path: "/m/shop/review?q.oolong=2&q.gift=1", after: tap(confirms), at: "/m/shop/orders", shows: alert},
		{name: "review of what is no number", path: "/m/shop/review?q.oolong=two", shows: "a.plain"},
		{name: "no such page", path: "/nowhere", shows: "h1"},
		{name: "result, paid", path: "/orders/paid", shows: paid},
	}
	for _, state := range []order.State{order.StatePlacing, order.StateOpen} {
		all = append(all, picture{name: "result, " + string(state), path: "/orders/" + string(state), shows: ".mark.wait"})
	}
	for _, state := range []order.State{order.StateCanceled, order.StateExpired, order.StateRefused} {
		all = append(all, picture{name: "result, " + string(state), path: "/orders/" + string(state), shows: over})
	}
	for _, code := range fails() {
		all = append(all, picture{name: "error, " + string(code), path: "/m/" + string(code), shows: "h1"})
	}
	return all
}

// No page of the acquirer keeps anybody out.
func TestMerchantPages(t *testing.T) {
	if testing.Short() {
		t.Skip("a gallery of pages, which the complete run examines")
	}
	gallery(t, merchantPages(), func(base string) http.Handler {
		keys, signer := identity(t)
		h, err := orderhttp.NewHandler(shown{}, base, "https://pay.example", keys, signer, make([]byte, 32), nil)
		if err != nil {
			t.Fatal(err)
		}
		return h
	})
}

// identity is that of both servers: nothing is signed here.
func identity(t *testing.T) (wire.Keys, *wire.Signer) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	keys, err := wire.NewKeys(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	signer, err := wire.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	return keys, signer
}
