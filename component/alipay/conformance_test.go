package alipay_test

import (
	"context"
	"encoding/json"
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
			Late: func(a component.Attempt, _ component.Notification) (component.Notification, error) {
				p := l.fake.about(l.fake.trades[a.ID])
				p["notify_time"] = l.fake.stamp(l.now.Add(-48*time.Hour - time.Second))
				return letter(l.fake.notice(p)), nil
			},
			Foreign: func(a component.Attempt, _ component.Notification) (component.Notification, error) {
				p := l.fake.about(l.fake.trades[a.ID])
				p["app_id"], p["auth_app_id"], p["seller_id"] = "2021000000000007", "2021000000000007", "2088000000000007"
				return letter(l.fake.notice(p)), nil
			},
			Settings: written(product),
			Make: func(text []byte) (component.Component, error) {
				schema, err := alipay.SettingsSchema()
				if err != nil {
					return nil, err
				}
				s, err := component.ReadSettings[alipay.Settings](text, schema, nil)
				if err != nil {
					return nil, err
				}
				return alipay.New("alipay", s, &alipay.Options{Transport: l.fake, Now: l.clock})
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

// written are settings as an operator writes them.
func written(product alipay.Product) []byte {
	text, err := json.Marshal(map[string]any{"title": "Alipay", "app_id": testApp, "seller_id": testSeller, "product": product,
		"private_key": string(readPEM("app")), "alipay_keys": []string{publicPEM("next"), publicPEM("alipay")}})
	if err != nil {
		return nil
	}
	return text
}
