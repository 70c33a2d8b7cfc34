package sandbox

import (
	"context"
	"encoding/json"
	"testing"
	"time"

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
			Settings:  []byte(`{"provider":"` + l.base + `","merchant":"shop","secret":"` + testSecret + `","title":"Sandbox wallet"}`),
			Make:      l.made,
			Late:      l.late,
			Foreign:   l.foreign,
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

// made makes the lab's component of settings.
func (l *lab) made(text []byte) (component.Component, error) {
	schema, err := SettingsSchema()
	if err != nil {
		return nil, err
	}
	s, err := component.ReadSettings[Settings](text, schema, nil)
	if err != nil {
		return nil, err
	}
	return New("sandbox", s, &Options{Client: l.client})
}

// late is a notification that was on its way for too long.
func (l *lab) late(_ component.Attempt, n component.Notification) (component.Notification, error) {
	notification("shop", n.Body).sign(component.NewSecret([]byte(testSecret)), time.Now().Add(-window-time.Second), n.Header)
	return n, nil
}

// foreign is what the company tells its other merchant.
func (l *lab) foreign(_ component.Attempt, n component.Notification) (component.Notification, error) {
	notification("stall", n.Body).sign(component.NewSecret([]byte("fedcba9876543210")), time.Now(), n.Header)
	return n, nil
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
