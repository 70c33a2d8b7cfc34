package joint

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// A provider has the money, and its ledger outlives every server. It does what it
// is asked to under the number that it is given, once per number, and never looks
// whether that is wise: a number that should not have been used costs money. It is
// safe for concurrent use.
type provider struct {
	mu       sync.Mutex
	payments map[string]*payment // by number
	refused  map[string]bool     // numbers that were asked for before they began
	notices  []component.Evidence
	all      []component.Evidence // that were ever due, for telling again
	next     component.Outcome    // of payments that are charged at once
	grudge   int                  // how refunds go: see refundSays
}

// A payment is what stands in the ledger under a number.
type payment struct {
	component.Attempt
	number  string
	wallet  string
	outcome component.Outcome
	denied  bool // the provider has said that it failed
	at      time.Time
	charged int64
	refunds map[string]*repayment // by number
}

type repayment struct {
	amount  int64
	outcome component.Outcome
	asked   int
}

// refunded is what was given back.
func (p *payment) refunded() (sum int64) {
	for _, r := range p.refunds {
		if r.outcome == component.OutcomeSucceeded {
			sum += r.amount
		}
	}
	return sum
}

func newProvider() *provider {
	return &provider{payments: map[string]*payment{}, refused: map[string]bool{}, next: component.OutcomeSucceeded}
}

// open begins a payment, or finds it.
func (v *provider) open(wallet, number string, a component.Attempt, outcome component.Outcome) component.Evidence {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.payments[number]
	if p == nil {
		if v.refused[number] {
			return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "too_late"}
		}
		p = &payment{Attempt: a, number: number, wallet: wallet, outcome: component.OutcomePending, refunds: map[string]*repayment{}}
		v.payments[number] = p
		v.decide(p, outcome)
	}
	return v.says(p)
}

// decide ends a payment; telling the gateway is owed from now on.
func (v *provider) decide(p *payment, outcome component.Outcome) {
	if outcome == p.outcome {
		return
	}
	p.outcome, p.at = outcome, time.Now()
	if outcome == component.OutcomeSucceeded {
		p.charged = p.Amount.Amount
	}
	e := v.evidence(p)
	v.notices, v.all = append(v.notices, e), append(v.all, e)
}

// says is the answer to whoever asks, who knows it from then on.
func (v *provider) says(p *payment) component.Evidence {
	e := v.evidence(p)
	p.denied = p.denied || e.Outcome == component.OutcomeFailed
	return e
}

func (v *provider) evidence(p *payment) component.Evidence {
	e := component.Evidence{Outcome: p.outcome, Attempt: p.ID, Reference: p.wallet + "-" + p.number, At: p.at}
	switch p.outcome {
	case component.OutcomeSucceeded:
		e.Amount = p.Amount
	case component.OutcomeFailed:
		e.Reason = "declined"
	}
	return e
}

// query says how a payment stands, and whether it will ever begin.
func (v *provider) query(number string, a component.Attempt) component.Evidence {
	v.mu.Lock()
	defer v.mu.Unlock()
	if p := v.payments[number]; p != nil {
		return v.says(p)
	}
	v.refused[number] = true
	return component.Evidence{Outcome: component.OutcomeFailed, Attempt: a.ID, Reason: "never_begun"}
}

// close lets nobody pay any more.
func (v *provider) close(number string, a component.Attempt) component.Evidence {
	v.mu.Lock()
	if p := v.payments[number]; p != nil && p.outcome == component.OutcomePending {
		v.decide(p, component.OutcomeFailed)
	}
	v.mu.Unlock()
	return v.query(number, a)
}

// refund gives money back, whether there is any or not.
func (v *provider) refund(number, refund string, amount order.Money) component.RefundEvidence {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.payments[number]
	if p == nil {
		return component.RefundEvidence{Outcome: component.OutcomeFailed, Reason: "no_payment"}
	}
	have := p.refunds[refund]
	if have == nil {
		have = &repayment{amount: amount.Amount, outcome: component.OutcomePending}
		p.refunds[refund] = have
	}
	if have.asked++; have.outcome == component.OutcomePending {
		have.outcome = v.refundSays(have.asked)
	}
	e := component.RefundEvidence{Outcome: have.outcome}
	switch have.outcome {
	case component.OutcomeSucceeded:
		e.Reference, e.Amount, e.At = p.wallet+"-"+refund, amount, time.Now()
	case component.OutcomeFailed:
		e.Reason = "window_closed"
	}
	return e
}

// refundSays is what becomes of a refund: done at once, done when it is asked
// about, or not done.
func (v *provider) refundSays(asked int) component.Outcome {
	switch {
	case v.grudge == 7:
		return component.OutcomeFailed
	case v.grudge >= 4 && asked < 3:
		return component.OutcomePending
	}
	return component.OutcomeSucceeded
}

// change lets the payer, or the provider, decide something about the nth payment
// that is so.
func (v *provider) change(n int, from, to component.Outcome) {
	v.mu.Lock()
	defer v.mu.Unlock()
	var fit []*payment
	for _, number := range slices.Sorted(maps.Keys(v.payments)) {
		if p := v.payments[number]; p.outcome == from {
			fit = append(fit, p)
		}
	}
	if len(fit) > 0 {
		v.decide(fit[n%len(fit)], to)
	}
}

