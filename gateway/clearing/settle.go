package clearing

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// settle is the one place where evidence changes anything. Evidence that does
// not fit the attempt is refused and noted; c.answer says so to whoever
// brought it. What was settled before is not settled again.
func (c *change) settle(ctx context.Context, a *attemptRow, e component.Evidence) error {
	if err := e.Check(c.s.brief(c.order, *a)); err != nil {
		return c.refuse(ctx, a, err)
	}
	switch e.Outcome {
	case component.OutcomeSucceeded:
		return c.succeed(ctx, a, e)
	case component.OutcomeFailed:
		return c.failed(ctx, a, e)
	}
	return c.wait(ctx, a, e)
}

// wait notes that the provider has not decided. An action that the terminal
// may still perform stays. An attempt whose action was lost on its way here
// stays unstarted: the provider waits for the payer then, and the payer gets
// the action by beginning again under the same key.
func (c *change) wait(ctx context.Context, a *attemptRow, e component.Evidence) error {
	from := a.state
	if from.Final() || a.unstarted() {
		return nil
	}
	if e.Reference != "" {
		if mine, err := c.bind(ctx, a, e.Reference); err != nil || !mine {
			return err
		}
	}
	if from != gateway.AttemptInvoked {
		a.state, a.action = gateway.AttemptPending, nil
	}
	return c.save(ctx, a, from, "the provider has not decided")
}

// failed ends the attempt; the order stays open for another.
func (c *change) failed(ctx context.Context, a *attemptRow, e component.Evidence) error {
	from := a.state
	switch {
	case !a.moneyAt.IsZero():
		c.tell(ctx, slog.LevelError, "a provider says failed after it said succeeded", "attempt", a.id())
		return c.review(ctx, a.id(), ReviewContradiction, "the provider says failed after it said succeeded: "+word(e.Reason))
	case from.Final():
		return nil
	}
	a.state, a.reason, a.action = gateway.AttemptFailed, word(e.Reason), nil
	if err := c.save(ctx, a, from, "the provider says: "+a.reason); err != nil {
		return err
	}
	return c.followed(ctx, a)
}

// succeed records that the provider has the money. It pays the order if the
// order is open. Any other money is in excess: it belongs to its attempt, and
// what was final before stays as it was.
func (c *change) succeed(ctx context.Context, a *attemptRow, e component.Evidence) error {
	if !a.moneyAt.IsZero() {
		return nil // told again
	}
	if mine, err := c.bind(ctx, a, e.Reference); err != nil || !mine {
		return err
	}
	from := a.state
	pays := !from.Final() && c.order.state == order.StateOpen
	if !from.Final() {
		a.state, a.action = gateway.AttemptSucceeded, nil
	}
	a.moneyAt, a.excess = c.plausible(e.At, a.begun), !pays
	err := c.save(ctx, a, from, "the provider has the money")
	if err != nil {
		return err
	}
	if pays {
		c.order.paidBy = a.number
		err = c.pay(ctx, a)
	} else {
		err = c.overpaid(ctx, a)
	}
	if err != nil {
		return err
	}
	return c.followed(ctx, a)
}

// pay ends the order with the money of the attempt, which is then owed to the
// acquirer.
func (c *change) pay(ctx context.Context, a *attemptRow) error {
	if err := c.book(ctx, a); err != nil {
		return err
	}
	return c.become(ctx, order.StatePaid, "by attempt "+a.id())
}

func (c *change) overpaid(ctx context.Context, a *attemptRow) error {
	c.tell(ctx, slog.LevelError, "money came that the order does not take: it is owed back", "attempt", a.id(),
		"attempt_state", string(a.state), "order_state", string(c.order.state), "reference", a.reference)
	why := "in excess: the order is " + string(c.order.state)
	if err := c.audit(ctx, a.id(), string(a.state), string(a.state), why); err != nil {
		return err
	}
	return c.giveBack(ctx, a, why)
}

// bind ties the attempt to a payment at the provider. When that payment is
// another attempt's, or the attempt has another payment, it is refused.
func (c *change) bind(ctx context.Context, a *attemptRow, reference string) (mine bool, err error) {
	if a.reference == reference {
		return true, nil
	}
	if a.reference == "" {
		mine, err = a.claim(ctx, c.tx, reference)
	}
	if err == nil && !mine {
		err = c.refuse(ctx, a, order.Errorf(order.CodeRefused, "clearing.settle",
			"payment %.128q at the provider is not this attempt's", reference))
	}
	if mine {
		a.reference = reference
	}
	return mine, err
}

// refuse notes evidence that proves nothing; the attempt stays as it is. Money
// that may have moved is a person's to look at.
func (c *change) refuse(ctx context.Context, a *attemptRow, verdict error) error {
	c.answer = verdict
	c.tell(ctx, slog.LevelError, "evidence refused", "attempt", a.id(), "err", verdict)
	if err := c.review(ctx, a.id(), ReviewEvidence, verdict.Error()); err != nil {
		return err
	}
	return c.audit(ctx, a.id(), string(a.state), string(a.state), verdict.Error())
}

// plausible is when the provider says that it decided. A time that cannot be, from
// before it was asked or from the future by more than clocks differ, is now.
func (c *change) plausible(at, asked time.Time) time.Time {
	const skew = 5 * time.Minute
	if at.Before(asked.Add(-skew)) || at.After(c.now.Add(skew)) {
		return c.now
	}
	return at.UTC().Truncate(time.Microsecond)
}

// word keeps a component's reason to what a program can branch on.
func word(reason string) string {
	if reason == "" || len(reason) > maxName || strings.Trim(reason, lowers+digits+"_-.") != "" {
		return "failed"
	}
	return reason
}
