package wechatpay_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/wechatpay"
	"github.com/anyscan/anyscan/internal/nodetest"
)

type object = map[string]any

// sdk lets wechatpay-axios-plugin do what in asks for.
func sdk(t *testing.T, in object, out any) {
	t.Helper()
	all := object{"mchid": testMch, "serial": testSerial, "merchant": string(readFile("merchant.pem")), "merchantPublic": publicPEM("merchant"),
		"platform": string(readFile("platform.pem")), "certs": object{keySerial: publicPEM("platform"), nextSerial: publicPEM("next")}, "apiv3": testAPIv3}
	for _, name := range []string{"requests", "calls", "answers", "notices", "bridges", "sealed", "plain"} {
		all[name] = []any{}
	}
	for name, value := range in {
		all[name] = value
	}
	if err := json.Unmarshal(nodetest.Script(t, []byte(encode(all)), "testdata/sdk.mjs"), out); err != nil {
		t.Fatal(err)
	}
}

// What we send is, to the byte of the header, what wechatpay-axios-plugin makes of the
// same request.
func TestSDKSignsTheSame(t *testing.T) {
	var all []sent
	for _, product := range []wechatpay.Product{wechatpay.ProductH5, wechatpay.ProductJSAPI, wechatpay.ProductNative} {
		l := newLab(t, product)
		a := l.attempt()
		a.Description = `茶 <two> "teas" \ 100% + it's ~ 50¥ 😀`
		all = append(all, l.spy(func() {
			if err := l.fake.pay(l.begin(a)); err != nil {
				t.Error(err)
			}
			l.query(a)
			if _, err := l.refund(a, "r1", 100); err != nil {
				t.Error(err)
			}
			if _, err := l.Cancel(t.Context(), a); err != nil {
				t.Error(err)
			}
		})...)
	}
	var in []object
	var ours []string
	for _, s := range all {
		method, address, _ := strings.Cut(s.call, " ")
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if u.Host != "api.mch.weixin.qq.com" { // who the payer is, which is not signed
			continue
		}
		ours = append(ours, s.header.Get("Authorization"))
		in = append(in, object{"method": method, "target": u.RequestURI(), "body": s.body, "authorization": s.header.Get("Authorization")})
	}
	changed := object{}
	for name, value := range in[0] {
		changed[name] = value
	}
	changed["body"] = strings.Replace(in[0]["body"].(string), "1230", "1231", 1)
	var out struct {
		Requests []struct {
			Anew     string
			Verified bool
		}
	}
	sdk(t, object{"requests": append(in, changed)}, &out)
	for i, header := range ours {
		if out.Requests[i].Anew != header || !out.Requests[i].Verified {
			t.Errorf("%v:\nwe  %s\nSDK %s", in[i], header, out.Requests[i].Anew)
		}
	}
	if last := out.Requests[len(ours)]; last.Verified || len(ours) != 18 {
		t.Errorf("of %d requests the SDK takes one with another amount: %v", len(ours), last.Verified)
	}
}

// The plugin takes the fake for WeChat Pay: it verifies the fake's answers and reads
// in them what we read; and the fake takes what the plugin signs.
func TestSDKTakesTheFakeForWeChatPay(t *testing.T) {
	l := newLab(t, wechatpay.ProductNative)
	l.now = time.Now() // the plugin's clock
	server := httptest.NewServer(l.fake)
	defer server.Close()
	a := l.paid()
	order := object{"appid": testApp, "mchid": testMch, "description": "茶", "out_trade_no": "from-the-sdk", "notify_url": "https://shop.test/n",
		"time_expire": l.now.Add(time.Hour).Format(time.RFC3339), "amount": object{"total": 7, "currency": "CNY"}}
	path := "v3/pay/transactions/out-trade-no/" + a.ID
	refund := object{"out_trade_no": a.ID, "out_refund_no": "r1", "amount": object{"refund": 100, "total": 1230, "currency": "CNY"}}
	var out struct {
		Calls []struct {
			Status int
			Data   object
			Error  string
		}
	}
	call := func(method, path string, data any) object {
		return object{"method": method, "path": path, "data": data}
	}
	calls := []object{call("get", path+"?mchid="+testMch, nil), call("post", "v3/pay/transactions/native", order), call("post", "v3/refund/domestic/refunds", refund),
		call("post", "v3/pay/transactions/out-trade-no/from-the-sdk/close", object{"mchid": testMch}), call("get", "v3/pay/transactions/out-trade-no/never1?mchid="+testMch, nil)}
	for _, c := range calls {
		if c["data"] == nil {
			delete(c, "data")
		}
	}
	sdk(t, object{"base": server.URL, "calls": calls}, &out)
	var words []any
	for _, c := range out.Calls {
		words = append(words, firstOf(c.Data["trade_state"], c.Data["status"], c.Data["code"], c.Data["code_url"], float64(c.Status)))
	}
	want := []any{"SUCCESS", "weixin://wxpay/bizpayurl?pr=wx2026000000000000000003", "PROCESSING", float64(204), "ORDER_NOT_EXIST"}
	if diff := cmp.Diff(want, words); diff != "" {
		t.Errorf("what the SDK reads (-want +got):\n%s\n%q", diff, l.fake.calls)
	}
	l.fake.key = readKey("other")
	sdk(t, object{"base": server.URL, "calls": calls[:1]}, &out)
	if last := out.Calls[0]; !strings.Contains(last.Error, "SIGNATURE_DIGEST") {
		t.Errorf("with a stranger's key the SDK takes %+v", last)
	}
}

