package wechatpay

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Where WeChat says who its user is, 微信网页授权.
const (
	addressAuthorize = "https://open.weixin.qq.com/connect/oauth2/authorize" // for the payer
	addressToken     = "https://api.weixin.qq.com/sns/oauth2/access_token"   // for us
)

const maxCode = 128 // bytes of a code or an openid

// appSecret is the official account's secret. Functions keep it from fmt.
type appSecret struct {
	reveal func() string
	state  func(attempt string) string // ties a code to the attempt that it was asked for
}

func newAppSecret(p Product, secret []byte) (appSecret, error) {
	switch {
	case p != ProductJSAPI:
		return appSecret{}, nil
	case len(secret) == 0 || len(secret) > maxCode || strings.Trim(string(secret), "0123456789abcdefABCDEF") != "":
		return appSecret{}, errors.New("is not the AppSecret of the official account, which jsapi needs: want hexadecimal digits")
	}
	return appSecret{
		func() string { return string(secret) },
		func(attempt string) string {
			mac := hmac.New(sha256.New, secret)
			mac.Write([]byte("anyscan state\n" + attempt))
			return hex.EncodeToString(mac.Sum(nil))
		},
	}, nil
}

// identify sends the payer to WeChat, which sends them back with a code. WeChat wants
// the parameters in the order in which Encode sorts them.
func (c *Component) identify(a component.Attempt) component.Progress {
	query := url.Values{"appid": {c.settings.AppID}, "redirect_uri": {a.ReturnAddress}, "response_type": {"code"},
		"scope": {"snsapi_base"}, "state": {c.app.state(a.ID)}}
	return component.Progress{Action: &component.Action{Redirect: &component.Redirect{
		Address: addressAuthorize + "?" + query.Encode() + "#wechat_redirect"}}}
}

// code is what WeChat gave the payer for this attempt, or "".
func (c *Component) code(a component.Attempt, r component.Return) string {
	v, err := url.ParseQuery(r.Query)
	if err != nil || len(v["code"]) != 1 || len(v["state"]) != 1 || len(v.Get("code")) > maxCode {
		return ""
	}
	if !hmac.Equal([]byte(v.Get("state")), []byte(c.app.state(a.ID))) {
		return ""
	}
	return v.Get("code")
}

// Resume implements component.Component. Whatever the terminal brought back, WeChat
// Pay is asked what became of the attempt: that is a hint. One thing is read of it,
// for ProductJSAPI: the code with which WeChat says who the payer is, and with whom
// the payment is made then.
func (c *Component) Resume(ctx context.Context, a component.Attempt, r component.Return) (component.Progress, error) {
	p, err := c.resume(ctx, a, r)
	return p, named("wechatpay.Resume", err)
}

func (c *Component) resume(ctx context.Context, a component.Attempt, r component.Return) (component.Progress, error) {
	if c.settings.Product != ProductJSAPI {
		return c.asked(ctx, a)
	}
	now := c.options.Now()
	code := c.code(a, r)
	if code == "" || !now.Before(expiry(a)) {
		return c.asked(ctx, a)
	}
	if err := c.beginnable(a, now); err != nil {
		return component.Progress{}, err
	}
	openid, err := c.openID(ctx, code)
	if err != nil {
		return component.Progress{}, err
	}
	if openid == "" {
		return c.again(ctx, a)
	}
	p := c.payment(a)
	p.Payer = &payer{openid}
	return c.prepay(ctx, a, p)
}

// again is for a payer whose code is good no more, as that of a page that was loaded
// again: unless all is decided, WeChat is asked once more who they are.
func (c *Component) again(ctx context.Context, a component.Attempt) (component.Progress, error) {
	p, err := c.asked(ctx, a)
	if err != nil || p.Evidence.Outcome != component.OutcomePending {
		return p, err
	}
	return c.identify(a), nil
}

// identity is what WeChat answers to a code.
type identity struct {
	OpenID  string `json:"openid"`
	Code    int    `json:"errcode"`
	Message string `json:"errmsg"`
}

// openID exchanges a code for the payer's name at the official account; "" for a code
// that is used, over or none. The answer is not signed: who breaks TLS can pay an
// order by another account, and no more.
func (c *Component) openID(ctx context.Context, code string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.options.Timeout)
	defer cancel()
	query := url.Values{"appid": {c.settings.AppID}, "secret": {c.app.reveal()}, "code": {code}, "grant_type": {"authorization_code"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, addressToken+"?"+query.Encode(), nil)
	if err != nil {
		return "", &order.Error{Code: order.CodeInternal, Err: errors.New("the address of WeChat's API cannot be made")}
	}
	resp, body, err := c.exchange(r)
	if err != nil {
		return "", err
	}
	var who identity
	if err := json.Unmarshal(body, &who); err != nil || resp.StatusCode != http.StatusOK {
		return "", unknown("there was no answer of WeChat's API", fmt.Errorf("status %d", resp.StatusCode))
	}
	return who.openID()
}

func (who identity) openID() (string, error) {
	switch who.Code {
	case 0:
	case 40029, 40163, 41008, 42003: // invalid, used, missing, expired
		return "", nil
	case -1, 45011:
		return "", unknown("WeChat is busy", who)
	default:
		return "", &order.Error{Code: order.CodeInternal, Detail: "WeChat did not say who the payer is", Err: who}
	}
	if who.OpenID == "" || len(who.OpenID) > maxCode || strings.ContainsFunc(who.OpenID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", unreadable(errors.New("the openid is not 1 to 128 visible characters"))
	}
	return who.OpenID, nil
}

// Error is WeChat's refusal with what to look at.
func (who identity) Error() string {
	hint := map[int]string{40013: ": the appid is not that of an official account", 40125: ": the app_secret is another one",
		40164: ": this machine's address is not on the official account's list (IP白名单)", 48001: ": the official account has no right to ask (网页授权)"}
	return fmt.Sprintf("errcode %d, errmsg %.200q%s", who.Code, who.Message, hint[who.Code])
}

// bridge is the call of WeChat's script that asks the payer for the password.
func (c *Component) bridge(prepayID string) (p component.Progress, err error) {
	if prepayID == "" || len(prepayID) > maxCode || strings.ContainsAny(prepayID, "\r\n") {
		return p, unreadable(fmt.Errorf("the prepay_id %.140q is not one line of 1 to %d bytes", prepayID, maxCode))
	}
	call := bridgeCall{AppID: c.settings.AppID, Time: c.stamp(), Nonce: rand.Text(), Package: "prepay_id=" + prepayID, Kind: "RSA"}
	if call.Sign, err = c.sign(call.AppID, call.Time, call.Nonce, call.Package); err != nil {
		return p, &order.Error{Code: order.CodeInternal, Detail: "the payment could not be signed", Err: err}
	}
	raw, err := json.Marshal([]any{"getBrandWCPayRequest", call})
	if err != nil {
		return p, &order.Error{Code: order.CodeInternal, Err: err}
	}
	p.Action = &component.Action{Bridge: &component.Bridge{Object: "WeixinJSBridge", Method: "invoke", Parameters: raw}}
	return p, nil
}

// bridgeCall is what getBrandWCPayRequest is called with.
type bridgeCall struct {
	AppID   string `json:"appId"`
	Time    string `json:"timeStamp"`
	Nonce   string `json:"nonceStr"`
	Package string `json:"package"`
	Kind    string `json:"signType"`
	Sign    string `json:"paySign"`
}
