package clearing

import (
	"context"
	"errors"
	"log/slog"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Receive hands a provider's notification to its component and records what it
// proves. The provider gets its acknowledgement after the commit, never before.
func (s *Server) Receive(ctx context.Context, name string, n component.Notification) (component.Acknowledgement, error) {
	const op = "clearing.Receive"
	receiver, err := s.receiver(op, name)
	if err != nil {
		return component.Acknowledgement{}, err
	}
	if len(n.Body) > maxNotice || len(n.Query) > maxReturn {
		return component.Acknowledgement{}, order.Errorf(order.CodeTooLarge, op, "a notification has at most %d bytes", maxNotice)
	}
	asking, cancel := context.WithTimeout(ctx, s.options.Timeout)
	defer cancel()
	receipt, err := receiver.Receive(asking, n)
	if err != nil {
		return component.Acknowledgement{}, s.notReceived(ctx, op, name, err)
	}
	if receipt.Evidence != nil {
		err = s.prove(ctx, op, name, *receipt.Evidence)
	}
	if err != nil {
		return component.Acknowledgement{}, err
	}
	return receipt.Acknowledge, nil
}

func (s *Server) receiver(op, name string) (component.Receiver, error) {
	c, _, ok := s.components.Find(name)
	if receiver, takes := component.As[component.Receiver](c); ok && takes {
		return receiver, nil
	}
	return nil, order.Errorf(order.CodeNotFound, op, "no component %.70q takes notifications", name)
}

// notReceived is the component's own verdict, or else a failure that makes the
// provider send the notification again.
func (s *Server) notReceived(ctx context.Context, op, name string, err error) error {
	s.logger.WarnContext(ctx, "a notification was not taken", "component", name, "err", err)
	if verdict, ok := errors.AsType[*order.Error](err); ok {
		return verdict
	}
	return &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "send it again", Err: err}
}

// prove settles evidence that came from outside the attempt's own calls. It
// must be about an attempt of the component that brought it.
func (s *Server) prove(ctx context.Context, op, name string, e component.Evidence) error {
	key, number, ok := parseAttemptID(e.Attempt)
	if !ok {
		return s.foreign(ctx, op, name, e)
	}
	return s.change(ctx, op, key, actorComponent+name, func(ctx context.Context, c *change) error {
		a, found, err := loadAttempt(ctx, c.tx, key, number)
		if err != nil {
			return err
		}
		if !found || a.component != name {
			return s.foreign(ctx, op, name, e)
		}
		return c.settle(ctx, &a, e)
	})
}

// foreign is evidence about an attempt that the component does not have.
func (s *Server) foreign(ctx context.Context, op, name string, e component.Evidence) error {
	s.logger.Log(ctx, slog.LevelError, "evidence about an attempt that the component does not have", "component", name, "attempt", e.Attempt)
	return order.Errorf(order.CodeNotFound, op, "component %q has no attempt %.40q", name, e.Attempt)
}
