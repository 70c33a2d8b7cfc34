package wechatpay

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// The states of a payment, 交易状态.
const (
	stateSuccess = "SUCCESS"
	stateRefund  = "REFUND"     // paid, and some of it given back
	stateNotPay  = "NOTPAY"     // not paid, yet
	stateClosed  = "CLOSED"     // not paid, and never
	stateRevoked = "REVOKED"    // called back; of payments by the payer's own code
	statePaying  = "USERPAYING" // the payer is at it; of the same
	stateError   = "PAYERROR"   // it did not work, as when a bank refuses; of the same
)

// The reasons of a payment that failed.
const (
	reasonClosed   = "closed"   // WeChat Pay closed it unpaid, or was asked to
	reasonRevoked  = "revoked"  // WeChat Pay called it back
	reasonCanceled = "canceled" // WeChat Pay closed it just now, for the merchant
	reasonExpired  = "expired"  // the payer did not pay in time, and cannot any more
)

// transaction is what WeChat Pay says of a payment, in an answer or in a
// notification.
type transaction struct {
	AppID     string `json:"appid"`
	MchID     string `json:"mchid"`
	Number    string `json:"out_trade_no"`   // the attempt's ID
	Reference string `json:"transaction_id"` // WeChat Pay's, once it is paid
	State     string `json:"trade_state"`
	PaidAt    string `json:"success_time"`
	Amount    amount `json:"amount"` // that was asked for, whatever discounts the payer got
}

// ours reports a payment of another merchant or app.
func (c *Component) ours(t transaction) error {
	switch {
	case t.MchID != c.settings.MchID:
		return fmt.Errorf("it is about a payment of the merchant %.40q, not %q", t.MchID, c.settings.MchID)
	case t.AppID != c.settings.AppID:
		return fmt.Errorf("it is about a payment of the app %.40q, not %q", t.AppID, c.settings.AppID)
	}
	return nil
}

// waiting reports that the payer may yet pay, before the time is over.
func (t transaction) waiting() bool {
	return t.State == stateNotPay || t.State == statePaying || t.State == stateError
}

// evidence is what the payment proves. One that was paid stays so whatever was given
// back since: refunds are records of their own.
func (t transaction) evidence() (component.Evidence, error) {
	e := component.Evidence{Outcome: component.OutcomePending, Attempt: t.Number} // a try that did not pay may have another transaction_id
	switch {
	case checkNumber(t.Number) != nil:
		return e, fmt.Errorf("out_trade_no %w", checkNumber(t.Number))
	case t.State == stateSuccess || t.State == stateRefund:
		return t.success(e)
	case t.waiting():
		return e, nil
	case t.State == stateClosed:
		e.Outcome, e.Reason = component.OutcomeFailed, reasonClosed
		return e, nil
	case t.State == stateRevoked:
		e.Outcome, e.Reason = component.OutcomeFailed, reasonRevoked
		return e, nil
	}
	return e, fmt.Errorf("trade_state %.40q is not one of %s, %s, %s, %s, %s, %s, %s", t.State,
		stateSuccess, stateRefund, stateNotPay, stateClosed, stateRevoked, statePaying, stateError)
}

func (t transaction) success(e component.Evidence) (component.Evidence, error) {
	e.Amount = order.Money{Amount: t.Amount.Total, Currency: cmp.Or(t.Amount.Currency, currency)}
	if err := e.Amount.Validate(); err != nil {
		return e, fmt.Errorf("the amount %d %.8q is none", t.Amount.Total, t.Amount.Currency)
	}
	at, err := parseTime(t.PaidAt)
	if err != nil {
		return e, fmt.Errorf("success_time: %w", err)
	}
	if t.Reference == "" {
		return e, errors.New("transaction_id is missing")
	}
	e.Outcome, e.Reference, e.At = component.OutcomeSucceeded, t.Reference, at
	return e, nil
}

// parseTime reads a time of WeChat Pay's.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("%.40q is not like %q", s, "2018-06-08T10:34:56+08:00")
	}
	return t.UTC(), nil
}
