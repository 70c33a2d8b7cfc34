package alipay

import (
	"context"
	"fmt"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// The reasons of a refund that failed.
const (
	reasonExceeds = "exceeds_payment"      // with the refunds before it, it is more than was paid
	reasonNotPaid = "not_paid"             // the payment failed
	reasonWindow  = "window_closed"        // Alipay gives back for a time that the contract names, mostly 12 months
	reasonBalance = "insufficient_balance" // of the merchant's account at Alipay
	reasonNever   = "not_allowed"          // the trade is of a kind that is not given back
)

// giving is the biz_content of alipay.trade.refund.
type giving struct {
	Number  string `json:"out_trade_no"`
	Request string `json:"out_request_no"` // under which Alipay gives back once
	Amount  string `json:"refund_amount"`  // yuan
	Reason  string `json:"refund_reason,omitempty"`
}

// asking is the biz_content of alipay.trade.fastpay.refund.query.
type asking struct {
	Number  string   `json:"out_trade_no"`
	Request string   `json:"out_request_no"`
	Options []string `json:"query_options"`
}

// given is what Alipay says of a refund.
type given struct {
	Number    string `json:"out_trade_no"`
	Reference string `json:"trade_no"`
	Request   string `json:"out_request_no"`
	Amount    string `json:"refund_amount"`
	Status    string `json:"refund_status"` // none while Alipay has no such refund, or has not decided
	At        string `json:"gmt_refund_pay"`
}

// Refund implements component.Refunder. The refund's ID is its out_request_no,
// under which Alipay gives back once. What counts is alipay.trade.fastpay.refund.query,
// which is asked before and after: the answer to alipay.trade.refund tells the sum
// of all refunds. Its reference is Alipay's trade_no and the out_request_no, which
// is how Alipay's bills name a refund.
func (c *Component) Refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	e, err := c.refund(ctx, a, r)
	return e, named("alipay.Refund", err)
}

func (c *Component) refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	if err := refundable(a, r); err != nil {
		return component.RefundEvidence{}, err
	}
	if e, known, err := c.standing(ctx, a, r); known || err != nil {
		return e, err
	}
	var sum struct{} // of all refunds: of no use
	word, err := c.call(ctx, "alipay.trade.refund", giving{a.ID, r.ID, r.Amount.Decimal(), short(r.Reason)}, &sum)
	switch {
	case err != nil:
		return component.RefundEvidence{}, err
	case word != "":
		return c.refused(ctx, a, r, word)
	}
	e, known, err := c.standing(ctx, a, r)
	if !known && err == nil {
		e = component.RefundEvidence{Outcome: component.OutcomePending, Refund: r.ID}
	}
	return e, err
}

func refundable(a component.Attempt, r component.Refund) error {
	switch {
	case checkNumber(a.ID) != nil:
		return order.Errorf(order.CodeInvalid, "", "the attempt %w", checkNumber(a.ID))
	case checkNumber(r.ID) != nil:
		return order.Errorf(order.CodeInvalid, "", "the refund's number %w", checkNumber(r.ID))
	case r.Amount.Currency != currency || r.Amount.Amount < 1 || r.Amount.Amount > maxAmount:
		return order.Errorf(order.CodeInvalid, "", "the refund's amount is %s: want %s", r.Amount, currency)
	}
	return nil
}

// standing is how the refund stands at Alipay, if it has one under this number.
func (c *Component) standing(ctx context.Context, a component.Attempt, r component.Refund) (e component.RefundEvidence, known bool, err error) {
	var g given
	word, err := c.call(ctx, "alipay.trade.fastpay.refund.query", asking{a.ID, r.ID, []string{"gmt_refund_pay"}}, &g)
	switch {
	case err != nil:
		return e, false, err
	case word == notExist || word == "" && g.Status == "":
		return e, false, nil
	case word != "":
		return e, false, unknown("Alipay could not say", fmt.Errorf("sub_code %.64q", word))
	case g.Number != a.ID || g.Request != r.ID:
		return e, false, unreadable(fmt.Errorf("it is about refund %.40q of %.40q, not %q of %q", g.Request, g.Number, r.ID, a.ID))
	case g.Status != "REFUND_SUCCESS":
		return component.RefundEvidence{Outcome: component.OutcomePending, Refund: r.ID}, true, nil
	}
	e, err = g.evidence()
	if err == nil && e.Amount != r.Amount {
		err = order.Errorf(order.CodeConflict, "", "the number %s stands for a refund of %s", r.ID, e.Amount)
	}
	return e, true, err
}

func (g given) evidence() (component.RefundEvidence, error) {
	amount, err := order.ParseMoney(g.Amount, currency)
	if err != nil {
		return component.RefundEvidence{}, unreadable(fmt.Errorf("refund_amount: %w", err))
	}
	at, err := parseStamp(g.At)
	if err != nil || g.Reference == "" {
		return component.RefundEvidence{}, unreadable(fmt.Errorf("gmt_refund_pay %.40q is not like %q, or trade_no is missing", g.At, clock))
	}
	return component.RefundEvidence{Outcome: component.OutcomeSucceeded, Refund: g.Request, Reference: g.Reference + "." + g.Request, Amount: amount, At: at}, nil
}

// refused is what it means that Alipay did not give back. What is not known to be
// final is an error, and asked for again under the same number.
func (c *Component) refused(ctx context.Context, a component.Attempt, r component.Refund, word string) (component.RefundEvidence, error) {
	e := component.RefundEvidence{Outcome: component.OutcomeFailed, Refund: r.ID}
	switch word {
	case "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL":
		e.Reason = reasonExceeds
	case "ACQ.SELLER_BALANCE_NOT_ENOUGH":
		e.Reason = reasonBalance
	case "ACQ.TRADE_HAS_FINISHED":
		e.Reason = reasonWindow
	case "ACQ.NOT_ALLOW_REFUND", "ACQ.TRADE_NOT_ALLOW_REFUND":
		e.Reason = reasonNever
	case notExist, "ACQ.TRADE_STATUS_ERROR", "ACQ.TRADE_HAS_CLOSE":
		return c.closedFor(ctx, a, e)
	case "ACQ.DISCORDANT_REPEAT_REQUEST":
		return component.RefundEvidence{}, order.Errorf(order.CodeConflict, "", "the number %s stands for another refund", r.ID)
	default:
		return component.RefundEvidence{}, unknown("Alipay did not give it back, and may yet", fmt.Errorf("sub_code %.64q", word))
	}
	return e, nil
}

// closedFor says why a trade in its state gives nothing back.
func (c *Component) closedFor(ctx context.Context, a component.Attempt, e component.RefundEvidence) (component.RefundEvidence, error) {
	t, known, err := c.look(ctx, a)
	if err != nil {
		return component.RefundEvidence{}, err
	}
	switch {
	case known && t.Status == statusFinished:
		e.Reason = reasonWindow
	case known && t.Status == statusClosed && t.paid():
		e.Reason = reasonExceeds // all of it went back
	case known && t.Status == statusClosed:
		e.Reason = reasonNotPaid
	case !known:
		p, err := c.absent(a)
		if err != nil || p.Outcome != component.OutcomeFailed {
			return component.RefundEvidence{}, unknown("the payment is not decided: ask again", err)
		}
		e.Reason = reasonNotPaid
	default:
		return component.RefundEvidence{}, unknown("the payment is not decided: ask again", fmt.Errorf("trade_status %.40q", t.Status))
	}
	return e, nil
}
