package ordertest

import (
	"time"

	"github.com/anyscan/anyscan/order"
)

// refunding is the contract of Notify about refunds.
func refunding() []check {
	return []check{
		{"what the gateway tells of refunds is acknowledged once it is the order's result", refundTold},
		{"refunds that are told for the first time are taken in as they stand, in the order in which they are told", refundTakenIn},
		{"refunds of a version that is older or was told before are acknowledged and change nothing", refundOlder},
		{"of refunds told at the same moment those of the newest version stay", refundTogether},
		{"a refund that contradicts what is known is in conflict and changes nothing", refundContradiction},
		{"a refund that ended never changes", refundFinal},
		{"a refund that was told and is missing in a newer version is in conflict and changes nothing", refundMissing},
		{"refunds that differ from those told in the same version are in conflict and change nothing", refundSameVersion},
		{"refunds that no gateway would tell are invalid_request and change nothing", refundInvalid},
	}
}

// refund is the nth refund of an order as the gateway would tell it, of so many
// minor units.
func refund(o order.Order, n int, state order.RefundState, amount int64) order.Refund {
	asked := o.Created.Add(time.Hour + time.Duration(n)*time.Second)
	const digit = 20 // of an ID, one of the random ones
	r := order.Refund{ID: o.ID[:digit] + order.ID(rune('0'+n)) + o.ID[digit+1:], Number: "R-" + string(rune('1'+n)),
		Amount: order.Money{Amount: amount, Currency: o.Total.Currency}, Reason: "The cup was broken", State: state, Created: asked, Changed: asked}
	switch state {
	case order.RefundSucceeded:
		r.Changed = asked.Add(time.Minute)
		r.Reference, r.Moved = "blue-r"+string(rune('1'+n)), r.Changed
	case order.RefundFailed:
		r.Changed = asked.Add(time.Minute)
		r.Failure = "window_closed"
	}
	return r
}

// refunded is the paid order with refunds, in a version.
func refunded(o order.Order, version int64, refunds ...order.Refund) order.Status {
	s := told(o, order.StatePaid, version)
	s.Payment.At = told(o, order.StatePaid, 2).Changed
	s.Refunds = refunds
	return s
}

func refundTold(b *bench) {
	o := b.ordered()
	const pending, succeeded, failed = order.RefundPending, order.RefundSucceeded, order.RefundFailed
	for i, refunds := range [][]order.Refund{
		nil,
		{refund(o, 0, pending, 1)},
		{refund(o, 0, pending, 1), refund(o, 1, pending, 2)},
		{refund(o, 0, pending, 1), refund(o, 1, succeeded, 2)},
		{refund(o, 0, failed, 1), refund(o, 1, succeeded, 2)},
		{refund(o, 0, failed, 1), refund(o, 1, succeeded, 2), refund(o, 2, pending, o.Total.Amount-2)},
	} {
		s := refunded(o, int64(i+2), refunds...)
		b.notify(s)
		b.same("the result", b.result(o), s)
	}
}

func refundTakenIn(b *bench) {
	o := b.ordered()
	s := refunded(o, 7, refund(o, 2, order.RefundSucceeded, 1), refund(o, 0, order.RefundFailed, 1), refund(o, 1, order.RefundPending, 1))
	b.notify(s)
	b.same("the result", b.result(o), s)
}

func refundOlder(b *bench) {
	o := b.ordered()
	now := refunded(o, 4, refund(o, 0, order.RefundSucceeded, 1), refund(o, 1, order.RefundPending, 1))
	b.notify(now)
	for _, old := range []order.Status{now, refunded(o, 3, refund(o, 0, order.RefundPending, 1)), refunded(o, 2)} {
		b.notify(old)
		b.same("the result", b.result(o), now)
	}
}

func refundTogether(b *bench) {
	o := b.ordered()
	last := refunded(o, 9, refund(o, 0, order.RefundSucceeded, 1))
	together(8, func(i int) {
		s := refunded(o, int64(i+2), refund(o, 0, order.RefundPending, 1))
		if i == 7 {
			s = last
		}
		if err := b.Server.Notify(b.Context(), s); err != nil {
			b.Errorf("Notify version %d: %v", s.Version, err)
		}
	})
	b.same("the result", b.result(o), last)
}

// conflicts fails the check unless telling it is in conflict and changes nothing.
func (b *bench) conflicts(what string, o order.Order, s order.Status) {
	b.Helper()
	before := b.result(o)
	b.coded(what, b.Server.Notify(b.Context(), s), order.CodeConflict)
	b.same("the result after "+what, b.result(o), before)
}

