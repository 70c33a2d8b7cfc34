package wechatpay_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/order"
)

// at is when the examples happen.
func at() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }

// newExample makes a component in front of a fake of WeChat Pay, and what a gateway
// tells the component.
func newExample(p wechatpay.Product) (*fake, *wechatpay.Component, component.Attempt) {
	provider := newFake(at)
	c, err := wechatpay.New("wechatpay", settings(p), &wechatpay.Options{Transport: provider, Now: at})
	if err != nil {
		fmt.Println(err)
	}
	return provider, c, component.Attempt{
		ID: "attempt1", Merchant: "m-1", MerchantName: "Corner shop", Description: "Two teas",
		Amount: order.Money{Amount: 1230, Currency: "CNY"}, Expires: at().Add(15 * time.Minute),
		ReturnAddress: "https://gateway.example/return", NotifyAddress: "https://gateway.example/notify/wechatpay", PayerAddress: payerIP,
		Actions: []component.ActionKind{component.ActionRedirect, component.ActionBridge, component.ActionDeepLink},
	}
}

// begun begins the example's attempt.
func begun(c *wechatpay.Component, attempt component.Attempt) component.Action {
	p, err := c.Begin(context.Background(), attempt)
	if err != nil {
		fmt.Println(err)
		return component.Action{}
	}
	return *p.Action
}