// leave ends all that nobody will pay any more.
func (v *provider) leave() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.grudge = 0
	for _, number := range slices.Sorted(maps.Keys(v.payments)) {
		if p := v.payments[number]; p.outcome == component.OutcomePending {
			v.decide(p, component.OutcomeFailed)
		}
	}
}

// owed is the nth notification that was not acknowledged.
func (v *provider) owed(n int) (component.Evidence, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.notices) == 0 {
		return component.Evidence{}, false
	}
	return v.notices[n%len(v.notices)], true
}

// old is the nth of all notifications.
func (v *provider) old(n int) (component.Evidence, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.all) == 0 {
		return component.Evidence{}, false
	}
	return v.all[n%len(v.all)], true
}

// sent notes that the gateway may know of an outcome.
func (v *provider) sent(e component.Evidence) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, p := range v.payments {
		if p.ID == e.Attempt && e.Outcome == component.OutcomeFailed {
			p.denied = true
		}
	}
}

func (v *provider) acknowledged(e component.Evidence) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.notices = slices.DeleteFunc(v.notices, func(have component.Evidence) bool { return have == e })
}

// ledger is a copy of all payments of an order, by the gateway's key of it.
func (v *provider) ledger(key string) (found []payment) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, number := range slices.Sorted(maps.Keys(v.payments)) {
		if p := v.payments[number]; p.ID[:len(key)] == key {
			c := *p
			c.refunds = maps.Clone(p.refunds)
			for id, r := range c.refunds {
				repaid := *r
				c.refunds[id] = &repaid
			}
			found = append(found, c)
		}
	}
	return found
}

// A wallet is a component of the provider, which it reaches over the network.
type wallet struct {
	name    string
	atOnce  bool // Begin charges, without a page
	v       *provider
	n       *network
	numbers numbering // of payments at the provider
	refunds numbering // of refunds there
}

// A numbering gives what has an ID at the gateway its number at the provider.
type numbering func(id string, begins bool) string

// same is how it has to be.
func same(id string, _ bool) string { return id }

var (
	_ component.Querier  = (*wallet)(nil)
	_ component.Receiver = (*wallet)(nil)
	_ component.Refunder = (*wallet)(nil)
	_ component.Canceler = closing{}
)

func (w *wallet) Describe() component.Description {
	return component.Description{Name: w.name, Kind: w.name + "-wallet", Version: "1", Title: "The " + w.name + " wallet",
		Actions: []component.ActionKind{component.ActionRedirect, component.ActionForm}}
}

func (w *wallet) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	number := w.numbers(a.ID, true)
	return carry(ctx, w.n, charging, func(context.Context) (component.Progress, error) {
		outcome := component.OutcomePending
		if w.atOnce {
			outcome = w.v.mood()
		}
		e := w.v.open(w.name, number, a, outcome)
		p := component.Progress{Reference: e.Reference}
		switch {
		case e.Outcome != component.OutcomePending:
			p.Evidence = &e
		case !w.atOnce && slices.Contains(a.Actions, component.ActionRedirect):
			p.Action = &component.Action{Redirect: &component.Redirect{Address: "https://" + w.name + ".example/pay/" + number}}
		case !w.atOnce:
			p.Action = &component.Action{Form: &component.Form{Address: "https://" + w.name + ".example/pay/" + number}}
		}
		return p, nil
	})
}

func (v *provider) mood() component.Outcome {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.next
}

// set is how the provider is from now on.
func (v *provider) set(next component.Outcome, grudge int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.next, v.grudge = next, grudge
}

func (w *wallet) Resume(ctx context.Context, a component.Attempt, _ component.Return) (component.Progress, error) {
	e, err := w.Query(ctx, a)
	return component.Progress{Evidence: &e}, err
}

func (w *wallet) Query(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	number := w.numbers(a.ID, false)
	return carry(ctx, w.n, charging, func(context.Context) (component.Evidence, error) { return w.v.query(number, a), nil })
}

func (w *wallet) Refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	number, refund := w.numbers(a.ID, false), w.refunds(r.ID, true)
	return carry(ctx, w.n, charging, func(context.Context) (component.RefundEvidence, error) {
		e := w.v.refund(number, refund, r.Amount)
		e.Refund = r.ID
		return e, nil
	})
}

func (w *wallet) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	var e component.Evidence
	if err := json.Unmarshal(n.Body, &e); err != nil {
		return component.Received{}, order.Errorf(order.CodeUnauthenticated, "joint", "it is forged")
	}
	return component.Received{Evidence: &e}, nil
}

// closing is a wallet whose payments can be closed.
type closing struct{ *wallet }

func (c closing) Cancel(ctx context.Context, a component.Attempt) (component.Evidence, error) {
	number := c.numbers(a.ID, false)
	return carry(ctx, c.n, charging, func(context.Context) (component.Evidence, error) { return c.v.close(number, a), nil })
}
