package clearing

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
)

// expire ends an order that is past its time, or that its acquirer cancels.
// Attempts which are not decided are closed at their providers first, where the
// component can; the order stays open as long as one of them may still be paid,
// and is paid if one was.
func (s *Server) expire(ctx context.Context, task outbox.Task) (again time.Time, err error) {
	o, waiting, again, err := s.expired(ctx, orderKey(task.Key))
	if err != nil || len(waiting) == 0 {
		return again, err
	}
	closed, err := s.closeAll(ctx, o, waiting)
	if closed && err == nil {
		if _, waiting, again, err = s.expired(ctx, o.key); err != nil || len(waiting) == 0 {
			return again, err
		}
	}
	// The end of each attempt makes this job due as well.
	return s.now().Add(s.options.Follow[min(task.Try, len(s.options.Follow)-1)]), err
}

// expired ends the order unless it waits for attempts, which it returns then.
func (s *Server) expired(ctx context.Context, key orderKey) (o orderRow, waiting []attemptRow, again time.Time, err error) {
	err = s.change(ctx, "clearing.expire", key, actorGateway, func(ctx context.Context, c *change) error {
		o = c.order
		switch {
		case c.order.state != order.StateOpen:
			return nil
		case c.order.payable(c.now):
			again = c.order.order.Expires
			return nil
		}
		all, err := loadAttempts(ctx, c.tx, c.order.key)
		waiting = slices.DeleteFunc(all, func(a attemptRow) bool { return a.state.Final() })
		if err != nil || len(waiting) > 0 {
			return err
		}
		if !c.order.cancelAt.IsZero() {
			return c.become(ctx, order.StateCanceled, "asked for by the acquirer")
		}
		return c.become(ctx, order.StateExpired, "not paid in time")
	})
	return o, waiting, again, err
}

// closeAll closes the attempts at their providers, outside any transaction, and
// settles what is answered. It is false when one could not be asked to.
func (s *Server) closeAll(ctx context.Context, o orderRow, waiting []attemptRow) (all bool, err error) {
	all = true
	var problems []error
	for _, a := range waiting {
		closed, err := s.close(ctx, o, a)
		all = all && closed
		problems = append(problems, err)
	}
	return all, errors.Join(problems...)
}

func (s *Server) close(ctx context.Context, o orderRow, a attemptRow) (closed bool, err error) {
	const op = "clearing.close"
	c, _, _ := s.components.Find(a.component)
	canceler, ok := component.As[component.Canceler](c)
	if !ok {
		return false, nil // its end is asked for by the attempt's own job
	}
	var e component.Evidence
	at, err := s.through(ctx, actorComponent+a.component, func(ctx context.Context) (err error) {
		e, err = canceler.Cancel(ctx, s.brief(o, a))
		return err
	})
	if !at.IsZero() {
		return false, nil // the component is not called for now
	}
	if err != nil {
		s.logger.Log(ctx, slog.LevelWarn, "an attempt could not be closed at its provider", "attempt", a.id(), "err", err)
		return false, nil
	}
	_, err = s.told(ctx, op, a, e, time.Time{})
	return true, err
}