// A whole payment: the component makes it at WeChat Pay, the payer is redirected, pays
// and comes back, and the component asks WeChat Pay what became of it.
func Example() {
	provider, c, attempt := newExample(wechatpay.ProductH5)
	action := begun(c, attempt)
	if err := provider.pay(action); err != nil { // the payer
		fmt.Println(err)
		return
	}
	done, err := c.Resume(context.Background(), attempt, component.Return{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("evidence:", done.Evidence.Outcome, done.Evidence.Amount, done.Evidence.Check(attempt))
	// Output:
	// evidence: succeeded 12.30 CNY <nil>
}

// Settings come from a file, with names in place of secrets; what is wrong with them is
// told at once.
func ExampleNew() {
	schema, err := wechatpay.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	vault := func(name string) (component.Secret, error) {
		if name != "wechatpay-apiv3" {
			return component.Secret{}, errors.New("the vault has no entry of that name")
		}
		return component.NewSecret([]byte("0123456789abcdef0123456789abcdef")), nil
	}
	s, err := component.ReadSettings[wechatpay.Settings]([]byte(`{"title": "WeChat Pay", "mchid": "1900000109", "appid": "wxd678efh567hg6787",
		"product": "native", "serial_no": "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C", "apiv3_key": "wechatpay-apiv3",
		"platform_keys": [{"serial": "PUB_KEY_ID_0000000000000024101100397200000006", "key": "pub_key.pem"}]}`), schema, vault)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Product, s.APIv3Key)
	_, err = wechatpay.New("wechatpay", s, nil)
	fmt.Println(err)
	// Output:
	// native [secret]
	// wechatpay.New: invalid_request: the settings of the component "wechatpay" are not valid: /private_key is missing: want the merchant's RSA key, or a crypto.Signer that has it; /platform_keys/0/key is not PEM: want the text of the file, from -----BEGIN on, and not its name
}

// Products side by side, each where it works.
func ExampleNew_products() {
	var all []component.Component
	for _, p := range []wechatpay.Product{wechatpay.ProductH5, wechatpay.ProductJSAPI} {
		c, err := wechatpay.New("wechatpay-"+string(p), settings(p), nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		all = append(all, c)
	}
	registry, err := component.NewRegistry(all...)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, app := range []string{"camera", "wechat"} {
		for _, offer := range registry.Offers(component.Wanted{Amount: order.Money{Amount: 1230, Currency: "CNY"}, App: app}) {
			fmt.Println(app, offer.Name, offer.Kind, offer.Actions, string(offer.Parameters))
		}
	}
	// Output:
	// camera wechatpay-h5 wechatpay [redirect] {"product":"h5"}
	// wechat wechatpay-jsapi wechatpay [redirect bridge] {"product":"jsapi"}
}

// The schema of the settings makes forms and checks files.
func ExampleSettingsSchema() {
	schema, err := wechatpay.SettingsSchema()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(schema.Title, schema.Required)
	for _, name := range []string{"mchid", "product", "apiv3_key"} {
		p := schema.Properties[name]
		fmt.Println(name, p.Type, p.Pattern, p.Enum, p.WriteOnly)
	}
	// Output:
	// WeChat Pay [title mchid appid serial_no apiv3_key platform_keys]
	// mchid string ^[0-9]{1,32}$ [] false
	// product string  [h5 jsapi native] false
	// apiv3_key string  [] true
}

// The redirect is WeChat Pay's page, and says where to come back to.
func ExampleComponent_Begin() {
	_, c, attempt := newExample(wechatpay.ProductH5)
	u, err := url.Parse(begun(c, attempt).Redirect.Address)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(u.Host, u.Path, u.Query().Get("redirect_url"))
	// Output:
	// wx.tenpay.com /cgi-bin/mmpayweb-bin/checkmweb https://gateway.example/return
}

// The code that WeChat scans.
func ExampleComponent_Begin_native() {
	_, c, attempt := newExample(wechatpay.ProductNative)
	fmt.Println(begun(c, attempt).DeepLink.Address)
	// Output: weixin://wxpay/bizpayurl?pr=wx2026000000000000000001
}

// Inside WeChat the payer first says who they are, by a redirect that comes back with a
// code; then the page calls WeChat's script.
func ExampleComponent_Resume() {
	provider, c, attempt := newExample(wechatpay.ProductJSAPI)
	action := begun(c, attempt)
	fmt.Println(action.Kind())
	query, err := provider.identify(action.Address(), "o-payer") // the payer's WeChat
	if err != nil {
		fmt.Println(err)
		return
	}
	next, err := c.Resume(context.Background(), attempt, component.Return{Query: query})
	if err != nil {
		fmt.Println(err)
		return
	}
	var call []any
	if err := json.Unmarshal(next.Action.Bridge.Parameters, &call); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(next.Action.Kind(), next.Action.Bridge.Object, next.Action.Bridge.Method, call[0], call[1].(map[string]any)["package"])
	// Output:
	// redirect
	// bridge WeixinJSBridge invoke getBrandWCPayRequest prepay_id=wx2026000000000000000002
}

// WeChat Pay notifies; once the gateway has stored what that proves, it answers with
// the acknowledgement.
func ExampleComponent_Receive() {
	ctx := context.Background()
	provider, c, attempt := newExample(wechatpay.ProductH5)
	if err := provider.pay(begun(c, attempt)); err != nil {
		fmt.Println(err)
		return
	}
	notice := provider.arrived()[0]
	received, err := c.Receive(ctx, notice)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(received.Evidence.Attempt, received.Evidence.Outcome, received.Evidence.Amount, received.Acknowledge.Status)

	notice.Header.Set("Wechatpay-Serial", "5157")
	_, err = c.Receive(ctx, notice)
	fmt.Println(err)
	// Output:
	// attempt1 succeeded 12.30 CNY 204
	// wechatpay.Receive: unauthenticated: the Wechatpay-Serial "5157" is not known: this component has 5157F09EFDC096DE15EBE81A47057A7232F1B8E1, PUB_KEY_ID_0000000000000024101100397200000006
}

// A payment that WeChat Pay never heard of has failed only when nobody can pay it any
// more.
func ExampleComponent_Query() {
	now := at()
	c, err := wechatpay.New("wechatpay", settings(wechatpay.ProductNative), &wechatpay.Options{Transport: newFake(func() time.Time { return now }), Now: func() time.Time { return now }})
	if err != nil {
		fmt.Println(err)
		return
	}
	attempt := component.Attempt{ID: "attempt1", Expires: at().Add(15 * time.Minute)}
	for range 2 {
		evidence, err := c.Query(context.Background(), attempt)
		fmt.Println(evidence.Outcome, evidence.Reason, err)
		now = now.Add(25 * time.Minute)
	}
	// Output:
	// pending  <nil>
	// failed expired <nil>
}

// A payer cannot pay any more after Cancel.
func ExampleComponent_Cancel() {
	provider, c, attempt := newExample(wechatpay.ProductNative)
	action := begun(c, attempt)
	evidence, err := c.Cancel(context.Background(), attempt)
	fmt.Println(evidence.Outcome, evidence.Reason, err)
	fmt.Println(provider.pay(action))
	// Output:
	// failed canceled <nil>
	// 订单已CLOSED
}

// A payment is given back in parts. WeChat Pay takes a while; asked again, a refund is
// not made again.
func ExampleComponent_Refund() {
	ctx := context.Background()
	provider, c, attempt := newExample(wechatpay.ProductH5)
	if err := provider.pay(begun(c, attempt)); err != nil {
		fmt.Println(err)
		return
	}
	refund := component.Refund{ID: "refund1", Amount: order.Money{Amount: 200, Currency: "CNY"}, Reason: "one bun too few"}
	for range 2 {
		evidence, err := c.Refund(ctx, attempt, refund)
		fmt.Println(evidence.Outcome, evidence.Amount.Amount, err)
	}
	// Output:
	// pending 0 <nil>
	// succeeded 200 <nil>
}

// What is public of a component reaches the terminal.
func ExampleComponent_Describe() {
	_, c, _ := newExample(wechatpay.ProductJSAPI)
	d := c.Describe()
	fmt.Println(d.Name, d.Kind, d.Title, d.Actions, d.Currencies, d.Parameters, d.Apps.Only)
	// Output: wechatpay wechatpay WeChat Pay [redirect bridge] [CNY] {jsapi} [wechat]
}
