package ordertest

import "github.com/anyscan/anyscan/order"

// confirming is the contract of Confirm towards the terminal.
func confirming() []check {
	return []check{
		{"confirming a direct page places its order, and jumps to the gateway", confirmFixed},
		{"an amount that the payer enters is what the order costs", confirmEntered},
		{"confirming goods places them at the prices of the order information page", confirmShop},
		{"a confirmation repeated under its key gives the same order and address", confirmAgain},
		{"another confirmation under the same key is idempotency_key_reused and changes nothing", confirmOther},
		{"another key is another order", confirmAnother},
		{"a key at one merchant says nothing at another", confirmElsewhere},
		{"a confirmation without a key is idempotency_key_missing and places nothing", confirmKeyless},
		{"a confirmation of a page that has changed is page_changed and places nothing", confirmChanged},
		{"a confirmation of another total than the page's is page_changed and places nothing", confirmTotal},
		{"a confirmation that does not fit the merchant is invalid_request and places nothing", confirmUnfit},
		{"a refused confirmation does not use up its key", confirmAfterRefusal},
		{"confirmations under one key at the same moment are one order", confirmTogether},
		{"confirmations under many keys at the same moment are as many orders", confirmMany},
	}
}

// jumped fails the check unless the jump leads to the only order that was
// placed, which is returned.
func (b *bench) jumped(jump order.PageJump) order.Order {
	b.Helper()
	o := b.placed()
	b.same("the jump", jump, order.PageJump{Order: o.ID, Address: gatewayAddress(o.ID)})
	return o
}

// ofMerchant is the order that should have been made: o as far as it is the
// server's to decide, total and lines as confirmed.
func ofMerchant(o order.Order, merchant string, total order.Money, lines []order.Line) order.Order {
	o.Merchant, o.Total, o.Lines = merchant, total, lines
	return o
}

func confirmFixed(b *bench) {
	c := b.fixed("key-1")
	o := b.jumped(b.confirm(b.Fixed, c))
	b.same("the order", o, ofMerchant(o, c.Merchant, c.Total, nil))
}

func confirmEntered(b *bench) {
	c := b.entered(1234, "key-1")
	o := b.jumped(b.confirm(b.Entered, c))
	b.same("the order", o, ofMerchant(o, c.Merchant, c.Total, nil))
}

func confirmShop(b *bench) {
	c, review := b.chosen("key-1")
	o := b.jumped(b.confirm(b.Shop, c))
	b.same("the order", o, ofMerchant(o, c.Merchant, review.Total, review.Lines))
}

func confirmAgain(b *bench) {
	c, _ := b.chosen("key-1")
	first := b.confirm(b.Shop, c)
	b.same("the jump", b.confirm(b.Shop, c), first)
	b.jumped(first)
}

func confirmOther(b *bench) {
	c, _ := b.chosen("key-1")
	first := b.confirm(b.Shop, c)
	choices := b.choices()[:1]
	p, err := b.Server.Review(b.Context(), b.Shop, choices)
	if err != nil {
		b.Fatal(err)
	}
	other := order.Confirmation{Merchant: p.Merchant, Revision: p.Revision, Choices: choices, Total: p.Total, Key: "key-1"}
	b.refuses("other goods", b.Shop, other, order.CodeIdempotencyKeyReused)
	b.same("the jump", b.confirm(b.Shop, c), first)
	b.jumped(first)

	amount := b.entered(100, "key-2")
	b.confirm(b.Entered, amount)
	amount.Total.Amount++
	b.refuses("another amount", b.Entered, amount, order.CodeIdempotencyKeyReused)
}

func confirmAnother(b *bench) {
	first, second := b.confirm(b.Fixed, b.fixed("key-1")), b.confirm(b.Fixed, b.fixed("key-2"))
	if first.Order == second.Order || first.Address == second.Address || len(b.clearing.placed()) != 2 {
		b.Errorf("two keys give %v and %v", first, second)
	}
}

func confirmElsewhere(b *bench) {
	first, second := b.confirm(b.Fixed, b.fixed("key-1")), b.confirm(b.Entered, b.entered(100, "key-1"))
	if first.Order == second.Order || len(b.clearing.placed()) != 2 {
		b.Errorf("one key at two merchants gives %v and %v", first, second)
	}
}

