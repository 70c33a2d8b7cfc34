package webpayment

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// What a request asks for, by its claim "do".
const (
	doBegin  = "begin"
	doQuery  = "query"
	doCancel = "cancel"
	doRefund = "refund"
)

const (
	patience = 5 * time.Minute // that a request is good for; one to begin is as long as the payment
	maxText  = 256             // bytes of a text for people
)

// request is the claims of a token that the gateway signs (RFC 7519, section 4.1 for
// those of three letters). Whatever it asks for, it tells the whole payment, so that
// an operator who had not heard of it knows what it answers about.
type request struct {
	Issuer   string `json:"iss"` // the gateway: Settings.Client
	Audience string `json:"aud"` // the payment method identifier
	IssuedAt int64  `json:"iat"` // seconds since 1970, as all times
	Expires  int64  `json:"exp"` // the operator has to refuse the request after this
	Do       string `json:"do"`

	Payment     string `json:"payment"` // the attempt's ID
	Amount      int64  `json:"amount"`  // minor units
	Currency    string `json:"currency"`
	PayBefore   int64  `json:"pay_before"` // the operator has to refuse to take money after this
	Merchant    string `json:"merchant"`
	Acquirer    string `json:"acquirer,omitempty"`
	Payee       string `json:"payee,omitempty"`       // the merchant's name, for people
	Description string `json:"description,omitempty"` // of the order, for people
	Notify      string `json:"notify,omitempty"`      // where to post the payment's statement

	Refund *giving `json:"refund,omitempty"` // with doRefund
}

// giving is a refund that is asked for.
type giving struct {
	ID       string `json:"id"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	Reason   string `json:"reason,omitempty"`
}

func (c *Component) newRequest(do string, a component.Attempt) request {
	now := c.options.Now()
	r := request{
		Issuer: c.settings.Client, Audience: c.settings.Method, IssuedAt: now.Unix(), Expires: now.Add(patience).Unix(), Do: do,
		Payment: a.ID, Amount: a.Amount.Amount, Currency: a.Amount.Currency, PayBefore: a.Expires.Unix(),
		Merchant: a.Merchant, Acquirer: a.Acquirer, Payee: short(a.MerchantName), Description: short(a.Description), Notify: a.NotifyAddress,
	}
	if do == doBegin {
		r.Expires = r.PayBefore // the handler's page shows it to its server whenever the payer comes
	}
	return r
}

// short is as much of a text as an operator has to show.
func short(text string) string {
	text = strings.ToValidUTF8(text, " ")
	for len(text) > maxText {
		_, last := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-last]
	}
	return text
}

// beginnable reports why the attempt cannot be paid with a payment handler.
func (c *Component) beginnable(a component.Attempt) error {
	if err := checkNumber(a.ID); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the attempt %w", err)
	}
	if err := a.Amount.Validate(); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the attempt's amount: %w", err)
	}
	return c.takes(a)
}
