package clearing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// Begin records an attempt and then asks its component to start it, in that
// order: what was started at a provider is never forgotten here. The answer is
// the attempt as far as it came; it is [gateway.AttemptUnknown] when the component
// could not tell, and is then asked for in the background.
func (s *Server) Begin(ctx context.Context, address string, b gateway.Beginning) (gateway.Attempt, error) {
	const op = "clearing.Begin"
	if err := checkBeginning(op, b); err != nil {
		return gateway.Attempt{}, err
	}
	key, token, err := s.atGateway(op, address)
	if err != nil {
		return gateway.Attempt{}, err
	}
	var o orderRow
	var a attemptRow
	err = s.change(ctx, op, key, actorTerminal, func(ctx context.Context, c *change) (err error) {
		if err := s.admit(op, c.order, forPaying, string(key), token); err != nil {
			return err
		}
		a, err = c.begin(ctx, op, b)
		o = c.order
		return err
	})
	if err != nil {
		return gateway.Attempt{}, err
	}
	if !a.unstarted() || !o.payable(s.now()) {
		return s.show(o, a), nil
	}
	return s.perform(ctx, op, o, a, true, func(ctx context.Context, c component.Component, a component.Attempt) (component.Progress, error) {
		a.PayerAddress = b.PayerAddress
		return c.Begin(ctx, a)
	})
}

// begin finds the attempt of that key, or takes one that is under way, or
// records a new one.
func (c *change) begin(ctx context.Context, op string, b gateway.Beginning) (a attemptRow, err error) {
	sum, err := fingerprint(b)
	if err != nil {
		return a, err
	}
	known, found, err := loadBeginning(ctx, c.tx, c.order.key, b.Key)
	switch {
	case err != nil:
		return a, err
	case found && !bytes.Equal(known.fingerprint, sum):
		return a, order.Errorf(order.CodeIdempotencyKeyReused, op, "the key stands for another beginning")
	case found:
		return existingAttempt(ctx, c.tx, c.order.key, known.number)
	}
	chosen, from, err := c.choose(op, b)
	if err != nil {
		return a, err
	}
	if a, found, err = c.join(ctx, b); err != nil {
		return a, err
	}
	if !found {
		a = attemptRow{key: c.order.key, number: c.order.attempts + 1, component: b.Component,
			actions: b.Actions, chosen: chosen, state: gateway.AttemptBegun, begun: c.now, changed: c.now}
		err = c.record(ctx, &a, from)
	}
	if err != nil {
		return a, err
	}
	return a, beginning{sum, a.number}.insert(ctx, c.tx, op, c.order.key, b.Key)
}

// join finds the attempt that a payer goes on with who begins the same again,
// in another tab, in another app or after going back: a second payment beside
// it could be paid too.
func (c *change) join(ctx context.Context, b gateway.Beginning) (a attemptRow, found bool, err error) {
	all, err := loadAttempts(ctx, c.tx, c.order.key)
	if err != nil {
		return a, false, err
	}
	i := slices.IndexFunc(all, func(a attemptRow) bool { return a.component == b.Component && a.fits(b.Actions) })
	if i < 0 {
		return a, false, nil
	}
	return all[i], true, nil
}

// record stores a new attempt with the job that asks for it from now on.
func (c *change) record(ctx context.Context, a *attemptRow, from decided) error {
	if err := c.order.count(ctx, c.tx); err != nil {
		return err
	}
	if err := a.insert(ctx, c.tx, from); err != nil {
		return err
	}
	why := fmt.Sprintf("%s: %s of %s, %s", a.component, a.chosen.Mode, a.chosen.Wanted, a.chosen.Reason)
	if err := c.audit(ctx, a.id(), "", string(a.state), why); err != nil {
		return err
	}
	return c.follow(ctx, a)
}

// choose decides whether the attempt may begin, and says how its component
// came to be used.
func (c *change) choose(op string, b gateway.Beginning) (chosen gateway.Instruction, from decided, err error) {
	if err := c.mayBegin(op); err != nil {
		return chosen, from, err
	}
	q, offers := c.s.question(c.order, b.Opening, c.now)
	d := c.s.options.Policy.Decide(q)
	if !slices.Contains(d.Permitted, b.Component) {
		return chosen, from, order.Errorf(order.CodeNotOffered, op, "%q is not among the order's offers", b.Component)
	}
	offer := offered(offers, []string{b.Component})[0]
	if !slices.ContainsFunc(b.Actions, func(k component.ActionKind) bool { return slices.Contains(offer.Actions, k) }) {
		return chosen, from, order.Errorf(order.CodeRefused, op, "%q needs a terminal that can perform one of %v, this one can perform %v",
			b.Component, offer.Actions, b.Actions)
	}
	chosen = d.Instruction
	if chosen.Mode != gateway.ModeChoose && chosen.Component != b.Component {
		chosen.Mode, chosen.Reason = gateway.ModeChoose, gateway.ReasonPayer
	}
	chosen.Component = b.Component
	return chosen, decided{q, c.s.policy.fingerprint}, nil
}

// mayBegin refuses a new attempt at an order that takes none any more.
func (c *change) mayBegin(op string) error {
	switch {
	case c.order.state == order.StateOpen && !c.order.cancelAt.IsZero():
		return order.Errorf(order.CodeConflict, op, "the order is being canceled")
	case c.order.state == order.StateExpired || c.order.state == order.StateOpen && !c.order.payable(c.now):
		return order.Errorf(order.CodeExpired, op, "the order was to be paid before %s", c.order.order.Expires.Format(time.RFC3339))
	case c.order.state != order.StateOpen:
		return order.Errorf(order.CodeConflict, op, "the order is %s already", c.order.state)
	case c.order.attempts >= c.s.options.Attempts:
		return order.Errorf(order.CodeRefused, op, "the order has had its %d attempts", c.order.attempts)
	}
	return nil
}

// fingerprint tells beginnings under one key apart.
func fingerprint(b gateway.Beginning) ([]byte, error) {
	if len(b.Actions) == 0 {
		b.Actions = nil
	}
	raw, err := json.Marshal(b) // the key is not part of it
	sum := sha256.Sum256(raw)
	return sum[:], err
}