func confirmKeyless(b *bench) {
	b.refuses("no key", b.Fixed, b.fixed(""), order.CodeIdempotencyKeyMissing)
	b.nothingPlaced()
}

func confirmChanged(b *bench) {
	direct := b.fixed("key-1")
	direct.Revision += "x"
	b.refuses("a direct page", b.Fixed, direct, order.CodePageChanged)
	entered := b.entered(100, "key-2")
	entered.Revision += "x"
	b.refuses("a direct page without an amount", b.Entered, entered, order.CodePageChanged)
	shop, _ := b.chosen("key-3")
	shop.Revision += "x"
	b.refuses("an order information page", b.Shop, shop, order.CodePageChanged)
	b.nothingPlaced()
}

func confirmTotal(b *bench) {
	for what, change := range map[string]func(*order.Money){
		"less":             func(m *order.Money) { m.Amount-- },
		"more":             func(m *order.Money) { m.Amount++ },
		"another currency": func(m *order.Money) { m.Currency = otherCurrency(m.Currency) },
	} {
		direct := b.fixed("key-1")
		change(&direct.Total)
		b.refuses("direct, "+what, b.Fixed, direct, order.CodePageChanged)
		shop, _ := b.chosen("key-2")
		change(&shop.Total)
		b.refuses("shop, "+what, b.Shop, shop, order.CodePageChanged)
	}
	b.nothingPlaced()
}

func otherCurrency(currency string) string {
	if currency == "EUR" {
		return "CNY"
	}
	return "EUR"
}

func confirmUnfit(b *bench) {
	other := b.entered(100, "key-1")
	other.Merchant = b.page(b.Fixed).Merchant
	b.refuses("another merchant's", b.Entered, other, order.CodeInvalid)
	goods := b.fixed("key-1")
	goods.Choices = b.choices()
	b.refuses("goods of a merchant without a shop", b.Fixed, goods, order.CodeInvalid)
	none, _ := b.chosen("key-1")
	none.Choices, none.Revision = nil, b.page(b.Shop).Revision
	b.refuses("no goods of a shop", b.Shop, none, order.CodeInvalid)
	nothing := b.entered(0, "key-1")
	b.refuses("no amount", b.Entered, nothing, order.CodeInvalid)
	foreign := b.entered(100, "key-1")
	foreign.Total.Currency = otherCurrency(foreign.Total.Currency)
	b.refuses("a foreign currency", b.Entered, foreign, order.CodeInvalid)
	b.nothingPlaced()
}

func confirmAfterRefusal(b *bench) {
	c := b.fixed("key-1")
	c.Total.Amount++
	b.refuses("more", b.Fixed, c, order.CodePageChanged)
	b.jumped(b.confirm(b.Fixed, b.fixed("key-1")))
}

func confirmTogether(b *bench) {
	c, _ := b.chosen("key-1")
	jumps, errs := make([]order.PageJump, 8), make([]error, 8)
	together(len(jumps), func(i int) { jumps[i], errs[i] = b.Server.Confirm(b.Context(), b.Shop, c) })
	for i, jump := range jumps {
		if errs[i] != nil {
			b.Errorf("Confirm: %v", errs[i])
			continue
		}
		b.jumped(jump)
	}
}

func confirmMany(b *bench) {
	c := b.fixed("")
	jumps := make([]order.PageJump, 16)
	together(len(jumps), func(i int) {
		mine := c
		mine.Key = "key-" + string(rune('a'+i))
		jumps[i], _ = b.Server.Confirm(b.Context(), b.Fixed, mine)
	})
	seen := map[order.ID]bool{}
	for _, jump := range jumps {
		seen[jump.Order] = true
		b.same("the address", jump.Address, gatewayAddress(jump.Order))
	}
	if n := len(b.clearing.placed()); len(seen) != len(jumps) || n != len(jumps) {
		b.Errorf("%d keys gave %d orders, of which %d were placed", len(jumps), len(seen), n)
	}
}
