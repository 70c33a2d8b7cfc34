package sandbox

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/componenttest"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
)

func TestConformance(t *testing.T) {
	componenttest.Run(t, func(t *testing.T) componenttest.Harness {
		l := newLab(t, nil)
		l.run()
		return componenttest.Harness{
			Component: l.component,
			Attempt:   l.attempt(),
			Decide:    l.decide,
			Notice:    l.notice,
			Charges:   func(a component.Attempt) int { return l.charges(a.ID) },
			Refunds: func(a component.Attempt) (sum int64) {
				for _, r := range l.provider.Refunds() {
					if r.Payment == a.ID {
						sum += r.Amount.Amount
					}
				}
				return sum
			},
		}
	})
}

func (l *lab) decide(ctx context.Context, _ component.Attempt, action component.Action, approve bool) error {
	button := wallet.Approve
	if !approve {
		button = wallet.Decline
	}
	_, err := l.press(action, button)
	return err
}

// notice waits for the notification about the attempt.
func (l *lab) notice(ctx context.Context, a component.Attempt) (component.Notification, error) {
	for {
		select {
		case n := <-l.gateway.arrived:
			var s status
			if err := json.Unmarshal(n.Body, &s); err != nil || s.Number == a.ID {
				return n.Notification, err
			}
		case <-ctx.Done():
			return component.Notification{}, ctx.Err()
		}
	}
}
