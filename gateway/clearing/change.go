package clearing

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// A change is one transaction on one order: the state, the audit entry and the
// jobs that follow from it commit together or not at all.
type change struct {
	s      *Server
	tx     *sql.Tx
	actor  string
	now    time.Time
	order  orderRow
	answer error // for the caller, although the transaction commits
}

// change runs fn on the order in a transaction. The error is an *order.Error;
// an order that is not there is order.CodeNotFound.
func (s *Server) change(ctx context.Context, op string, key orderKey, actor string, fn func(context.Context, *change) error) error {
	var answer error
	err := s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.lock(ctx, tx, key); err != nil {
			return err
		}
		o, found, err := loadOrder(ctx, tx, key)
		if err != nil {
			return err
		}
		if !found {
			return errNoOrder(op)
		}
		c := &change{s: s, tx: tx, actor: actor, now: s.now(), order: o}
		if err := fn(ctx, c); err != nil {
			return err
		}
		answer = c.answer
		if c.order.audit == o.audit {
			return nil
		}
		return c.order.audited(ctx, tx, o.audit.seq)
	})
	if err == nil {
		err = answer
	}
	return s.fail(ctx, op, err)
}

// lock lets nobody else change the order before tx ends.
func (s *Server) lock(ctx context.Context, tx *sql.Tx, key orderKey) error {
	return s.store.Lock(ctx, tx, "clearing_orders "+string(key))
}

// look runs fn on the order as it stands, without changing anything.
func (s *Server) look(ctx context.Context, op string, key orderKey, fn func(context.Context, *sql.Tx, orderRow) error) error {
	err := s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		o, found, err := loadOrder(ctx, tx, key)
		if err != nil {
			return err
		}
		if !found {
			return errNoOrder(op)
		}
		return fn(ctx, tx, o)
	})
	return s.fail(ctx, op, err)
}

// fail makes an *order.Error of any other error. Nothing is known to be
// decided then, so the caller may ask again.
func (s *Server) fail(ctx context.Context, op string, err error) error {
	return failed(ctx, s.logger, op, err)
}

func failed(ctx context.Context, logger *slog.Logger, op string, err error) error {
	if err == nil {
		return nil
	}
	if own, ok := errors.AsType[*order.Error](err); ok {
		return own
	}
	if ctx.Err() == nil && !errors.Is(err, store.ErrClosed) {
		logger.ErrorContext(ctx, "the store failed", "op", op, "err", err)
	}
	return &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "ask again with the same key", Err: err}
}

// audit adds an entry about the order, or about an attempt by its ID.
func (c *change) audit(ctx context.Context, what, from, to, why string) error {
	return c.order.audit.append(ctx, c.tx, c.order.key, auditEntry{c.now, c.actor, what, from, to, why})
}

// tell logs once the change is true.
func (c *change) tell(ctx context.Context, level slog.Level, text string, args ...any) {
	args = append(args, "order", string(c.order.key), "acquirer", c.order.acquirer, "acquirer_order", string(c.order.order.ID), "actor", c.actor)
	store.AfterCommit(ctx, func() { c.s.logger.Log(context.WithoutCancel(ctx), level, text, args...) })
}

// become ends an open order: its new state, the audit entry, the notification
// that its acquirer is owed, and the webhooks for its merchants.
func (c *change) become(ctx context.Context, state order.State, why string) error {
	if c.order.state == state || !c.order.state.CanBecome(state) {
		return c.illegal(ctx, "order", string(c.order.state), string(state))
	}
	if err := c.order.become(ctx, c.tx, state, c.now); err != nil {
		return err
	}
	if err := c.audit(ctx, "order", string(order.StateOpen), string(state), why); err != nil {
		return err
	}
	event, _ := order.EventOf(state)
	if err := c.owe(ctx, order.Event{Type: event}); err != nil {
		return err
	}
	return c.s.outbox.Drop(ctx, c.tx, queueExpire, string(c.order.key))
}

// illegal refuses a step that is not in the tables of [order.GatewayTransitions]
// and [gateway.AttemptTransitions]: whatever asked for it, nothing is changed.
func (c *change) illegal(ctx context.Context, what, from, to string) error {
	c.s.logger.ErrorContext(ctx, "an illegal transition was refused", "order", string(c.order.key), "what", what,
		"from", from, "to", to, "actor", c.actor)
	return order.Errorf(order.CodeInternal, "clearing.transition", "%s of order %s cannot go from %q to %q", what, c.order.key, from, to)
}
