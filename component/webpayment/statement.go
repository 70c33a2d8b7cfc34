package webpayment

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	skew    = 5 * time.Minute // that the operator's clock may be ahead
	maxDate = 253402300799    // the end of the year 9999
)

// statement is the claims of a token that the operator signs, about a payment or
// about a refund. It holds for ever once its status is final, whichever way it came.
type statement struct {
	Issuer    string `json:"iss"` // the payment method identifier
	Audience  string `json:"aud"` // the gateway: Settings.Client
	IssuedAt  int64  `json:"iat"`
	Payment   string `json:"payment"`          // the attempt's ID
	Refund    string `json:"refund,omitempty"` // the refund's ID, in a statement about one
	Status    string `json:"status"`           // pending, succeeded or failed
	Reference string `json:"reference"`        // the operator's name for the payment or refund
	Amount    int64  `json:"amount"`           // that was paid or given back, in minor units; with succeeded
	Currency  string `json:"currency"`
	At        int64  `json:"at"` // when it was decided; with succeeded
	Reason    string `json:"reason"`
}

// read is the statement in a token of that kind, signed by the operator for this
// gateway. Errors name the cause.
func (c *Component) read(token, kind string) (s statement, err error) {
	claims, err := c.keys.verify(token, kind)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(claims, &s); err != nil {
		return s, fmt.Errorf("the token's claims are not those of a statement: %w", err)
	}
	return s, s.check(c.settings.Method, c.settings.Client, c.options.Now())
}

// check wants a statement of this method's operator for this gateway.
func (s statement) check(method, client string, now time.Time) error {
	issued := time.Unix(s.IssuedAt, 0)
	switch {
	case s.Issuer != method:
		return fmt.Errorf("the token's iss is %.100q: want the payment method identifier %q", s.Issuer, method)
	case s.Audience != client:
		return fmt.Errorf("the token's aud is %.70q: it is for another gateway than %q", s.Audience, client)
	case s.IssuedAt <= 0 || s.IssuedAt > maxDate:
		return fmt.Errorf("the token's iat is %d: want when it was signed, in seconds since 1970", s.IssuedAt)
	case issued.After(now.Add(skew)):
		return fmt.Errorf("the token's iat is %s ahead of this machine's clock: is a clock wrong, or is it in milliseconds?", issued.Sub(now).Truncate(time.Second))
	}
	return nil
}

// evidence is what a statement about a payment proves.
func (s statement) evidence() (component.Evidence, error) {
	e := component.Evidence{Attempt: s.Payment, Reference: s.Reference}
	outcome, amount, at, err := s.outcome()
	switch {
	case err != nil:
		return e, err
	case checkNumber(s.Payment) != nil:
		return e, fmt.Errorf("payment %w", checkNumber(s.Payment))
	case s.Refund != "":
		return e, errors.New("refund is set in a statement about a payment")
	}
	e.Outcome, e.Amount, e.At = outcome, amount, at
	if outcome == component.OutcomeFailed {
		e.Reason = reason(s.Reason)
	}
	return e, nil
}

// refunded is what a statement about a refund proves.
func (s statement) refunded() (component.RefundEvidence, error) {
	e := component.RefundEvidence{Refund: s.Refund, Reference: s.Reference}
	outcome, amount, at, err := s.outcome()
	if err != nil {
		return e, err
	}
	e.Outcome, e.Amount, e.At = outcome, amount, at
	if outcome == component.OutcomeFailed {
		e.Reason = reason(s.Reason)
	}
	return e, nil
}

// outcome is the status with what belongs to it.
func (s statement) outcome() (o component.Outcome, amount order.Money, at time.Time, err error) {
	if err := order.CheckText(s.Reference, 128); err != nil && s.Reference != "" {
		return "", amount, at, fmt.Errorf("reference %w", err)
	}
	switch s.Status {
	case "pending":
		return component.OutcomePending, amount, at, nil
	case "failed":
		return component.OutcomeFailed, amount, at, nil
	case "succeeded":
		amount = order.Money{Amount: s.Amount, Currency: s.Currency}
	default:
		return "", amount, at, fmt.Errorf(`status is %.40q: want "pending", "succeeded" or "failed"`, s.Status)
	}
	if err := amount.Validate(); err != nil {
		return "", amount, at, fmt.Errorf("amount and currency: %w", err)
	}
	switch {
	case s.Reference == "":
		return "", amount, at, errors.New("reference is missing")
	case s.At <= 0 || s.At > maxDate:
		return "", amount, at, fmt.Errorf("at is %d: want when it was decided, in seconds since 1970", s.At)
	}
	return component.OutcomeSucceeded, amount, time.Unix(s.At, 0).UTC(), nil
}

// reason keeps the operator's word for why something failed to what a program can
// branch on.
func reason(word string) string {
	if checkWord(word, 64, "abcdefghijklmnopqrstuvwxyz0123456789_-.", "") != nil || strings.Trim(word, "_-.") == "" {
		return "failed"
	}
	return word
}