func refundContradiction(b *bench) {
	o := b.ordered()
	b.notify(refunded(o, 3, refund(o, 0, order.RefundPending, 10)))
	for what, change := range map[string]func(*order.Refund){
		"less":           func(r *order.Refund) { r.Amount.Amount-- },
		"more":           func(r *order.Refund) { r.Amount.Amount++ },
		"another number": func(r *order.Refund) { r.Number += "x" },
	} {
		for _, state := range []order.RefundState{order.RefundPending, order.RefundSucceeded, order.RefundFailed} {
			r := refund(o, 0, state, 10)
			change(&r)
			b.conflicts(what, o, refunded(o, 4, r, refund(o, 1, order.RefundPending, 1)))
		}
	}
	b.notify(refunded(o, 4, refund(o, 0, order.RefundSucceeded, 10)))
}

func refundFinal(b *bench) {
	o := b.ordered()
	now := refunded(o, 3, refund(o, 0, order.RefundSucceeded, 1), refund(o, 1, order.RefundFailed, 1))
	b.notify(now)
	for _, state := range []order.RefundState{order.RefundPending, order.RefundSucceeded, order.RefundFailed} {
		for n, was := range now.Refunds {
			if state == was.State {
				continue
			}
			next := refunded(o, 4, now.Refunds[0], now.Refunds[1])
			next.Refunds[n] = refund(o, n, state, 1)
			b.conflicts(string(was.State)+" becomes "+string(state), o, next)
		}
	}
	other := now.Refunds[0]
	other.Reference = "blue-r9"
	b.conflicts("another money", o, refunded(o, 4, other, now.Refunds[1]))
}

func refundMissing(b *bench) {
	o := b.ordered()
	all := []order.Refund{refund(o, 0, order.RefundSucceeded, 1), refund(o, 1, order.RefundFailed, 1), refund(o, 2, order.RefundPending, 1)}
	b.notify(refunded(o, 3, all...))
	for i := range all {
		var left []order.Refund
		for j, r := range all {
			if j != i {
				left = append(left, r)
			}
		}
		b.conflicts(string(all[i].State), o, refunded(o, 4, left...))
	}
	b.conflicts("all", o, refunded(o, 4))
}

func refundSameVersion(b *bench) {
	o := b.ordered()
	b.notify(refunded(o, 3, refund(o, 0, order.RefundPending, 1)))
	b.conflicts("it has succeeded", o, refunded(o, 3, refund(o, 0, order.RefundSucceeded, 1)))
	b.conflicts("there is another one", o, refunded(o, 3, refund(o, 0, order.RefundPending, 1), refund(o, 1, order.RefundPending, 1)))
	b.conflicts("there is none", o, refunded(o, 3))
}

func refundInvalid(b *bench) {
	o := b.ordered()
	b.notify(told(o, order.StatePaid, 2))
	before := b.result(o)
	whole := order.RefundSucceeded
	for what, change := range map[string]func(*order.Status){
		"an order that is not paid":   func(s *order.Status) { s.State, s.Payment = order.StateOpen, nil },
		"a state of the acquirer's":   func(s *order.Status) { s.Refunds[0].State = order.RefundPlacing },
		"another one":                 func(s *order.Status) { s.Refunds[0].State = order.RefundRefused },
		"no ID":                       func(s *order.Status) { s.Refunds[0].ID = "" },
		"no number":                   func(s *order.Status) { s.Refunds[0].Number = "" },
		"one refund twice":            func(s *order.Status) { s.Refunds = append(s.Refunds, s.Refunds[0]) },
		"no money":                    func(s *order.Status) { s.Refunds[0].Amount.Amount = 0 },
		"more than was paid":          func(s *order.Status) { s.Refunds[0].Amount.Amount = o.Total.Amount + 1 },
		"more than was paid, in two":  func(s *order.Status) { s.Refunds = append(s.Refunds, refund(o, 1, whole, o.Total.Amount)) },
		"another currency":            func(s *order.Status) { s.Refunds[0].Amount.Currency = otherCurrency(o.Total.Currency) },
		"a success without reference": func(s *order.Status) { s.Refunds[0].Reference = "" },
		"a success without a time":    func(s *order.Status) { s.Refunds[0].Moved = time.Time{} },
		"a failure without a word":    func(s *order.Status) { s.Refunds[0] = refund(o, 0, order.RefundFailed, 1); s.Refunds[0].Failure = "" },
	} {
		s := refunded(o, 3, refund(o, 0, whole, 1))
		change(&s)
		b.coded(what, b.Server.Notify(b.Context(), s), order.CodeInvalid)
		b.same("the result", b.result(o), before)
	}
}
