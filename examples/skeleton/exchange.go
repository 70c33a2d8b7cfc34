package skeleton

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const maxBody = 64 << 10 // bytes of an answer or notification

// terms are what a payment is made with.
type terms struct {
	Amount   int64  `json:"amount"` // minor units
	Currency string `json:"currency"`
	Expires  int64  `json:"expires"` // seconds since 1970
	Return   string `json:"return"`
	Notify   string `json:"notify"`
}

// payment is how a payment stands, in the provider's words.
type payment struct {
	Number   string `json:"number"`
	State    string `json:"state"` // open, paid, failed
	Page     string `json:"page"`
	Receipt  string `json:"receipt"` // the provider's name for the payment
	Amount   int64  `json:"amount"`  // minor units
	Currency string `json:"currency"`
	Reason   string `json:"reason"`
	At       int64  `json:"at"` // when it was decided, seconds since 1970
}

// evidence is the provider's word in the gateway's words.
func (p payment) evidence(op string) (component.Evidence, error) {
	e := component.Evidence{Attempt: p.Number, Reference: p.Receipt, Amount: order.Money{Amount: p.Amount, Currency: p.Currency},
		At: time.Unix(p.At, 0).UTC(), Reason: p.Reason}
	switch p.State {
	case "open":
		e.Outcome, e.At = component.OutcomePending, time.Time{}
	case "paid":
		e.Outcome = component.OutcomeSucceeded
	case "failed":
		e.Outcome = component.OutcomeFailed
	default: // what the provider has thought of since
		return component.Evidence{}, order.Errorf(order.CodeInternal, op, "the payment's state %.40q is not known: want open, paid or failed", p.State)
	}
	return e, nil
}

// exchange asks the provider about the payment of a number. Whatever is not a clear
// answer is an error that leaves the outcome open.
func (c *Component) exchange(ctx context.Context, op, method, number string, in any) (p payment, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return p, &order.Error{Code: order.CodeInternal, Op: op, Err: err}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.settings.Provider+"/payments/"+number, bytes.NewReader(body))
	if err != nil {
		return p, &order.Error{Code: order.CodeInternal, Op: op, Err: err}
	}
	r.Header.Set("Authorization", "Bearer "+c.settings.Merchant+":"+string(c.settings.Key.Reveal()))
	r.Header.Set("Content-Type", "application/json")
	resp, err := c.client.Do(r)
	if err != nil {
		return p, &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "the provider did not answer", Err: err}
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil || len(answer) > maxBody:
		return p, &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "the provider's answer broke off, or is too long", Err: err}
	case resp.StatusCode == http.StatusNotFound:
		return p, order.Errorf(order.CodeNotFound, op, "the provider does not know the payment %s", number)
	case resp.StatusCode == http.StatusBadRequest:
		return p, order.Errorf(order.CodeRefused, op, "the provider does not take the payment %s", number)
	case resp.StatusCode != http.StatusOK:
		return p, order.Errorf(order.CodeUnavailable, op, "the provider answers %d", resp.StatusCode)
	}
	if err := json.Unmarshal(answer, &p); err != nil || p.Number != number {
		return p, order.Errorf(order.CodeInternal, op, "the provider's answer is not about the payment %s", number)
	}
	return p, nil
}
