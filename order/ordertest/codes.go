package ordertest

import "github.com/anyscan/anyscan/order"

// codes is the contract of Page, Review and Confirm towards codes that were
// issued: one with an amount, and one that was taken back.
func codes() []check {
	return []check{
		{"behind a code with an amount is a direct page of that amount", dynamicPage},
		{"a code with an amount is one order, whoever confirms it", dynamicOnce},
		{"a code with an amount that is paid is in conflict with another payment", dynamicPaid},
		{"a code with an amount whose order ended unpaid gives another order", dynamicAgain},
		{"a code that was taken back opens no page and makes no order", revokedOpensNothing},
	}
}

// dynamic is the code with an amount, and a confirmation of its page.
func (b *bench) dynamic(key string) (address string, c order.Confirmation) {
	b.Helper()
	if b.Dynamic == "" {
		b.Skip("the subject has no codes with an amount")
	}
	p := b.page(b.Dynamic)
	return b.Dynamic, order.Confirmation{Merchant: p.Merchant, Revision: p.Revision, Total: p.Total, Key: key}
}

func dynamicPage(b *bench) {
	address, c := b.dynamic("key-1")
	p := b.page(address)
	b.direct(p, p.Total)
	if err := p.Total.Validate(); err != nil {
		b.Errorf("the total is %v: %v", p.Total, err)
	}
	less := c
	less.Total.Amount--
	b.refuses("less", address, less, order.CodePageChanged)
	_, err := b.Server.Review(b.Context(), address, b.choices())
	b.coded("choosing goods", err, order.CodeInvalid)
	b.same("the order's total", b.jumped(b.confirm(address, c)).Total, p.Total)
}

func dynamicOnce(b *bench) {
	address, c := b.dynamic("")
	jumps := make([]order.PageJump, 8)
	together(len(jumps), func(i int) {
		mine := c
		mine.Key = "key-" + string(rune('a'+i))
		jumps[i], _ = b.Server.Confirm(b.Context(), address, mine)
	})
	for _, jump := range jumps {
		b.jumped(jump)
	}
}

func dynamicPaid(b *bench) {
	address, c := b.dynamic("key-1")
	jump := b.confirm(address, c)
	b.notify(told(b.placed(), order.StatePaid, 2))
	_, err := b.Server.Page(b.Context(), address)
	b.coded("its page", err, order.CodeConflict)
	other := c
	other.Key = "key-2"
	b.refuses("another key", address, other, order.CodeConflict)
	b.same("the jump of the confirmation that was paid", b.confirm(address, c), jump)
	b.placed()
}

func dynamicAgain(b *bench) {
	address, c := b.dynamic("key-1")
	first := b.confirm(address, c)
	b.notify(told(b.placed(), order.StateExpired, 2))
	_, c = b.dynamic("key-2")
	if second := b.confirm(address, c); second.Order == first.Order || len(b.clearing.placed()) != 2 {
		b.Errorf("after an order that expired the code gives %v, before %v", second, first)
	}
}

func revokedOpensNothing(b *bench) {
	if b.Revoked == "" {
		b.Skip("the subject has no code that was taken back")
	}
	_, err := b.Server.Page(b.Context(), b.Revoked)
	b.coded("Page", err, order.CodeRevoked)
	_, err = b.Server.Review(b.Context(), b.Revoked, b.choices())
	b.coded("Review", err, order.CodeRevoked)
	b.refuses("Confirm", b.Revoked, b.fixed("key-1"), order.CodeRevoked)
	b.nothingPlaced()
}
