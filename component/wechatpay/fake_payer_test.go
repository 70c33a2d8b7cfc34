package wechatpay_test

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/textproto"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/component"
)

// identify is a payer inside WeChat who opens the identity redirect: what the browser
// comes back with.
func (f *fake) identify(address, openid string) (query string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	q := u.Query()
	if u.Scheme+"://"+u.Host+u.Path != "https://open.weixin.qq.com/connect/oauth2/authorize" || u.Fragment != "wechat_redirect" ||
		q.Get("appid") != testApp || q.Get("response_type") != "code" || q.Get("scope") != "snsapi_base" || q.Get("redirect_uri") == "" {
		return "", errors.New("该链接无法访问")
	}
	code := f.next("code")
	f.codes[code] = openid
	return "code=" + code + "&state=" + url.QueryEscape(q.Get("state")), nil
}

// led is the payment that an action leads to.
func (f *fake) led(a component.Action) (*fakePayment, error) {
	token := ""
	switch {
	case a.Redirect != nil:
		u, err := url.Parse(a.Redirect.Address)
		if err != nil || u.Host != "wx.tenpay.com" || u.Query().Get("redirect_url") == "" {
			return nil, errors.New("商家参数格式有误")
		}
		token = u.Query().Get("prepay_id")
	case a.DeepLink != nil:
		token = strings.TrimPrefix(a.DeepLink.Address, "weixin://wxpay/bizpayurl?pr=")
	case a.Bridge != nil:
		var err error
		if token, err = f.bridged(*a.Bridge); err != nil {
			return nil, err
		}
	}
	p := f.payments[f.tokens[token]]
	switch {
	case p == nil:
		return nil, errors.New("支付请求已失效")
	case p.state == "NOTPAY" && !f.now().Before(p.expires):
		return nil, errors.New("订单已过期")
	case p.state != "NOTPAY":
		return nil, errors.New("订单已" + p.state)
	}
	return p, nil
}

// bridged is what WeChat checks when a page calls getBrandWCPayRequest.
func (f *fake) bridged(b component.Bridge) (token string, err error) {
	var arguments []json.RawMessage
	var name string
	var p map[string]string
	if err := json.Unmarshal(b.Parameters, &arguments); err != nil || len(arguments) != 2 {
		return "", errors.New("want the name and the parameters")
	}
	if json.Unmarshal(arguments[0], &name) != nil || json.Unmarshal(arguments[1], &p) != nil || name != "getBrandWCPayRequest" || b.Object+"."+b.Method != "WeixinJSBridge.invoke" {
		return "", errors.New("want WeixinJSBridge.invoke of getBrandWCPayRequest")
	}
	sum := sha256.Sum256([]byte(p["appId"] + "\n" + p["timeStamp"] + "\n" + p["nonceStr"] + "\n" + p["package"] + "\n"))
	signature, err := base64.StdEncoding.DecodeString(p["paySign"])
	if err != nil || p["signType"] != "RSA" || len(p) != 6 || rsa.VerifyPKCS1v15(f.merchant, crypto.SHA256, sum[:], signature) != nil {
		return "", errors.New("支付验证签名失败")
	}
	return strings.TrimPrefix(p["package"], "prepay_id="), nil
}

// pay is a payer who goes where the action leads, and pays.
func (f *fake) pay(a component.Action) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, err := f.led(a)
	if err != nil {
		return err
	}
	p.state, p.paid, p.reference = "SUCCESS", f.now(), f.next("4200001234")
	p.charges++
	f.owe("TRANSACTION.SUCCESS", "transaction", f.about(p))
	return nil
}

// owe puts a notification with those to be sent.
func (f *fake) owe(event, kind string, about map[string]any) {
	f.owed = append(f.owed, f.letter(f.notice(event, kind, about)))
}

// notice is the body of a notification.
func (f *fake) notice(event, kind string, about map[string]any) []byte {
	plain, err := json.Marshal(about)
	if err != nil {
		panic(err)
	}
	return f.sealed(event, kind, []byte(testAPIv3), plain)
}

func (f *fake) sealed(event, kind string, key, plain []byte) []byte {
	const nonce = "fdasflkja484"
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	body, err := json.Marshal(map[string]any{"id": "EV-2018022511223320873", "create_time": f.rfc3339(f.now()), "event_type": event, "summary": "支付成功",
		"resource_type": "encrypt-resource", "resource": map[string]string{"algorithm": "AEAD_AES_256_GCM", "original_type": kind, "nonce": nonce,
			"associated_data": kind, "ciphertext": base64.StdEncoding.EncodeToString(gcm.Seal(nil, []byte(nonce), plain, []byte(kind)))}})
	if err != nil {
		panic(err)
	}
	return body
}

// letter is a body as the gateway's web server hands it on.
func (f *fake) letter(body []byte) component.Notification {
	header := textproto.MIMEHeader(f.stamp(body))
	header.Set("Content-Type", "application/json")
	return component.Notification{Header: header, Body: body}
}

// arrived are the notifications so far, oldest first, as WeChat Pay sends them now: it
// signs each sending anew.
func (f *fake) arrived() (all []component.Notification) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.owed {
		all = append(all, f.letter(n.Body))
	}
	return all
}
