package clearing

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// A step is what a component is asked to do with an attempt.
type step func(ctx context.Context, c component.Component, a component.Attempt) (component.Progress, error)

// perform asks the component to go on with an attempt, outside any
// transaction, and records what it answers even if the terminal has hung up
// meanwhile. first says that it is asked to begin.
func (s *Server) perform(ctx context.Context, op string, o orderRow, a attemptRow, first bool, do step) (shown gateway.Attempt, err error) {
	p, failure := s.call(ctx, o, a, do)
	if first && s.health.note(a.component, o.key, failure, s.now()) {
		s.logger.WarnContext(ctx, "a component keeps failing and is set aside", "component", a.component, "err", failure)
	}
	err = s.change(context.WithoutCancel(ctx), op, o.key, actorComponent+a.component, func(ctx context.Context, c *change) error {
		a, err := existingAttempt(ctx, c.tx, o.key, a.number)
		if err != nil {
			return err
		}
		stale := a.state.Final() || first && !a.unstarted()
		if failure != nil {
			err = c.lose(ctx, &a, stale, failure)
		} else {
			err = c.advance(ctx, &a, stale, p)
		}
		shown = s.show(c.order, a)
		return err
	})
	return shown, err
}

func (s *Server) call(ctx context.Context, o orderRow, a attemptRow, do step) (component.Progress, error) {
	c, offer, ok := s.components.Find(a.component)
	if !ok {
		return component.Progress{}, fmt.Errorf("clearing: the component %q is not configured any more", a.component)
	}
	// A phone that hangs up must not take the provider's answer with it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.options.Timeout)
	defer cancel()
	p, err := do(ctx, c, s.brief(o, a))
	if err == nil {
		err = checkProgress(p, a, offer)
	}
	return p, err
}

// advance records how far an attempt has come. Where another answer was
// recorded first, this one is stale and only its evidence counts.
func (c *change) advance(ctx context.Context, a *attemptRow, stale bool, p component.Progress) error {
	from := a.state
	if !stale && p.Reference != "" {
		if mine, err := c.bind(ctx, a, p.Reference); err != nil || !mine {
			return err
		}
	}
	if p.Evidence != nil && (stale || p.Evidence.Outcome != component.OutcomePending) {
		return c.settle(ctx, a, *p.Evidence)
	}
	if stale {
		return nil
	}
	switch {
	case p.Action != nil:
		a.state, a.action = gateway.AttemptInvoked, p.Action
	case a.action == nil:
		a.state = gateway.AttemptPending
	} // else the payer came back too early, and still needs the way to pay
	return c.save(ctx, a, from, "the component went on")
}

// lose records that the component could not tell what became of the attempt.
func (c *change) lose(ctx context.Context, a *attemptRow, stale bool, cause error) error {
	c.tell(ctx, slog.LevelWarn, "a component failed", "attempt", a.id(), "err", cause)
	if stale {
		return nil
	}
	from := a.state
	if a.action == nil { // or else the payer still has the way to pay
		a.state = gateway.AttemptUnknown
	}
	return c.save(ctx, a, from, fmt.Sprintf("the component failed: %s", order.CodeOf(cause)))
}

// save writes an attempt and, if its state changed, the audit entry.
func (c *change) save(ctx context.Context, a *attemptRow, from gateway.AttemptState, why string) error {
	if !from.CanBecome(a.state) {
		return c.illegal(ctx, a.id(), string(from), string(a.state))
	}
	a.changed = c.now
	if err := a.update(ctx, c.tx, from); err != nil || a.state == from {
		return err
	}
	return c.audit(ctx, a.id(), string(from), string(a.state), why)
}
