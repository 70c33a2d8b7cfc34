package alipay_test

import (
	"maps"
	"net/textproto"
	"net/url"

	"github.com/anyscan/anyscan/component"
)

// owe puts a notification about the trade as it is now with those to be sent.
func (f *fake) owe(t *fakeTrade) {
	f.owed = append(f.owed, f.notice(f.about(t)))
}

// about is the parameters of a notification, as 异步通知说明 lists them, and one
// that it does not.
func (f *fake) about(t *fakeTrade) map[string]string {
	p := map[string]string{
		"notify_time": f.stamp(f.now()), "notify_type": "trade_status_sync", "notify_id": "2026112300222083320006360509389",
		"charset": "utf-8", "version": "1.0", "sign_type": "RSA2", "app_id": testApp, "auth_app_id": testApp,
		"seller_id": testSeller, "buyer_id": "2088102146201234", "trade_no": t.reference, "out_trade_no": t.number,
		"subject": t.subject, "total_amount": yuan(t.total), "trade_status": t.status, "gmt_create": f.stamp(f.now()),
		"a_field_of_tomorrow": "100% new + signed",
	}
	if !t.paid.IsZero() {
		p["gmt_payment"], p["receipt_amount"], p["buyer_pay_amount"] = f.stamp(t.paid), yuan(t.total), yuan(t.total)
		p["fund_bill_list"] = `[{"amount":"` + yuan(t.total) + `","fundChannel":"ALIPAYACCOUNT"}]`
	}
	if t.refunded > 0 {
		p["gmt_refund"], p["refund_fee"] = f.stamp(f.now())+".320", yuan(t.refunded)
	}
	return p
}

// notice is the body of a notification with these parameters.
func (f *fake) notice(p map[string]string) string { return encode(f.seal(p)) }

// seal adds the signature that the parameters are sent with.
func (f *fake) seal(p map[string]string) map[string]string {
	p = maps.Clone(p)
	p["sign"] = sign(f.key, fakeText(p, "sign", "sign_type"))
	return p
}

func encode(p map[string]string) string {
	v := url.Values{}
	for name, value := range p {
		v.Set(name, value)
	}
	return v.Encode()
}

// letter is a body as the gateway's web server hands it on.
func letter(body string) component.Notification {
	return component.Notification{Header: textproto.MIMEHeader{"Content-Type": {"application/x-www-form-urlencoded; text/html; charset=utf-8"}}, Body: []byte(body)}
}

// arrived are the notifications so far, oldest first.
func (f *fake) arrived() (all []component.Notification) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, body := range f.owed {
		all = append(all, letter(body))
	}
	return all
}
