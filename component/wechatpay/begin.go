package wechatpay

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	currency       = "CNY"
	maxAmount      = 1<<31 - 1          // fen: the total is an integer of 32 bits
	maxDescription = 127                // bytes, of what is documented as characters
	maxAddress     = 255                // bytes of an address that WeChat Pay notifies
	longest        = 7 * 24 * time.Hour // that WeChat Pay waits for a payer
)

// payment is the body of all three /v3/pay/transactions/….
type payment struct {
	AppID       string `json:"appid"`
	MchID       string `json:"mchid"`
	Description string `json:"description"`
	Number      string `json:"out_trade_no"`
	Expires     string `json:"time_expire"`
	Notify      string `json:"notify_url"`
	Amount      amount `json:"amount"`
	Payer       *payer `json:"payer,omitempty"`
	Scene       *scene `json:"scene_info,omitempty"`
}

type amount struct {
	Total    int64  `json:"total"` // fen
	Currency string `json:"currency"`
}

type payer struct {
	OpenID string `json:"openid"`
}

type scene struct {
	IP string `json:"payer_client_ip"`
	H5 h5Info `json:"h5_info"`
}

type h5Info struct {
	Type string `json:"type"`
}

// prepaid is the answer: one of them, by the product.
type prepaid struct {
	H5URL    string `json:"h5_url"`
	CodeURL  string `json:"code_url"`
	PrepayID string `json:"prepay_id"`
}

// Begin implements component.Component. For ProductH5 and ProductNative it makes the
// payment at WeChat Pay; for ProductJSAPI it first sends the payer to say who they
// are, and Resume makes the payment. The payment's number is the attempt's ID, under
// which WeChat Pay has one payment however often it is asked with the same
// parameters. Once the attempt has expired, or the payment is over, Begin says what
// became of it.
func (c *Component) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	p, err := c.begin(ctx, a)
	return p, named("wechatpay.Begin", err)
}

func (c *Component) begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	if err := ctx.Err(); err != nil {
		return component.Progress{}, unknown("the call had ended", err)
	}
	now := c.options.Now()
	if err := c.beginnable(a, now); err != nil {
		return component.Progress{}, err
	}
	p := c.payment(a)
	switch {
	case !now.Before(expiry(a)):
		return c.asked(ctx, a)
	case c.settings.Product == ProductJSAPI:
		return c.identify(a), nil
	case c.settings.Product == ProductH5:
		ip, err := netip.ParseAddr(a.PayerAddress)
		if err != nil {
			return component.Progress{}, order.Errorf(order.CodeRefused, "", "the address of the payer's device is not known: h5 needs it")
		}
		p.Scene = &scene{ip.Unmap().WithZone("").String(), h5Info{"Wap"}}
	}
	return c.prepay(ctx, a, p)
}

// beginnable reports why the attempt cannot be paid with WeChat Pay.
func (c *Component) beginnable(a component.Attempt, now time.Time) error {
	if err := checkNumber(a.ID); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the attempt %w", err)
	}
	for _, kind := range c.settings.Product.actions() {
		if !slices.Contains(a.Actions, kind) {
			return order.Errorf(order.CodeRefused, "", "the terminal can %v: %s needs %v", a.Actions, c.settings.Product, c.settings.Product.actions())
		}
	}
	switch u, err := url.Parse(a.NotifyAddress); {
	case a.Amount.Currency != currency || a.Amount.Amount < 1 || a.Amount.Amount > maxAmount:
		return order.Errorf(order.CodeRefused, "", "WeChat Pay takes 0.01 to %s, not %s", order.Money{Amount: maxAmount, Currency: currency}, a.Amount)
	case a.Expires.After(now.Add(longest)):
		return order.Errorf(order.CodeRefused, "", "WeChat Pay waits for a payer for 7 days at most: the attempt expires at %s", a.Expires.UTC().Format(time.RFC3339))
	case err != nil || u.Host == "" || len(a.NotifyAddress) > maxAddress || strings.ContainsAny(a.NotifyAddress, "?#"):
		return order.Errorf(order.CodeRefused, "", "WeChat Pay notifies an address of 1 to %d bytes without a query, not %.300q", maxAddress, a.NotifyAddress)
	case a.ReturnAddress == "" && c.settings.Product != ProductNative:
		return order.Errorf(order.CodeRefused, "", "the attempt has no address to return to: %s needs one", c.settings.Product)
	}
	return nil
}

// expiry is the last moment at which WeChat Pay takes the payment, in whole seconds
// however precisely the gateway's store keeps it.
func expiry(a component.Attempt) time.Time { return a.Expires.Truncate(time.Second) }

func (c *Component) payment(a component.Attempt) payment {
	return payment{
		AppID: c.settings.AppID, MchID: c.settings.MchID, Description: description(a), Number: a.ID,
		Expires: expiry(a).In(time.FixedZone("", 8*60*60)).Format(time.RFC3339), Notify: a.NotifyAddress,
		Amount: amount{a.Amount.Amount, currency},
	}
}

// prepay makes the payment, or finds it, and says how the payer gets there.
func (c *Component) prepay(ctx context.Context, a component.Attempt, p payment) (component.Progress, error) {
	var made prepaid
	no, err := c.call(ctx, http.MethodPost, "/v3/pay/transactions/"+string(c.settings.Product), p, &made)
	switch {
	case err != nil:
		return component.Progress{}, err
	case no == nil:
		return c.wayTo(a, made)
	case no.Code == faultPaid || no.Code == faultClosed || no.Code == faultUsed:
		return c.over(ctx, a, no)
	}
	return component.Progress{}, no.err()
}

// wayTo is the action that leads the payer to a payment.
func (c *Component) wayTo(a component.Attempt, made prepaid) (p component.Progress, err error) {
	switch c.settings.Product {
	case ProductJSAPI:
		return c.bridge(made.PrepayID)
	case ProductNative:
		p.Action = &component.Action{DeepLink: &component.DeepLink{Address: made.CodeURL}}
	default:
		u, parsed := url.Parse(made.H5URL)
		if parsed != nil || u.RawQuery == "" || u.Fragment != "" {
			return p, unreadable(fmt.Errorf("the h5_url %.300q has no query", made.H5URL))
		}
		p.Action = &component.Action{Redirect: &component.Redirect{Address: made.H5URL + "&redirect_url=" + url.QueryEscape(a.ReturnAddress)}}
	}
	if err := p.Action.Validate(); err != nil {
		return component.Progress{}, unreadable(err)
	}
	return p, nil
}

// over says what became of a payment that cannot be begun any more.
func (c *Component) over(ctx context.Context, a component.Attempt, no *fault) (component.Progress, error) {
	p, err := c.asked(ctx, a)
	if err == nil && p.Evidence.Outcome == component.OutcomePending {
		return component.Progress{}, &order.Error{Code: order.CodeConflict, Detail: "the attempt's number stands for another payment", Err: no}
	}
	return p, err
}

// description is what the payer reads in WeChat: the order's, or else the merchant's
// name.
func description(a component.Attempt) string {
	for _, text := range []string{a.Description, a.MerchantName} {
		text = short(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, " "), separates), " "), maxDescription)
		if order.CheckText(text, maxDescription) == nil {
			return text
		}
	}
	return a.ID
}

// short is as much of a text as fits into so many bytes.
func short(text string, limit int) string {
	for len(text) > limit {
		_, last := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-last]
	}
	return text
}

func separates(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}
