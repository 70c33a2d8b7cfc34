package alipay

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	currency   = "CNY"
	maxAmount  = 100_000_000_00      // fen that Alipay takes for one payment
	maxSubject = 256                 // bytes of a text for people
	maxAddress = 256                 // bytes of an address that Alipay comes back to or notifies
	longest    = 15 * 24 * time.Hour // that Alipay waits for a payer
)

// payment is the biz_content of alipay.trade.page.pay and alipay.trade.wap.pay.
type payment struct {
	Number  string `json:"out_trade_no"`
	Amount  string `json:"total_amount"` // yuan
	Subject string `json:"subject"`
	Product string `json:"product_code"`
	Expires string `json:"time_expire"`
	Quit    string `json:"quit_url,omitempty"` // where a payer who gives up on a phone goes
}

// Begin implements component.Component. It signs a redirect to Alipay's page and
// does not ask Alipay: the trade comes to be when the payer opens the page. Its
// number is the attempt's ID, of which Alipay makes one trade however often a
// redirect for it is signed and opened. Once the attempt has expired Begin says
// what became of it.
func (c *Component) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	const op = "alipay.Begin"
	if err := ctx.Err(); err != nil {
		return component.Progress{}, &order.Error{Code: order.CodeUnavailable, Op: op, Err: err}
	}
	now := c.options.Now()
	if err := beginnable(a, now); err != nil {
		return component.Progress{}, named(op, err)
	}
	if !now.Before(expiry(a)) {
		return c.Resume(ctx, a, component.Return{})
	}
	address, err := c.redirect(a)
	if err != nil {
		return component.Progress{}, &order.Error{Code: order.CodeInternal, Op: op, Detail: "the payment could not be signed", Err: err}
	}
	return component.Progress{Action: &component.Action{Redirect: &component.Redirect{Address: address}}}, nil
}

// beginnable reports why the attempt cannot be paid with Alipay.
func beginnable(a component.Attempt, now time.Time) error {
	switch {
	case checkNumber(a.ID) != nil:
		return order.Errorf(order.CodeInvalid, "", "the attempt %w", checkNumber(a.ID))
	case !slices.Contains(a.Actions, component.ActionRedirect):
		return order.Errorf(order.CodeRefused, "", "the terminal can %v: Alipay's page needs %s", a.Actions, component.ActionRedirect)
	case a.Amount.Currency != currency || a.Amount.Amount < 1 || a.Amount.Amount > maxAmount:
		return order.Errorf(order.CodeRefused, "", "Alipay takes 0.01 to 100000000.00 %s, not %s", currency, a.Amount)
	case a.Expires.After(now.Add(longest)):
		return order.Errorf(order.CodeRefused, "", "Alipay waits for a payer for 15 days at most: the attempt expires at %s", a.Expires.UTC().Format(time.RFC3339))
	}
	for _, address := range []string{a.ReturnAddress, a.NotifyAddress} {
		if address == "" || len(address) > maxAddress {
			return order.Errorf(order.CodeRefused, "", "an address to return to or to notify has %d bytes: Alipay takes 1 to %d", len(address), maxAddress)
		}
	}
	return nil
}

// expiry is the last moment at which Alipay takes the payment, in whole seconds
// however precisely the gateway's store keeps it.
func expiry(a component.Attempt) time.Time { return a.Expires.Truncate(time.Second) }

// redirect is the signed address of Alipay's page.
func (c *Component) redirect(a component.Attempt) (string, error) {
	p := payment{Number: a.ID, Amount: a.Amount.Decimal(), Subject: subject(a), Product: c.settings.Product.code(), Expires: stamp(expiry(a))}
	if c.settings.Product == ProductWap {
		p.Quit = a.ReturnAddress
	}
	request, err := c.request(c.settings.Product.method(), p, parameters{"notify_url": a.NotifyAddress, "return_url": a.ReturnAddress})
	if err != nil {
		return "", err
	}
	return c.settings.Gateway + "?" + request.query(), nil
}

// request is the signed parameters of a call of Alipay's API.
func (c *Component) request(method string, content any, more parameters) (parameters, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(content); err != nil {
		return nil, err
	}
	p := parameters{
		"app_id": c.settings.AppID, "method": method, "format": "JSON", "charset": "utf-8", "sign_type": "RSA2",
		"timestamp": stamp(c.options.Now()), "version": "1.0", "biz_content": strings.TrimSuffix(b.String(), "\n"),
	}
	for name, value := range more {
		p[name] = value
	}
	sign, err := c.sign(p.text())
	p["sign"] = sign
	return p, err
}

// subject is what the payer reads at Alipay: the order's description, or else the
// merchant's name. Alipay refuses / = and &; without the last two, nothing that
// it repeats in a notification can be read as another parameter.
func subject(a component.Attempt) string {
	for _, text := range []string{a.Description, a.MerchantName} {
		text = short(strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, " "), separates), " "))
		if order.CheckText(text, maxSubject) == nil {
			return text
		}
	}
	return a.ID
}

// short is as much of a text as Alipay takes.
func short(text string) string {
	for len(text) > maxSubject {
		_, last := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-last]
	}
	return text
}

func separates(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) || strings.ContainsRune("/=&", r)
}