// firstOf is the first that is there.
func firstOf(all ...any) any {
	for _, one := range all {
		if one != nil {
			return one
		}
	}
	return nil
}

// We take the notifications that the plugin signs and encrypts as WeChat Pay; and it
// takes those signatures, and no others, that we take of the fake.
func TestSDKNotifies(t *testing.T) {
	l := newLab(t, wechatpay.ProductH5)
	a := l.paid()
	var made struct {
		Plain, Notices []string
		Answers        []bool
		Sealed         []string
	}
	plain := encode(l.fake.about(l.fake.payments[a.ID]))
	body := l.body(a)
	var told struct {
		Resource struct{ Ciphertext, Nonce string }
	}
	if err := json.Unmarshal(body, &told); err != nil {
		t.Fatal(err)
	}
	good, other := l.fake.letter(body), stampedBy(l.fake, "other", string(body))
	answer := func(h textproto.MIMEHeader, body []byte) object {
		return object{"timestamp": h.Get("Wechatpay-Timestamp"), "nonce": h.Get("Wechatpay-Nonce"), "serial": h.Get("Wechatpay-Serial"), "signature": h.Get("Wechatpay-Signature"), "body": string(body)}
	}
	answers := []object{answer(good.Header, body), answer(good.Header, append(body, ' ')), answer(textproto.MIMEHeader(other), body), answer(with(good, "Wechatpay-Nonce", "x").Header, body)}
	sdk(t, object{"plain": []object{{"text": plain, "nonce": "0123456789ab", "associated": "transaction"}}, "answers": answers,
		"sealed": []object{{"ciphertext": told.Resource.Ciphertext, "nonce": told.Resource.Nonce, "associated": "transaction"}}}, &made)
	if diff := cmp.Diff([]bool{true, false, false, false}, made.Answers); diff != "" || made.Sealed[0] != plain {
		t.Errorf("%s\nthe SDK decrypts %s", diff, made.Sealed[0])
	}
	theirs := encode(object{"id": "EV-1", "event_type": "TRANSACTION.SUCCESS", "summary": "茶", "resource": object{"algorithm": "AEAD_AES_256_GCM",
		"original_type": "transaction", "nonce": "0123456789ab", "associated_data": "transaction", "ciphertext": made.Plain[0]}})
	at := strconv.FormatInt(l.now.Unix(), 10)
	sdk(t, object{"notices": []object{{"timestamp": at, "nonce": "n", "body": theirs}}}, &made)
	n := component.Notification{Body: []byte(theirs), Header: textproto.MIMEHeader{"Wechatpay-Timestamp": {at}, "Wechatpay-Nonce": {"n"},
		"Wechatpay-Serial": {keySerial}, "Wechatpay-Signature": {made.Notices[0]}}}
	r, err := l.Receive(t.Context(), n)
	if err != nil || r.Evidence == nil || cmp.Diff(l.query(a), *r.Evidence) != "" {
		t.Errorf("%+v, %v", r, err)
	}
	n.Body[0] = ' '
	if r, err := l.Receive(t.Context(), n); err == nil {
		t.Errorf("changed: %+v", r)
	}
}

// The bridge's paySign is one that the plugin verifies, over just these lines.
func TestSDKVerifiesPaySign(t *testing.T) {
	l := newLab(t, wechatpay.ProductJSAPI)
	var arguments []json.RawMessage
	var call map[string]string
	err := json.Unmarshal(l.begin(l.attempt()).Bridge.Parameters, &arguments)
	if err == nil {
		err = json.Unmarshal(arguments[1], &call)
	}
	if err != nil {
		t.Fatal(err)
	}
	dearer := object{}
	for name, value := range call {
		dearer[name] = value
	}
	dearer["package"] = "prepay_id=another"
	var out struct{ Bridges []bool }
	sdk(t, object{"bridges": []any{call, dearer}}, &out)
	if diff := cmp.Diff([]bool{true, false}, out.Bridges); diff != "" {
		t.Error(diff)
	}
}
