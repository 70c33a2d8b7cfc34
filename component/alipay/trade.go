package alipay

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// The states of a trade, 交易状态.
const (
	statusWait     = "WAIT_BUYER_PAY"
	statusSuccess  = "TRADE_SUCCESS"
	statusFinished = "TRADE_FINISHED" // paid, and too old to be given back
	statusClosed   = "TRADE_CLOSED"   // not paid in time, or closed, or paid and wholly given back
)

// The reasons of a payment that failed.
const (
	reasonClosed   = "closed"   // Alipay closed it unpaid, or was asked to
	reasonCanceled = "canceled" // Alipay closed it just now, for the merchant
	reasonExpired  = "expired"  // the payer never came to Alipay, and cannot any more
)

// trade is what Alipay says of one, in an answer or in a notification.
type trade struct {
	Number    string `json:"out_trade_no"` // the attempt's ID
	Reference string `json:"trade_no"`     // Alipay's
	Status    string `json:"trade_status"`
	Total     string `json:"total_amount"` // yuan that were asked for, whatever discounts the payer got
	Currency  string `json:"trans_currency"`
	PaidAt    string `json:"send_pay_date"` // of an answer; gmt_payment of a notification
	Received  string `json:"receipt_amount"`
	Refunded  string `json:"refund_fee"` // of a notification, as is the next
	RefundAt  string `json:"gmt_refund"`
}

// paid reports that there was money, also when all of it went back since.
func (t trade) paid() bool {
	switch t.Status {
	case statusSuccess, statusFinished:
		return true
	case statusClosed:
		return t.PaidAt != "" || t.RefundAt != "" || positive(t.Received) || positive(t.Refunded)
	}
	return false
}

func positive(amount string) bool { return strings.ContainsAny(amount, "123456789") }

// evidence is what the trade proves. A trade that was paid stays so when Alipay
// closes it because all of its money was given back: refunds are records of their
// own, and the payment does not fail after it has succeeded.
func (t trade) evidence() (component.Evidence, error) {
	e := component.Evidence{Outcome: component.OutcomePending, Attempt: t.Number, Reference: t.Reference}
	switch {
	case checkNumber(t.Number) != nil:
		return e, fmt.Errorf("out_trade_no %w", checkNumber(t.Number))
	case t.paid():
		return t.success(e)
	case t.Status == statusWait:
		return e, nil
	case t.Status == statusClosed:
		e.Outcome, e.Reason = component.OutcomeFailed, reasonClosed
		return e, nil
	}
	return e, fmt.Errorf("trade_status %.40q is not one of %s, %s, %s, %s", t.Status, statusWait, statusSuccess, statusFinished, statusClosed)
}

func (t trade) success(e component.Evidence) (component.Evidence, error) {
	amount, err := order.ParseMoney(t.Total, cmp.Or(t.Currency, currency))
	if err != nil {
		return e, fmt.Errorf("total_amount: %w", err)
	}
	at, err := parseStamp(t.PaidAt)
	if err != nil {
		return e, fmt.Errorf("the time of the payment %.40q is not like %q", t.PaidAt, clock)
	}
	if t.Reference == "" {
		return e, errors.New("trade_no is missing")
	}
	e.Outcome, e.Amount, e.At = component.OutcomeSucceeded, amount, at
	return e, nil
}
