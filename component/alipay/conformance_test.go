package alipay_test

import (
	"context"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/alipay"
	"github.com/anyscan/anyscan/component/componenttest"
)

func TestConformance(t *testing.T) {
	for _, product := range []alipay.Product{alipay.ProductWap, alipay.ProductPage} {
		t.Run(string(product), func(t *testing.T) { componenttest.Run(t, harness(product)) })
	}
}

// harness makes a component with the fake behind it. A payer who declines is one
// who never pays: Alipay knows no other.
func harness(product alipay.Product) func(t *testing.T) componenttest.Harness {
	return func(t *testing.T) componenttest.Harness {
		l := newLab(t)
		l.now = time.Now()
		s := settings()
		s.Product = product
		c := l.make(s, nil)
		return componenttest.Harness{
			Component: c,
			Attempt:   l.attempt(),
			Decide: func(_ context.Context, _ component.Attempt, action component.Action, approve bool) error {
				if approve {
					return l.fake.pay(action.Address())
				}
				return l.fake.lapse(action.Address())
			},
			Visit: func(_ context.Context, _ component.Attempt, action component.Action) error {
				_, err := l.fake.open(action.Address())
				return err
			},
			Notice: func(_ context.Context, a component.Attempt) (component.Notification, error) {
				l.fake.mu.Lock()
				defer l.fake.mu.Unlock()
				return letter(l.fake.notice(l.fake.about(l.fake.trades[a.ID]))), nil
			},
			Charges: func(a component.Attempt) int {
				if t := l.fake.trades[a.ID]; t != nil {
					return t.charges
				}
				return 0
			},
			Refunds: func(a component.Attempt) int64 { return l.fake.trades[a.ID].refunded },
		}
	}
}
