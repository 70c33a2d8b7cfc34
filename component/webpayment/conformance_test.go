package webpayment_test

import (
	"context"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/componenttest"
	"github.com/anyscan/anyscan/component/webpayment"
)

func TestConformance(t *testing.T) { componenttest.Run(t, newHarness) }

// newHarness makes a component with the fake behind it. What the window gives back is
// dropped: the kit asks, as a gateway does whose terminal never came back. No statement
// is late: what the operator signed as final is so for ever.
func newHarness(t *testing.T) componenttest.Harness {
	l := newLab(t)
	l.now = time.Now()
	l.Component = l.make(settings(), nil)
	return componenttest.Harness{
		Component: l.Component,
		Attempt:   l.attempt(),
		Decide: func(_ context.Context, _ component.Attempt, action component.Action, approve bool) error {
			_, err := l.fake.decide(action, approve)
			return err
		},
		Notice: func(_ context.Context, a component.Attempt) (component.Notification, error) {
			return l.fake.notice(a.ID), nil
		},
		Foreign: func(a component.Attempt, _ component.Notification) (component.Notification, error) {
			claims := l.fake.about(l.fake.payments[a.ID])
			claims["aud"] = "gateway-2"
			return letter(l.fake.sign("webpayment-payment+jwt", claims)), nil
		},
		Settings: text(map[string]any{"title": "Example Pay", "method": testMethod, "client": testClient, "server": testServer,
			"private_key": privatePEM(seeded(1)), "operator_keys": []string{publicPEM(seeded(2))}}),
		Make: func(text []byte) (component.Component, error) {
			schema, err := webpayment.SettingsSchema()
			if err != nil {
				return nil, err
			}
			s, err := component.ReadSettings[webpayment.Settings](text, schema, nil)
			if err != nil {
				return nil, err
			}
			return webpayment.New("example-pay", s, &webpayment.Options{Transport: l.fake, Now: l.clock})
		},
		Charges: func(a component.Attempt) int { return l.fake.charges(a.ID) },
		Refunds: func(a component.Attempt) int64 { return l.fake.payments[a.ID].refunded },
	}
}
