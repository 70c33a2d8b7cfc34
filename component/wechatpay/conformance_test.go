package wechatpay_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/componenttest"
	"github.com/anyscan/anyscan/component/wechatpay"
)

func TestConformance(t *testing.T) {
	for _, product := range []wechatpay.Product{wechatpay.ProductH5, wechatpay.ProductJSAPI, wechatpay.ProductNative} {
		t.Run(string(product), func(t *testing.T) { componenttest.Run(t, harness(product)) })
	}
}

// harness makes a component with the fake behind it. A payer who declines is one who
// never pays: WeChat Pay knows no other. With jsapi a payment comes to be when the
// payer has said who they are.
func harness(product wechatpay.Product) func(t *testing.T) componenttest.Harness {
	return func(t *testing.T) componenttest.Harness {
		l := newLab(t, product)
		l.now = time.Now()
		h := componenttest.Harness{
			Component: l.Component,
			Attempt:   l.attempt(),
			Decide: func(_ context.Context, a component.Attempt, action component.Action, approve bool) error {
				p, err := l.identified(a, action)
				switch {
				case err != nil:
					return err
				case !approve:
					l.now = a.Expires.Add(11 * time.Minute)
					return nil
				case p.Action == nil:
					return nil // it is decided
				}
				return l.fake.pay(*p.Action)
			},
			Notice: func(_ context.Context, a component.Attempt) (component.Notification, error) {
				l.fake.mu.Lock()
				defer l.fake.mu.Unlock()
				return l.fake.letter(l.fake.notice("TRANSACTION.SUCCESS", "transaction", l.fake.about(l.fake.payments[a.ID]))), nil
			},
			Settings: written(product),
			Make: func(text []byte) (component.Component, error) {
				schema, err := wechatpay.SettingsSchema()
				if err != nil {
					return nil, err
				}
				s, err := component.ReadSettings[wechatpay.Settings](text, schema, nil)
				if err != nil {
					return nil, err
				}
				return wechatpay.New("wechatpay", s, &wechatpay.Options{Transport: l.fake, Now: l.clock})
			},
			Late: func(_ component.Attempt, n component.Notification) (component.Notification, error) {
				l.now = l.now.Add(5*time.Minute + time.Second)
				return n, nil
			},
			Charges: func(a component.Attempt) int {
				if p := l.fake.payments[a.ID]; p != nil {
					return p.charges
				}
				return 0
			},
			Refunds: func(a component.Attempt) int64 { return l.fake.payments[a.ID].refunded },
		}
		if product == wechatpay.ProductJSAPI {
			h.Visit = func(_ context.Context, a component.Attempt, action component.Action) error {
				_, err := l.identified(a, action)
				return err
			}
		}
		return h
	}
}

// written are settings as an operator writes them.
func written(p wechatpay.Product) []byte {
	text, err := json.Marshal(map[string]any{"title": "WeChat Pay", "mchid": testMch, "appid": testApp, "product": p, "serial_no": testSerial,
		"app_secret": testSecret, "private_key": string(readFile("merchant.pem")), "apiv3_key": testAPIv3,
		"platform_keys": []wechatpay.PlatformKey{{Serial: keySerial, Key: publicPEM("platform")}}})
	if err != nil {
		panic(err)
	}
	return text
}
