package ordertest

import (
	"context"
	"time"

	"github.com/anyscan/anyscan/order"
)

// notifying is the contract of Notify.
func notifying() []check {
	return []check{
		{"what the gateway tells is acknowledged once it is the order's result", notifyPaid},
		{"a version that is older or was told before is acknowledged and changes nothing", notifyOlder},
		{"of versions told at the same moment the newest stays", notifyTogether},
		{"an order that was never made is not_found", notifyForeign},
		{"an order of another merchant or amount is in conflict and changes nothing", notifyContradiction},
		{"a payment of another amount is in conflict and changes nothing", notifyUnderpaid},
		{"a final state is never overwritten", notifyFinal},
		{"an order that is paid is not paid by another payment", notifyPaidTwice},
		{"a status that no gateway would tell is invalid_request and changes nothing", notifyInvalid},
		{"a notification may overtake the gateway's answer to the placing", notifyOvertakes},
		{"a notification under a context that has ended is not acknowledged", notifyEnded},
	}
}

func notifyPaid(b *bench) {
	o := b.ordered()
	b.notify(told(o, order.StateOpen, 1))
	b.same("the result", b.result(o), told(o, order.StateOpen, 1))
	b.notify(told(o, order.StatePaid, 4))
	b.same("the result", b.result(o), told(o, order.StatePaid, 4))
}

func notifyOlder(b *bench) {
	o := b.ordered()
	b.notify(told(o, order.StatePaid, 3))
	for _, old := range []order.Status{told(o, order.StatePaid, 3), told(o, order.StateOpen, 2), told(o, order.StateExpired, 1)} {
		b.notify(old)
		b.same("the result", b.result(o), told(o, order.StatePaid, 3))
	}
}

func notifyTogether(b *bench) {
	o := b.ordered()
	together(8, func(i int) {
		s := told(o, order.StateOpen, int64(i+1))
		if i == 7 {
			s = told(o, order.StatePaid, 8)
		}
		if err := b.Server.Notify(b.Context(), s); err != nil {
			b.Errorf("Notify %s, version %d: %v", s.State, s.Version, err)
		}
	})
	b.same("the result", b.result(o), told(o, order.StatePaid, 8))
}

func notifyForeign(b *bench) {
	o := b.ordered()
	other := o
	other.ID = order.NewID(o.Created)
	b.coded("another ID", b.Server.Notify(b.Context(), told(other, order.StatePaid, 2)), order.CodeNotFound)
	b.same("the result", b.result(o).State, order.StateOpen)
}

func notifyContradiction(b *bench) {
	o := b.ordered()
	before := b.result(o)
	for what, change := range map[string]func(*order.Order){
		"merchant": func(o *order.Order) { o.Merchant += "x" },
		"less":     func(o *order.Order) { o.Total.Amount-- },
		"more":     func(o *order.Order) { o.Total.Amount++ },
		"currency": func(o *order.Order) { o.Total.Currency = otherCurrency(o.Total.Currency) },
	} {
		other := o
		change(&other)
		for _, state := range []order.State{order.StateOpen, order.StatePaid, order.StateExpired} {
			b.coded(what, b.Server.Notify(b.Context(), told(other, state, 2)), order.CodeConflict)
			b.same("the result", b.result(o), before)
		}
	}
	b.notify(told(o, order.StatePaid, 2))
}

func notifyUnderpaid(b *bench) {
	o := b.ordered()
	before := b.result(o)
	for what, change := range map[string]func(*order.Money){
		"less":     func(m *order.Money) { m.Amount-- },
		"currency": func(m *order.Money) { m.Currency = otherCurrency(m.Currency) },
	} {
		s := told(o, order.StatePaid, 2)
		change(&s.Payment.Amount)
		b.coded(what, b.Server.Notify(b.Context(), s), order.CodeConflict)
		b.same("the result", b.result(o), before)
	}
}

func notifyFinal(b *bench) {
	states := []order.State{order.StateOpen, order.StatePaid, order.StateCanceled, order.StateExpired}
	for i, final := range states[1:] {
		c := b.fixed("key-" + string(final))
		b.confirm(b.Fixed, c)
		o := b.clearing.placed()[i]
		b.notify(told(o, final, 2))
		for _, next := range states {
			if next == final {
				continue
			}
			err := b.Server.Notify(b.Context(), told(o, next, 3))
			b.coded(string(final)+" becomes "+string(next), err, order.CodeConflict)
			b.same("the result", b.result(o), told(o, final, 2))
		}
	}
}

func notifyPaidTwice(b *bench) {
	o := b.ordered()
	b.notify(told(o, order.StatePaid, 2))
	second := told(o, order.StatePaid, 3)
	second.Payment.Attempt, second.Payment.Reference = "attempt-2", "blue-2"
	b.coded("the second payment", b.Server.Notify(b.Context(), second), order.CodeConflict)
	b.same("the result", b.result(o), told(o, order.StatePaid, 2))
}

func notifyInvalid(b *bench) {
	o := b.ordered()
	before := b.result(o)
	for what, change := range map[string]func(*order.Status){
		"the acquirer's own state":     func(s *order.Status) { s.State, s.Payment = order.StatePlacing, nil },
		"another of its own":           func(s *order.Status) { s.State, s.Payment = order.StateRefused, nil },
		"no state":                     func(s *order.Status) { s.State, s.Payment = "", nil },
		"no version":                   func(s *order.Status) { s.Version = 0 },
		"no time":                      func(s *order.Status) { s.Changed = time.Time{} },
		"paid by nothing":              func(s *order.Status) { s.Payment = nil },
		"a payment that did not pay":   func(s *order.Status) { s.State = order.StateOpen },
		"a payment without reference":  func(s *order.Status) { s.Payment.Reference = "" },
		"a payment without an amount":  func(s *order.Status) { s.Payment.Amount = order.Money{} },
		"a payment without components": func(s *order.Status) { s.Payment.Component = "" },
	} {
		s := told(o, order.StatePaid, 2)
		change(&s)
		b.coded(what, b.Server.Notify(b.Context(), s), order.CodeInvalid)
		b.same("the result", b.result(o), before)
	}
}

func notifyOvertakes(b *bench) {
	b.clearing.next(func(ctx context.Context, act func() (order.Placement, error)) (order.Placement, error) {
		p, err := act()
		if err == nil {
			err = b.Server.Notify(ctx, told(b.placed(), order.StatePaid, 2))
		}
		return p, err
	})
	o := b.jumped(b.confirm(b.Fixed, b.fixed("key-1")))
	b.same("the result", b.result(o), told(o, order.StatePaid, 2))
}

func notifyEnded(b *bench) {
	o := b.ordered()
	ended, cancel := context.WithCancel(b.Context())
	cancel()
	if err := b.Server.Notify(ended, told(o, order.StatePaid, 2)); !order.CodeOf(err).Retryable() {
		b.Errorf("Notify under an ended context: %v, want an error that says to try again", err)
	}
	b.same("the state", b.result(o).State, order.StateOpen)
}
