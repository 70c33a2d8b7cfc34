package wechatpay_test

import (
	"encoding/json"
	"strings"
	"time"
)

// fakePayment is a payment of the fake's ledger.
type fakePayment struct {
	number, reference string
	product, openid   string
	asked             string // its parameters, but who pays and where from
	total, refunded   int64  // fen
	state             string
	expires, paid     time.Time
	charges           int
}

type fakeRefund struct {
	payment, number, reference string
	amount                     int64
	status                     string
	at                         time.Time
}

func (f *fake) route(call, mch string, content map[string]any) reply {
	if product, ok := cut(call, "POST /v3/pay/transactions/", ""); ok && !strings.Contains(product, "/") {
		return f.prepay(product, content)
	}
	if number, ok := cut(call, "POST /v3/pay/transactions/out-trade-no/", "/close"); ok && content["mchid"] == testMch {
		return f.close(number)
	}
	if number, ok := cut(call, "GET /v3/pay/transactions/out-trade-no/", ""); ok && mch == testMch {
		if p := f.payments[number]; p != nil {
			return reply{200, f.about(p)}
		}
		return no(404, "ORDER_NOT_EXIST")
	}
	if number, ok := cut(call, "GET /v3/refund/domestic/refunds/", ""); ok {
		if r := f.refunds[number]; r != nil {
			return reply{200, f.refund(r)}
		}
		return no(404, "RESOURCE_NOT_EXISTS")
	}
	if call == "POST /v3/refund/domestic/refunds" {
		return f.giveBack(content)
	}
	return no(400, "PARAM_ERROR")
}

// prepay makes a payment, or finds the one of that number and parameters.
func (f *fake) prepay(product string, content map[string]any) reply {
	number, _ := content["out_trade_no"].(string)
	at, err := time.Parse(time.RFC3339, str(content, "time_expire"))
	total, _ := field(content, "amount", "total").(float64)
	openid, _ := field(content, "payer", "openid").(string)
	ip, _ := field(content, "scene_info", "payer_client_ip").(string)
	kind, _ := field(content, "scene_info", "h5_info").(map[string]any)
	switch {
	case content["appid"] != testApp || content["mchid"] != testMch:
		return no(400, "APPID_MCHID_NOT_MATCH")
	case err != nil || len(number) < 6 || len(number) > 32 || total < 1 || field(content, "amount", "currency") != "CNY":
		return no(400, "PARAM_ERROR")
	case str(content, "description") == "" || len(str(content, "description")) > 127 || strings.Contains(str(content, "notify_url"), "?"):
		return no(400, "PARAM_ERROR")
	case product == "h5" && (ip == "" || kind["type"] != "Wap") || (product == "jsapi") != (openid != ""):
		return no(400, "PARAM_ERROR")
	}
	delete(content, "payer")
	delete(content, "scene_info")
	raw, _ := json.Marshal(content)
	p := f.payments[number]
	if p == nil {
		if soonest := f.now().Add(time.Minute); at.Before(soonest) { // as documented for time_expire
			at = soonest
		}
		p = &fakePayment{number: number, product: product, asked: string(raw), total: int64(total), state: "NOTPAY", expires: at}
		f.payments[number] = p
	}
	switch {
	case p.state == "SUCCESS" || p.state == "REFUND":
		return no(400, "ORDERPAID")
	case p.state == "CLOSED":
		return no(400, "ORDER_CLOSED")
	case p.asked != string(raw) || p.product != product:
		return no(403, "OUT_TRADE_NO_USED")
	}
	p.openid = openid
	token := f.next("wx2026")
	f.tokens[token] = number
	switch product {
	case "h5":
		return reply{200, map[string]string{"h5_url": "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=" + token + "&package=2150917749"}}
	case "native":
		return reply{200, map[string]string{"code_url": "weixin://wxpay/bizpayurl?pr=" + token}}
	case "jsapi":
		return reply{200, map[string]string{"prepay_id": token}}
	}
	return no(400, "PARAM_ERROR")
}

func str(content map[string]any, name string) string {
	s, _ := content[name].(string)
	return s
}

func field(content map[string]any, object, name string) any {
	inner, _ := content[object].(map[string]any)
	return inner[name]
}

// about is a payment as WeChat Pay tells it, with a field that no document has.
func (f *fake) about(p *fakePayment) map[string]any {
	all := map[string]any{"appid": testApp, "mchid": testMch, "out_trade_no": p.number, "trade_state": p.state, "trade_state_desc": "茶/是",
		"amount": map[string]any{"total": p.total, "currency": "CNY", "payer_total": p.total - 1, "payer_currency": "CNY"}, "a_field_of_tomorrow": 7}
	if p.reference != "" {
		all["transaction_id"], all["success_time"], all["payer"] = p.reference, f.rfc3339(p.paid), map[string]string{"openid": "o-payer"}
	}
	return all
}

func (f *fake) close(number string) reply {
	p := f.payments[number]
	switch {
	case p == nil:
		return no(404, "ORDER_NOT_EXIST")
	case p.state == "SUCCESS" || p.state == "REFUND":
		return no(400, "ORDERPAID")
	case p.state == "CLOSED":
		return no(400, "ORDER_CLOSED")
	}
	p.state = "CLOSED"
	return reply{204, nil}
}

func (f *fake) giveBack(content map[string]any) reply {
	amount, _ := field(content, "amount", "refund").(float64)
	total, _ := field(content, "amount", "total").(float64)
	p, made := f.payments[str(content, "out_trade_no")], f.refunds[str(content, "out_refund_no")]
	switch {
	case str(content, "out_refund_no") == "" || amount < 1:
		return no(400, "PARAM_ERROR")
	case p == nil:
		return no(404, "RESOURCE_NOT_EXISTS")
	case made != nil && (made.amount != int64(amount) || made.payment != p.number):
		return no(400, "INVALID_REQUEST")
	case made != nil:
		return reply{200, f.refund(made)}
	case p.state != "SUCCESS" && p.state != "REFUND", f.now().Sub(p.paid) > 365*24*time.Hour, int64(total) != p.total, int64(amount) > p.total-p.refunded:
		return no(400, "INVALID_REQUEST")
	}
	p.refunded, p.state = p.refunded+int64(amount), "REFUND"
	made = &fakeRefund{payment: p.number, number: str(content, "out_refund_no"), reference: f.next("503000"), amount: int64(amount), status: "PROCESSING", at: f.now()}
	f.refunds[made.number] = made
	told := f.refund(made) // money is on its way, and there before anybody asks again
	made.status = "SUCCESS"
	f.owe("REFUND.SUCCESS", "refund", f.refund(made))
	return reply{200, told}
}

func (f *fake) refund(r *fakeRefund) map[string]any {
	all := map[string]any{"refund_id": r.reference, "out_refund_no": r.number, "out_trade_no": r.payment, "status": r.status, "channel": "ORIGINAL",
		"amount": map[string]any{"refund": r.amount, "total": f.payments[r.payment].total, "currency": "CNY", "payer_refund": r.amount}}
	if r.status == "SUCCESS" {
		all["success_time"] = f.rfc3339(r.at)
	}
	return all
}
