package joint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// An operation is what a step may do, and how often it is drawn.
type operation struct {
	weight int
	do     func(w *world, s step)
}

func operations() map[string]operation {
	return map[string]operation{
		"confirm":            {4, (*world).confirms},
		"begin":              {5, (*world).begins},
		"pay":                {4, func(w *world, s step) { w.provider.change(s.A, component.OutcomePending, component.OutcomeSucceeded) }},
		"decline":            {2, func(w *world, s step) { w.provider.change(s.A, component.OutcomePending, component.OutcomeFailed) }},
		"pay after all":      {2, func(w *world, s step) { w.provider.change(s.A, component.OutcomeFailed, component.OutcomeSucceeded) }},
		"mood":               {2, (*world).moods},
		"tell":               {4, (*world).tells},
		"come back":          {2, (*world).comesBack},
		"query":              {1, (*world).queries},
		"cancel":             {1, (*world).cancels},
		"refund":             {4, (*world).refunds},
		"wait":               {4, (*world).waits},
		"the gateway works":  {5, (*world).gatewayWorks},
		"the acquirer works": {3, (*world).acquirerWorks},
		"the gateway dies":   {2, func(w *world, _ step) { w.dies(w.gateway.die) }},
		"the acquirer dies":  {2, func(w *world, _ step) { w.dies(w.acquirer.die) }},
		"trouble":            {6, (*world).troubles},
		"clock":              {1, (*world).clocks},
		"books":              {1, func(w *world, s step) { w.closed.Store(s.A < 4) }},
	}
}

// confirms lets one of two payers confirm, again and again; now and then it is
// another amount under the key of before.
func (w *world) confirms(s step) {
	i := s.A % 2
	a, _ := w.servers()
	c := order.Confirmation{Key: fmt.Sprint("payer-", i), Merchant: "busker", Total: yuan(int64(1000 + i))}
	p, err := a.Page(context.Background(), a.CodeAddress("busker"))
	if err != nil {
		w.breaks("Page: %v", err)
		return
	}
	c.Revision = p.Revision
	known := w.purchase(i)
	other := s.C == 7 && known.Order != ""
	if other {
		c.Total.Amount++
	}
	w.try(func(ctx context.Context) {
		jump, err := a.Confirm(ctx, a.CodeAddress("busker"), c)
		switch code := order.CodeOf(err); {
		case other && code != order.CodeIdempotencyKeyReused && code != order.CodeUnavailable:
			w.breaks("another confirmation under the key of order %s: %v", known.Order, err)
		case other:
		case err == nil:
			w.bought(i, jump)
		case code != order.CodeUnavailable && code != order.CodeExpired && code != order.CodeRefused:
			w.breaks("Confirm: %v", err) // checkOrder says which orders may be refused
		}
	})
}

func (w *world) purchase(i int) order.PageJump {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.orders[i]
}

func (w *world) bought(i int, jump order.PageJump) {
	if was := w.purchase(i); was.Order != "" && was != jump {
		w.breaks("one confirmation leads to %v and to %v", was, jump)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.orders[i] = jump
}

// begins lets a payer begin with one of two components, on one of two kinds of
// terminal, under one of three keys.
func (w *world) begins(s step) {
	jump := w.purchase(s.A % 2)
	if jump.Order == "" {
		return
	}
	name, can := []string{"blue", "red"}[s.C%2], []component.ActionKind{component.ActionRedirect, component.ActionForm}[s.C/2%2]
	b := gateway.Beginning{Component: name, Key: fmt.Sprint(name, can, s.B%3), Actions: []component.ActionKind{can},
		Opening: gateway.Opening{App: gateway.ScanningApp{Kind: "camera"}}}
	_, g := w.servers()
	w.try(func(ctx context.Context) {
		a, err := g.Begin(ctx, jump.Address, b)
		switch code := order.CodeOf(err); {
		case err == nil:
			w.mu.Lock()
			w.attempts = append(w.attempts, a)
			w.mu.Unlock()
		case code != order.CodeConflict && code != order.CodeExpired && code != order.CodeUnavailable:
			w.breaks("Begin: %v", err)
		}
	})
}

func (w *world) moods(s step) {
	outcomes := []component.Outcome{component.OutcomeSucceeded, component.OutcomeFailed, component.OutcomePending}
	w.provider.set(outcomes[s.A%3], s.B)
}

// tells lets the provider send what it still has to tell, or something old.
func (w *world) tells(s step) {
	e, found := w.provider.owed(s.A)
	if s.C >= 6 {
		e, found = w.provider.old(s.A)
	}
	if found {
		w.try(func(ctx context.Context) { w.tell(ctx, e) })
	}
}

// tell sends a notification, which stays owed until it is acknowledged.
func (w *world) tell(ctx context.Context, e component.Evidence) {
	body, err := json.Marshal(e)
	if err != nil {
		w.breaks("%v", err)
		return
	}
	name, _, _ := strings.Cut(e.Reference, "-")
	w.provider.sent(e)
	_, err = carry(ctx, w.network, telling, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, w.take(w.planted.receive, func() error {
			_, g := w.servers()
			_, err := g.Receive(ctx, name, component.Notification{Body: body})
			return err
		})
	})
	switch {
	case err == nil:
		w.provider.acknowledged(e)
	case !errors.Is(err, errLost) && !order.CodeOf(err).Retryable():
		w.breaks("the gateway refuses what the provider says: %v", err)
	}
}

