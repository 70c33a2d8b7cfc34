package gatewaytest

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// refunding is the contract of refunds that acquirers ask for.
func refunding() []check {
	return []check{
		{rule: "a refund is pending, then succeeds, and its acquirer is told, in newer versions of the paid order", run: refundSucceeds},
		{rule: "the same refund again is the refund as it stands, and gives money back once", run: refundAgain},
		{rule: "another refund under the same ID is idempotency_key_reused", run: refundReused},
		{rule: "two refunds of the same amount under two IDs are two refunds", run: refundTwice},
		{rule: "refunds never come to more than was paid: refused", run: refundTooMuch},
		{rule: "of refunds at the same moment that are too much together, only what fits is taken", run: refundsRace},
		{rule: "a refund that failed takes nothing off what is left, and its acquirer is told", run: refundFails},
		{rule: "an order that is not paid has nothing to give back: conflict", run: refundUnpaid},
		{rule: "a refund that is no amount of the order's currency, or has no proper ID, is invalid_request", run: refundInvalid},
		{rule: "a refund of an order that is another's, or never was, is not_found", run: refundForeign},
		{rule: "an order has at most order.MaxRefunds: then refused", run: refundsBounded},
		{rule: "a disabled acquirer's new refund is forbidden; what it asked for before goes on", run: disabledRefunds},
	}
}

// bought is an order of north that was paid with blue.
func (b *bench) bought() (order.Order, gateway.Attempt) {
	b.Helper()
	o, address := b.placed()
	return o, b.resume(b.paidAtProvider(address, b.blue, "k1"))
}

// refundOf asks for an amount of the order, in its currency, under a new ID.
func (b *bench) refundOf(o order.Order, amount int64) order.RefundRequest {
	return order.RefundRequest{ID: order.NewID(b.clock.Now()), Order: o.ID, Amount: order.Money{Amount: amount, Currency: o.Total.Currency}, Reason: "a pot was cold"}
}

func (b *bench) refund(r order.RefundRequest) order.Status {
	b.Helper()
	s, err := b.at("north").Refund(b.Context(), r)
	if err != nil {
		b.Fatalf("Refund: %v", err)
	}
	return s
}

// refundRefused fails the check unless the refund is answered with the code and changes nothing.
func (b *bench) refundRefused(what string, r order.RefundRequest, want order.Code) {
	b.Helper()
	before := b.status(order.Order{ID: r.Order})
	_, err := b.at("north").Refund(b.Context(), r)
	b.refused(what, err, want)
	b.same("the status after "+what, b.status(order.Order{ID: r.Order}), before)
}

func refundSucceeds(b *bench) {
	o, a := b.bought()
	b.later(time.Second)
	before, asked := b.status(o), b.clock.Now()
	r := b.refundOf(o, 500)
	got := b.refund(r)
	want := before
	want.Version, want.Changed = before.Version+1, asked
	want.Refunds = []order.Refund{{ID: r.ID, Number: number(got), Amount: r.Amount, Reason: r.Reason, State: order.RefundPending, Created: asked, Changed: asked}}
	b.same("the answer", got, want)
	b.same("the status", b.status(o), want)
	b.later(time.Second)
	want.Version, want.Changed = want.Version+1, b.clock.Now()
	done := &want.Refunds[0]
	done.State, done.Changed, done.Reference, done.Moved = order.RefundSucceeded, b.clock.Now(), b.blue.reference(done.Number), decidedAt
	b.same("the status in the end", b.status(o), want)
	b.same("what the acquirer was told", b.north.all(), []order.Status{before, want})
	b.same("what the provider holds", b.blue.Held(a.ID), o.Total.Amount-500)
	if err := want.Validate(); err != nil {
		b.Error(err)
	}
}

// number is the gateway's of the only refund.
func number(s order.Status) string {
	if len(s.Refunds) != 1 {
		return strconv.Itoa(len(s.Refunds)) + " refunds"
	}
	return s.Refunds[0].Number
}

func refundAgain(b *bench) {
	o, a := b.bought()
	r := b.refundOf(o, 500)
	first := b.refund(r)
	b.same("the answer again", b.refund(r), first)
	b.blue.Deafen(true) // the provider gives it back, and that is not heard
	b.later(time.Second)
	b.same("the answer while it is not known", b.refund(r), first)
	b.blue.Deafen(false)
	b.later(follow)
	b.same("the state in the end", b.refund(r).Refunds[0].State, order.RefundSucceeded)
	b.later(follow)
	b.same("what the provider holds", b.blue.Held(a.ID), o.Total.Amount-500)
}

func refundReused(b *bench) {
	o, _ := b.bought()
	r := b.refundOf(o, 500)
	b.refund(r)
	other := r
	other.Amount.Amount++
	b.refundRefused("another amount", other, order.CodeIdempotencyKeyReused)
	other = r
	other.Reason = "it was late"
	b.refundRefused("another reason", other, order.CodeIdempotencyKeyReused)
}

