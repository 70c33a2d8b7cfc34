package sandbox

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/internal/web"
	"github.com/anyscan/anyscan/order"
)

// terms are what a merchant asks to be paid: the body of POST /payments.
type terms struct {
	Number       string    `json:"number"`
	Amount       int64     `json:"amount"` // minor units
	Currency     string    `json:"currency"`
	Description  string    `json:"description,omitempty"`
	MerchantName string    `json:"merchant_name"`
	Return       string    `json:"return"`
	Notify       string    `json:"notify"`
	Expires      time.Time `json:"expires"` // whole seconds, so that no store changes it
}

// created answers POST /payments.
type created struct {
	Reference string `json:"reference"`
	Page      string `json:"page"`
}

// status is what the company says of a payment: the answer to a query and the
// body of a notification.
type status struct {
	Number    string            `json:"number"`
	Reference string            `json:"reference,omitempty"`
	State     component.Outcome `json:"state"`
	Amount    int64             `json:"amount,omitempty"` // minor units
	Currency  string            `json:"currency,omitempty"`
	Reason    string            `json:"reason,omitempty"` // why it failed
	At        time.Time         `json:"at,omitzero"`      // when it was decided
}

// The reasons of a failed payment.
const (
	reasonDeclined = "declined"  // by the payer
	reasonExpired  = "expired"   // nobody decided in time
	reasonCanceled = "canceled"  // by the merchant
	reasonNotFound = "not_found" // the number was burned before a payment came
)

// evidence is what the status proves. The error tells of a state that does not
// exist.
func (s status) evidence() (component.Evidence, error) {
	e := component.Evidence{Outcome: s.State, Attempt: s.Number, Reference: s.Reference, At: s.At, Reason: s.Reason}
	switch s.State {
	case component.OutcomePending, component.OutcomeFailed:
	case component.OutcomeSucceeded:
		e.Amount = order.Money{Amount: s.Amount, Currency: s.Currency}
	default:
		return component.Evidence{}, fmt.Errorf("the state %.40q is not pending, succeeded or failed", s.State)
	}
	return e, nil
}

func (t terms) money() order.Money { return order.Money{Amount: t.Amount, Currency: t.Currency} }

// validate reports everything that is wrong with the terms, save their expiry.
func (t terms) validate() error {
	var problems []order.Problem
	report := func(path string, err error) {
		if err != nil {
			problems = append(problems, order.Problem{Path: path, Detail: err.Error()})
		}
	}
	report("/number", checkNumber(t.Number))
	report("/amount", t.money().Validate())
	report("/description", checkText(t.Description, 0, 500))
	report("/merchant_name", checkText(t.MerchantName, 1, 128))
	_, err := web.Parse(t.Return)
	report("/return", err)
	_, err = web.Parse(t.Notify)
	report("/notify", err)
	if len(problems) == 0 {
		return nil
	}
	var text []string
	for _, p := range problems {
		text = append(text, p.String())
	}
	return &order.Error{Code: order.CodeInvalid, Detail: strings.Join(text, "; "), Problems: problems}
}

func checkNumber(s string) error {
	if s == "" || len(s) > 32 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return fmt.Errorf("%.40q is not 1 to 32 of a-z 0-9", s)
	}
	return nil
}

func checkMerchant(s string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	if s == "" || len(s) > 128 || strings.Trim(s, allowed) != "" {
		return fmt.Errorf("the merchant %.40q is not 1 to 128 of A-Z a-z 0-9 . _ -", s)
	}
	return nil
}

func checkText(s string, shortest, longest int) error {
	if len(s) < shortest || len(s) > longest {
		return fmt.Errorf("has %d bytes: want %d to %d", len(s), shortest, longest)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Errorf("holds control characters or is not UTF-8")
	}
	return nil
}