// take lets a server take something in, by way of a mistake if there is one.
func (w *world) take(by func(*world, func() error) error, in func() error) error {
	if by != nil {
		return by(w, in)
	}
	return in()
}

func (w *world) comesBack(s step) {
	w.mu.Lock()
	all := slices.Clone(w.attempts)
	w.mu.Unlock()
	if len(all) == 0 {
		return
	}
	address := all[s.A%len(all)].ReturnAddress
	_, g := w.servers()
	w.try(func(ctx context.Context) {
		_, err := g.Resume(ctx, address, component.Return{Query: "status=paid"})
		if code := order.CodeOf(err); err != nil && code != order.CodeExpired && code != order.CodeUnavailable {
			w.breaks("Resume: %v", err)
		}
	})
}

func (w *world) queries(s step) {
	if jump := w.purchase(s.A % 2); jump.Order != "" {
		w.try(func(ctx context.Context) { w.knows(toGateway{w}.Query(ctx, jump.Order)) })
	}
}

func (w *world) cancels(s step) {
	if jump := w.purchase(s.A % 2); jump.Order != "" {
		w.canceled[jump.Order] = true
		a, _ := w.servers()
		w.try(func(ctx context.Context) {
			_, err := a.Cancel(ctx, jump.Order)
			w.knows(order.Status{}, err)
		})
	}
}

// refunds lets the acquirer ask for a part of a payment to go back: one of four
// amounts, each under two IDs, and again and again. Together they are more than the
// price.
func (w *world) refunds(s step) {
	jump := w.purchase(s.A % 2)
	if jump.Order == "" {
		return
	}
	r := order.RefundRequest{ID: w.refundIDs[s.B], Order: jump.Order, Amount: yuan([]int64{100, 250, 400, 999}[s.B/2])}
	other := s.C == 7
	if other {
		r.Reason = "something else"
	}
	a, _ := w.servers()
	w.try(func(ctx context.Context) {
		switch _, err := a.Refund(ctx, r); order.CodeOf(err) {
		case "", order.CodeConflict, order.CodeRefused, order.CodeUnavailable, order.CodeIdempotencyKeyReused:
		default:
			w.breaks("Refund: %v", err)
		}
	})
}

// knows checks an answer about an order that the gateway has.
func (w *world) knows(_ order.Status, err error) {
	if err != nil && !errors.Is(err, errLost) && order.CodeOf(err) != order.CodeUnavailable {
		w.breaks("the gateway does not know its order: %v", err)
	}
}

func (w *world) waits(s step) {
	time.Sleep([]time.Duration{time.Second, 10 * time.Second, 31 * time.Second, time.Minute,
		3 * time.Minute, 6 * time.Minute, 16 * time.Minute, 2 * time.Hour}[s.A])
}

// clocks lets a server's clock be wrong by up to two minutes.
func (w *world) clocks(s step) { w.ahead[s.A%2].Store(int64(time.Duration(s.B%5-2) * time.Minute)) }

// span is how long workers work.
func (s step) span() time.Duration {
	return []time.Duration{0, 0, time.Second, 3 * time.Second, 3 * time.Second, 3 * time.Second, 5 * time.Second, 25 * time.Second}[s.A]
}

func (w *world) gatewayWorks(s step) {
	w.work(w.freshGateway, s.servers(), s.span(), s.end(w.gateway.die))
}

func (w *world) acquirerWorks(s step) {
	w.work(w.freshAcquirer, s.servers(), s.span(), s.end(w.acquirer.die))
}

// servers is how many share the work.
func (s step) servers() int { return 1 + s.B/5 }

// end is how work ends.
func (s step) end(die func(context.Context) error) func(context.Context) error {
	if s.C < 5 {
		return nil
	}
	return die
}

// troubles lets the next messages on a way go wrong.
func (w *world) troubles(s step) {
	w.network.disturb(ways()[s.A%4], faults()[s.B], 1+s.C%3)
}
