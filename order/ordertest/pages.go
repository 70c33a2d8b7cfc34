package ordertest

import (
	"slices"

	"github.com/anyscan/anyscan/order"
)

// pages is the contract of Page and Review.
func pages() []check {
	return []check{
		{"a direct page tells its merchant, currency and amount", pageFixed},
		{"a direct page without an amount leaves it to the payer", pageEntered},
		{"a shop page displays goods with their prices", pageShop},
		{"a page that says the same has the same revision", pageRevision},
		{"an address that leads to no merchant is not_found, whatever is asked there", pageUnknown},
		{"the order information page has what was chosen at the shop's prices, and their sum", reviewPrices},
		{"an order information page of other goods has another revision", reviewRevision},
		{"the order in which goods are chosen changes neither the revision nor the total", reviewOrder},
		{"a choice of nothing, of an item twice or of too many pieces is invalid_request", reviewInvalid},
		{"a choice of what the shop does not have is page_changed", reviewGone},
		{"there is no order information page of a merchant without a shop", reviewDirect},
	}
}

// direct fails the check unless p is a direct page that pays total.
func (b *bench) direct(p order.Page, total order.Money) {
	b.Helper()
	if p.Merchant == "" || p.MerchantName == "" || p.Revision == "" {
		b.Errorf("the page lacks its merchant, the merchant's name or a revision: %+v", p)
	}
	if _, ok := order.Exponent(p.Currency); !ok {
		b.Errorf("the currency is %q", p.Currency)
	}
	b.same("the page", p, order.Page{Kind: order.PageDirect, Merchant: p.Merchant, MerchantName: p.MerchantName,
		Revision: p.Revision, Currency: p.Currency, Total: total, Max: p.Max})
}

func pageFixed(b *bench) {
	p := b.page(b.Fixed)
	b.direct(p, p.Total)
	b.same("the most that can be entered", p.Max, order.Money{})
	if err := p.Total.Validate(); err != nil || p.Total.Currency != p.Currency {
		b.Errorf("the total is %v in a page in %s: %v", p.Total, p.Currency, err)
	}
}

func pageEntered(b *bench) {
	p := b.page(b.Entered)
	b.direct(p, order.Money{})
	if err := p.Max.Validate(); err != nil || p.Max.Currency != p.Currency {
		b.Errorf("the most that can be entered is %v in a page in %s: %v", p.Max, p.Currency, err)
	}
}

func pageShop(b *bench) {
	p := b.page(b.Shop)
	b.same("the page", p, order.Page{Kind: order.PageShop, Merchant: p.Merchant, MerchantName: p.MerchantName,
		Revision: p.Revision, Currency: p.Currency, Goods: p.Goods})
	if len(p.Goods) == 0 || p.Revision == "" {
		b.Errorf("the page lacks goods or a revision: %+v", p)
	}
	for _, g := range p.Goods {
		if err := g.Price.Validate(); err != nil || g.Price.Currency != p.Currency || g.ID == "" || g.Name == "" {
			b.Errorf("%+v is not merchandise in %s: %v", g, p.Currency, err)
		}
	}
}

func pageRevision(b *bench) {
	for _, address := range []string{b.Fixed, b.Entered, b.Shop} {
		b.same("the page", b.page(address), b.page(address))
	}
	_, first := b.chosen("")
	_, again := b.chosen("")
	b.same("the order information page", again, first)
}

func pageUnknown(b *bench) {
	nowhere := stranger(b.Shop)
	_, err := b.Server.Page(b.Context(), nowhere)
	b.coded("Page", err, order.CodeNotFound)
	c, _ := b.chosen("key-1")
	_, err = b.Server.Review(b.Context(), nowhere, c.Choices)
	b.coded("Review", err, order.CodeNotFound)
	c.Merchant += "-nobody"
	b.refuses("Confirm", nowhere, c, order.CodeNotFound)
	b.nothingPlaced()
}

func reviewPrices(b *bench) {
	shop := b.page(b.Shop)
	c, review := b.chosen("")
	want := order.Page{Kind: order.PageReview, Merchant: shop.Merchant, MerchantName: shop.MerchantName,
		Revision: review.Revision, Currency: shop.Currency}
	for i, g := range []order.Item{shop.Goods[1], shop.Goods[0]} {
		want.Lines = append(want.Lines, order.Line{Item: g.ID, Name: g.Name, Quantity: c.Choices[i].Quantity, Price: g.Price})
		cost, _ := g.Price.Times(c.Choices[i].Quantity)
		want.Total, _ = want.Total.Add(cost)
	}
	b.same("the order information page", review, want)
	if review.Revision == "" {
		b.Error("the order information page has no revision")
	}
}

func reviewRevision(b *bench) {
	c, first := b.chosen("")
	c.Choices[0].Quantity++
	other, err := b.Server.Review(b.Context(), b.Shop, c.Choices)
	if err != nil || other.Revision == first.Revision {
		b.Errorf("more pieces give the revision %q, %v; fewer give %q", other.Revision, err, first.Revision)
	}
}

// A browser's form may send the goods in another order than the page had them.
func reviewOrder(b *bench) {
	c, first := b.chosen("key-1")
	slices.Reverse(c.Choices)
	other, err := b.Server.Review(b.Context(), b.Shop, c.Choices)
	if err != nil || other.Revision != first.Revision || other.Total != first.Total {
		b.Errorf("the other way round: revision %q, total %s, %v; want %q, %s", other.Revision, other.Total, err, first.Revision, first.Total)
	}
	b.confirm(b.Shop, c)
	b.same("the total", b.placed().Total, first.Total)
}

func reviewInvalid(b *bench) {
	one := b.choices()[0]
	many := one
	many.Quantity = order.MaxQuantity + 1
	for what, choices := range map[string][]order.Choice{"nothing": nil, "twice": {one, one}, "too many": {many}} {
		_, err := b.Server.Review(b.Context(), b.Shop, choices)
		b.coded(what, err, order.CodeInvalid)
	}
}

func reviewGone(b *bench) {
	_, err := b.Server.Review(b.Context(), b.Shop, []order.Choice{{Item: "sold-out-long-ago", Quantity: 1}})
	b.coded("Review", err, order.CodePageChanged)
}

func reviewDirect(b *bench) {
	_, err := b.Server.Review(b.Context(), b.Fixed, b.choices())
	b.coded("Review", err, order.CodeInvalid)
}
