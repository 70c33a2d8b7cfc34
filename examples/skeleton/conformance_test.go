package skeleton_test

import (
	"context"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/componenttest"
	"github.com/anyscan/anyscan/examples/skeleton"
	"github.com/anyscan/anyscan/order"
)

const settings = `{"title": "Piggy", "provider": "https://api.piggy.example", "merchant": "shop-1", "key": "` + testKey + `"}`

// newComponent makes one of settings as an operator writes them.
func newComponent(text []byte, f *fake) (component.Component, error) {
	schema, err := skeleton.SettingsSchema()
	if err != nil {
		return nil, err
	}
	s, err := component.ReadSettings[skeleton.Settings](text, schema, nil)
	if err != nil {
		return nil, err
	}
	return skeleton.New("piggy", s, &skeleton.Options{Transport: f})
}

func TestConformance(t *testing.T) {
	componenttest.Run(t, func(t *testing.T) componenttest.Harness {
		f := newFake()
		c, err := newComponent([]byte(settings), f)
		if err != nil {
			t.Fatal(err)
		}
		return componenttest.Harness{
			Component: c,
			Settings:  []byte(settings),
			Make:      func(text []byte) (component.Component, error) { return newComponent(text, f) },
			Attempt: component.Attempt{
				Merchant: "m-1", MerchantName: "Corner shop", Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: time.Now().Add(time.Hour),
				ReturnAddress: "https://gateway.example/return", NotifyAddress: "https://gateway.example/notify",
				Actions: []component.ActionKind{component.ActionRedirect, component.ActionForm},
			},
			Decide: func(ctx context.Context, _ component.Attempt, action component.Action, approve bool) error {
				return f.decide(ctx, action.Address(), approve)
			},
			Notice: func(_ context.Context, a component.Attempt) (component.Notification, error) {
				return f.notice(f.payments[a.ID]), nil
			},
			Foreign: func(_ component.Attempt, n component.Notification) (component.Notification, error) {
				n.Header = seal("shop-2", "the other shop's own key", n.Body)
				return n, nil
			},
			Charges: func(a component.Attempt) int { return f.payments[a.ID].charges },
		}
	})
}