func refundTwice(b *bench) {
	o, a := b.bought()
	b.refund(b.refundOf(o, 500))
	b.refund(b.refundOf(o, 500))
	b.later(time.Second)
	b.same("what the provider holds", b.blue.Held(a.ID), o.Total.Amount-1000)
	b.same("how many there are", len(b.status(o).Refunds), 2)
}

func refundTooMuch(b *bench) {
	o, a := b.bought()
	b.refundRefused("more than was paid", b.refundOf(o, o.Total.Amount+1), order.CodeRefused)
	b.refund(b.refundOf(o, 1000))
	b.refundRefused("more than is left, while one is pending", b.refundOf(o, o.Total.Amount-999), order.CodeRefused)
	b.later(time.Second)
	b.refundRefused("more than is left", b.refundOf(o, o.Total.Amount-999), order.CodeRefused)
	b.refund(b.refundOf(o, o.Total.Amount-1000))
	b.refundRefused("more than all", b.refundOf(o, 1), order.CodeRefused)
	b.later(time.Second)
	b.same("what the provider holds", b.blue.Held(a.ID), int64(0))
}

func refundsRace(b *bench) {
	o, a := b.bought()
	var all sync.WaitGroup
	codes := make([]order.Code, 8)
	for i := range codes {
		all.Go(func() {
			_, err := b.at("north").Refund(b.Context(), b.refundOf(o, o.Total.Amount/3))
			codes[i] = order.CodeOf(err)
		})
	}
	all.Wait()
	slices.Sort(codes)
	b.same("the answers", codes, append([]order.Code{"", "", ""}, slices.Repeat([]order.Code{order.CodeRefused}, 5)...))
	b.later(time.Second)
	b.same("what the provider holds", b.blue.Held(a.ID), o.Total.Amount%3)
}

func refundFails(b *bench) {
	o, a := b.bought()
	b.blue.Rule("window_closed")
	r := b.refundOf(o, o.Total.Amount)
	b.refund(r)
	b.later(time.Second)
	s := b.status(o)
	b.same("the refund", s.Refunds, []order.Refund{{ID: r.ID, Number: number(s), Amount: r.Amount, Reason: r.Reason, State: order.RefundFailed,
		Failure: "window_closed", Created: s.Refunds[0].Created, Changed: b.clock.Now()}})
	b.same("the order's state", s.State, order.StatePaid)
	told := b.north.all()
	if len(told) == 0 || !cmp.Equal(told[len(told)-1], s) {
		b.Errorf("the acquirer was told %+v, want %+v in the end", told, s)
	}
	b.blue.Rule("")
	b.refund(b.refundOf(o, o.Total.Amount))
	b.later(time.Second)
	b.same("what the provider holds", b.blue.Held(a.ID), int64(0))
}

func refundUnpaid(b *bench) {
	o, _ := b.placed()
	b.refundRefused("a refund of an open order", b.refundOf(o, 1), order.CodeConflict)
	b.later(2 * time.Hour)
	b.refundRefused("a refund of an expired order", b.refundOf(o, 1), order.CodeConflict)
}

func refundInvalid(b *bench) {
	o, _ := b.bought()
	for what, spoil := range map[string]func(*order.RefundRequest){
		"no ID":            func(r *order.RefundRequest) { r.ID = "1" },
		"nothing":          func(r *order.RefundRequest) { r.Amount.Amount = 0 },
		"less than that":   func(r *order.RefundRequest) { r.Amount.Amount = -1 },
		"no currency":      func(r *order.RefundRequest) { r.Amount.Currency = "" },
		"another currency": func(r *order.RefundRequest) { r.Amount.Currency = "EUR" },
		"two lines":        func(r *order.RefundRequest) { r.Reason = "a\nb" },
	} {
		r := b.refundOf(o, 500)
		spoil(&r)
		b.refundRefused(what, r, order.CodeInvalid)
	}
}

func refundForeign(b *bench) {
	o, _ := b.bought()
	for what, r := range map[string]order.RefundRequest{"another's": b.refundOf(o, 1), "none": b.refundOf(b.newOrder(), 1), "no ID": b.refundOf(order.Order{ID: "x", Total: o.Total}, 1)} {
		_, err := b.at("south").Refund(b.Context(), r)
		b.refused(what, err, order.CodeNotFound)
	}
	b.same("the order's refunds", len(b.status(o).Refunds), 0)
}

func refundsBounded(b *bench) {
	o, _ := b.bought()
	for range order.MaxRefunds {
		b.refund(b.refundOf(o, 1))
	}
	b.refundRefused("one more", b.refundOf(o, 1), order.CodeRefused)
}

func disabledRefunds(b *bench) {
	o, a := b.bought()
	r := b.refundOf(o, 500)
	first := b.refund(r)
	b.changed(disableNorth)
	b.same("the refund again", b.refund(r), first)
	b.refundRefused("a new one", b.refundOf(o, 1), order.CodeForbidden)
	b.later(time.Second)
	b.same("what the provider holds", b.blue.Held(a.ID), o.Total.Amount-500)
}
