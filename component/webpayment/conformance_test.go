package webpayment_test

import (
	"context"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/componenttest"
)

func TestConformance(t *testing.T) { componenttest.Run(t, newHarness) }

// newHarness makes a component with the fake behind it. What the window gives back is
// dropped: the kit asks, as a gateway does whose terminal never came back.
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
		Charges: func(a component.Attempt) int { return l.fake.charges(a.ID) },
		Refunds: func(a component.Attempt) int64 { return l.fake.payments[a.ID].refunded },
	}
}
