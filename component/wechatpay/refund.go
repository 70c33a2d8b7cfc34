package wechatpay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// The reasons of a refund that failed.
const (
	reasonNotPaid = "not_paid"             // the payment failed
	reasonWindow  = "window_closed"        // WeChat Pay gives back for a year
	reasonBalance = "insufficient_balance" // of the merchant's account
	reasonAccount = "payer_account"        // the payer's account takes no money, such as one that is given up
)

const (
	refundPath = "/v3/refund/domestic/refunds"
	maxReason  = 80 // bytes
	year       = 365 * 24 * time.Hour
)

// giving is the body of a request for a refund (申请退款).
type giving struct {
	Number string       `json:"out_trade_no"`
	Refund string       `json:"out_refund_no"` // under which WeChat Pay gives back once
	Reason string       `json:"reason,omitempty"`
	Amount refundAmount `json:"amount"`
}

type refundAmount struct {
	Refund   int64  `json:"refund"` // fen
	Total    int64  `json:"total"`  // fen, of the payment
	Currency string `json:"currency"`
}

// given is what WeChat Pay says of a refund.
type given struct {
	Number    string       `json:"out_trade_no"`
	Refund    string       `json:"out_refund_no"`
	Reference string       `json:"refund_id"`
	Status    string       `json:"status"`
	At        string       `json:"success_time"`
	Amount    refundAmount `json:"amount"`
}

// Refund implements component.Refunder. The refund's ID is its out_refund_no, under
// which WeChat Pay gives back once. It is asked for before it is requested, so that
// one that WeChat Pay closed is not begun anew.
//
// A refund that is ABNORMAL stays pending: the money left the merchant and did not
// reach the payer, and somebody has to say at the merchant platform where to send it.
func (c *Component) Refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	e, err := c.refund(ctx, a, r)
	return e, named("wechatpay.Refund", err)
}

func (c *Component) refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	if err := refundable(a, r); err != nil {
		return component.RefundEvidence{}, err
	}
	var g given
	no, err := c.call(ctx, http.MethodGet, refundPath+"/"+r.ID, nil, &g)
	switch {
	case err != nil:
		return component.RefundEvidence{}, err
	case no == nil:
		return g.evidence(a, r)
	case no.Code != faultNoRefund:
		return component.RefundEvidence{}, no.err()
	}
	g = given{}
	no, err = c.call(ctx, http.MethodPost, refundPath, giving{a.ID, r.ID, short(r.Reason, maxReason),
		refundAmount{r.Amount.Amount, a.Amount.Amount, currency}}, &g)
	switch {
	case err != nil:
		return component.RefundEvidence{}, err
	case no == nil:
		return g.evidence(a, r)
	}
	return c.notGiven(ctx, a, r, no)
}

func refundable(a component.Attempt, r component.Refund) error {
	switch {
	case checkNumber(a.ID) != nil:
		return order.Errorf(order.CodeInvalid, "", "the attempt %w", checkNumber(a.ID))
	case checkRefund(r.ID) != nil:
		return order.Errorf(order.CodeInvalid, "", "the refund's number %w", checkRefund(r.ID))
	case a.Amount.Currency != currency || r.Amount.Currency != currency || r.Amount.Amount < 1 || r.Amount.Amount > maxAmount:
		return order.Errorf(order.CodeInvalid, "", "the refund's amount is %s of %s: want %s", r.Amount, a.Amount, currency)
	}
	return nil
}

// evidence is what WeChat Pay says of a refund, which must be the one asked for.
func (g given) evidence(a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	e := component.RefundEvidence{Outcome: component.OutcomePending, Refund: r.ID}
	switch {
	case g.Number != a.ID || g.Refund != r.ID:
		return e, unreadable(fmt.Errorf("it is about refund %.70q of %.40q, not %q of %q", g.Refund, g.Number, r.ID, a.ID))
	case g.Amount.Refund != r.Amount.Amount:
		return e, order.Errorf(order.CodeConflict, "", "the number %s stands for a refund of %d fen", r.ID, g.Amount.Refund)
	}
	switch g.Status {
	case "PROCESSING", "ABNORMAL":
		return e, nil
	case "CLOSED":
		e.Outcome, e.Reason = component.OutcomeFailed, reasonClosed
		return e, nil
	case "SUCCESS":
		at, err := parseTime(g.At)
		if err != nil {
			return e, unreadable(fmt.Errorf("success_time %w", err))
		}
		if g.Reference == "" {
			return e, unreadable(errors.New("refund_id is missing"))
		}
		e.Outcome, e.Reference, e.Amount, e.At = component.OutcomeSucceeded, g.Reference, r.Amount, at
		return e, nil
	}
	return e, unreadable(fmt.Errorf("status %.40q is not one of PROCESSING, SUCCESS, CLOSED, ABNORMAL", g.Status))
}

// notGiven is what it means that WeChat Pay made no refund. What is not known to be
// final is an error, and asked for again under the same number.
func (c *Component) notGiven(ctx context.Context, a component.Attempt, r component.Refund, no *fault) (component.RefundEvidence, error) {
	e := component.RefundEvidence{Outcome: component.OutcomeFailed, Refund: r.ID}
	switch no.Code {
	case faultBalance:
		e.Reason = reasonBalance
		return e, nil
	case faultAccount:
		e.Reason = reasonAccount
		return e, nil
	case faultInvalid, faultNoRefund, faultNoOrder: // a rule says no, without a word for which: the payment tells
	default:
		return component.RefundEvidence{}, no.err()
	}
	p, err := c.state(ctx, a)
	switch {
	case err != nil:
		return component.RefundEvidence{}, err
	case p.Outcome == component.OutcomeFailed:
		e.Reason = reasonNotPaid
	case p.Outcome == component.OutcomeSucceeded && c.options.Now().After(p.At.Add(year)):
		e.Reason = reasonWindow
	default:
		return component.RefundEvidence{}, unknown("WeChat Pay did not give it back, and may yet", no)
	}
	return e, nil
}
