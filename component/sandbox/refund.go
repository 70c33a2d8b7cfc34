package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/internal/web"
	"github.com/anyscan/anyscan/order"
)

// Refund implements [component.Refunder]. The refund's ID is its number at the
// company, which makes no second one under it.
func (c *Component) Refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	const op = "sandbox.Refund"
	if err := checkNumber(a.ID); err != nil {
		return component.RefundEvidence{}, order.Errorf(order.CodeInvalid, op, "the attempt %w", err)
	}
	var s refundStatus
	asked := refundTerms{Number: r.ID, Amount: r.Amount.Amount, Currency: r.Amount.Currency, Reason: r.Reason}
	if err := c.exchange(ctx, http.MethodPost, "/payments/"+a.ID+"/refunds", asked, &s); err != nil {
		return component.RefundEvidence{}, named(op, err)
	}
	e, err := s.evidence()
	if err == nil && (s.Payment != a.ID || s.Number != r.ID) {
		err = fmt.Errorf("it is about refund %.40q of %.40q, not %q of %q", s.Number, s.Payment, r.ID, a.ID)
	}
	if err != nil {
		return component.RefundEvidence{}, named(op, unreadable(err))
	}
	return e, nil
}

// refundTerms are the body of POST /payments/{number}/refunds.
type refundTerms struct {
	Number   string `json:"number"`
	Amount   int64  `json:"amount"` // minor units
	Currency string `json:"currency"`
	Reason   string `json:"reason,omitempty"`
}

func (t refundTerms) money() order.Money { return order.Money{Amount: t.Amount, Currency: t.Currency} }

func (t refundTerms) validate() error {
	if err := checkNumber(t.Number); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the refund's number %w", err)
	}
	if err := t.money().Validate(); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the refund's amount %w", err)
	}
	if err := checkText(t.Reason, 0, 500); err != nil {
		return order.Errorf(order.CodeInvalid, "", "the refund's reason %w", err)
	}
	return nil
}

// refundStatus is what the company says of a refund.
type refundStatus struct {
	Number    string            `json:"number"`
	Payment   string            `json:"payment"` // the number of the payment
	Reference string            `json:"reference,omitempty"`
	State     component.Outcome `json:"state"`
	Amount    int64             `json:"amount"` // minor units
	Currency  string            `json:"currency"`
	Reason    string            `json:"reason,omitempty"` // why it failed
	At        time.Time         `json:"at,omitzero"`      // when it was decided
}

// The reasons of a failed refund.
const (
	reasonExceeds = "exceeds_payment" // with the refunds before it, it is more than was paid
	reasonNotPaid = "not_paid"        // the payment failed
)

func (s refundStatus) evidence() (component.RefundEvidence, error) {
	e := component.RefundEvidence{Outcome: s.State, Refund: s.Number, Reference: s.Reference, At: s.At, Reason: s.Reason}
	switch s.State {
	case component.OutcomePending, component.OutcomeFailed:
	case component.OutcomeSucceeded:
		e.Amount = order.Money{Amount: s.Amount, Currency: s.Currency}
	default:
		return e, fmt.Errorf("the state %.40q is not pending, succeeded or failed", s.State)
	}
	return e, nil
}

// Refunded is money that went back to a payer.
type Refunded struct {
	Merchant  string
	Number    string // of the refund, the merchant's
	Payment   string // its number, the merchant's
	Reference string // of the refund, the company's
	Amount    order.Money
	At        time.Time // from when on it counts
}

// Refunds lists the money that went back to payers or is on its way, in the order
// in which it was asked for.
func (p *Provider) Refunds() []Refunded {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.ledger.refunds)
}

// refund answers POST /payments/{number}/refunds.
func (p *Provider) refund(c call) (v any, err error) {
	var t refundTerms
	if err := web.Decode(c.body, &t); err != nil {
		return nil, err
	}
	if err := t.validate(); err != nil {
		return nil, err
	}
	err = p.do(func(now time.Time) error {
		y, err := p.ledger.find(c.merchant, c.number)
		if err == nil {
			v, err = p.ledger.refund(y, t, now, now.Add(p.options.Refund))
		}
		return err
	})
	return v, err
}

// refund finds the refund with these terms, or makes it if the payment allows it.
func (l *ledger) refund(y *payment, t refundTerms, now, due time.Time) (refundStatus, error) {
	if made, known := l.refunded(t.Number); known {
		if made.Merchant != y.merchant || made.Payment != y.Number || made.Amount != t.money() {
			return refundStatus{}, order.Errorf(order.CodeConflict, "", "the number %s stands for another refund", t.Number)
		}
		return made.status(now), nil
	}
	failed := refundStatus{Number: t.Number, Payment: y.Number, State: component.OutcomeFailed, Amount: t.Amount, Currency: t.Currency, At: now}
	state, _, _ := y.state(now)
	switch {
	case y.hidden(now) || state == component.OutcomePending:
		return refundStatus{}, order.Errorf(order.CodeUnavailable, "", "the payment %s is not decided: ask again", y.Number)
	case state == component.OutcomeFailed:
		failed.Reason = reasonNotPaid
		return failed, nil
	case t.Currency != y.Currency || t.Amount > y.Amount-y.refunded:
		failed.Reason = reasonExceeds
		return failed, nil
	}
	err := l.record(entry{Kind: entryRefunded, At: now, Merchant: y.merchant, Number: y.Number, Refund: &t,
		Reference: string(order.NewID(now)), Due: due})
	made, _ := l.refunded(t.Number)
	return made.status(now), err
}

func (l *ledger) refunded(number string) (Refunded, bool) {
	i, known := l.refundOf[number]
	if !known {
		return Refunded{}, false
	}
	return l.refunds[i], true
}

// giveBack follows an entry.
func (l *ledger) giveBack(y *payment, e entry) error {
	state, _, _ := y.state(e.At)
	if e.Refund == nil || e.Reference == "" || state != component.OutcomeSucceeded || e.Refund.validate() != nil ||
		e.Refund.Amount > y.Amount-y.refunded {
		return fmt.Errorf("the payment %s cannot be refunded so", y.Number)
	}
	if _, known := l.refundOf[e.Refund.Number]; known {
		return fmt.Errorf("the refund %s was made already", e.Refund.Number)
	}
	y.refunded += e.Refund.Amount
	l.refundOf[e.Refund.Number] = len(l.refunds)
	l.refunds = append(l.refunds, Refunded{e.Merchant, e.Refund.Number, y.Number, e.Reference, e.Refund.money(), e.Due})
	return nil
}

func (r Refunded) status(now time.Time) refundStatus {
	s := refundStatus{Number: r.Number, Payment: r.Payment, Reference: r.Reference, State: component.OutcomeSucceeded,
		Amount: r.Amount.Amount, Currency: r.Amount.Currency, At: r.At}
	if now.Before(r.At) {
		s.State, s.At = component.OutcomePending, time.Time{}
	}
	return s
}
