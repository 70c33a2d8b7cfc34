package stripe_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/componenttest"
	"github.com/anyscan/anyscan/component/stripe"
)

// Attempts that expire sooner than Stripe lets a session expire, and later.
func TestConformance(t *testing.T) {
	for name, life := range map[string]time.Duration{"15 minutes": 15 * time.Minute, "2 hours": 2 * time.Hour} {
		t.Run(name, func(t *testing.T) { componenttest.Run(t, harness(life)) })
	}
}

// harness makes a component with the fake behind it. A payer who declines is one who
// never pays: after a declined card Checkout asks for another.
func harness(life time.Duration) func(t *testing.T) componenttest.Harness {
	return func(t *testing.T) componenttest.Harness {
		l := newLab(t)
		l.now = time.Now()
		a := l.attempt()
		a.Expires = l.now.Add(life)
		return componenttest.Harness{
			Component: l.Component,
			Attempt:   a,
			Decide: func(_ context.Context, _ component.Attempt, action component.Action, approve bool) error {
				if approve {
					return l.fake.pay(action.Address())
				}
				return l.fake.leave(action.Address())
			},
			Notice: func(_ context.Context, a component.Attempt) (component.Notification, error) {
				return l.fake.letter(l.fake.events[len(l.fake.events)-1]), nil
			},
			Settings: written(),
			Make: func(text []byte) (component.Component, error) {
				schema, err := stripe.SettingsSchema()
				if err != nil {
					return nil, err
				}
				s, err := component.ReadSettings[stripe.Settings](text, schema, nil)
				if err != nil {
					return nil, err
				}
				return stripe.New("stripe", s, &stripe.Options{Transport: l.fake, Now: l.clock})
			},
			Late: func(_ component.Attempt, n component.Notification) (component.Notification, error) {
				return signed(n.Body, l.now.Add(-5*time.Minute-time.Second), testSecret), nil
			},
			Charges: func(a component.Attempt) (n int) {
				for _, s := range l.fake.of(a.ID) {
					n += s.charges
				}
				return n
			},
			Refunds: func(a component.Attempt) (n int64) {
				for _, s := range l.fake.of(a.ID) {
					n += s.refunded
				}
				return n
			},
		}
	}
}

// written are settings as an operator writes them.
func written() []byte {
	text, err := json.Marshal(map[string]any{"title": "Card or wallet", "secret_key": testKey, "webhook_secrets": []string{otherSecret, testSecret}})
	if err != nil {
		panic(err)
	}
	return text
}
