package sandbox

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// payment is a number that the company has heard of. What became of it follows
// from these facts and the time alone.
type payment struct {
	terms                     // only the number, if it is burned
	merchant  string          // whose number it is
	reference string          // the company's; empty if it is burned
	token     string          // of the page
	created   time.Time       // or burned
	canceled  time.Time       // by the merchant; zero for never
	decision  wallet.Decision // "" while the payer has not decided
	due       time.Time       // when the decision becomes known
	refunded  int64           // minor units that went back to the payer
	told      int             // notifications that were delivered
}

// letters is how many notifications the decision owes.
func (y *payment) letters() int {
	switch y.decision {
	case "", wallet.Lost, wallet.Unknown:
		return 0
	case wallet.Twice, wallet.Reorder:
		return 2
	}
	return 1
}

// letter is what the next notification says: how it stands, or for the one that is out
// of order how it stood.
func (y *payment) letter(now time.Time) (status, error) {
	s, err := y.status(now)
	if y.decision == wallet.Reorder && y.told > 0 {
		s.State, s.Reason, s.At = component.OutcomePending, "", time.Time{}
	}
	return s, err
}

func (y *payment) burned() bool { return y.reference == "" }

// closed reports that the merchant wants no money any more.
func (y *payment) closed() bool { return y.burned() || !y.canceled.IsZero() }

// cancel closes a payment that nobody decided.
func (y *payment) cancel(at time.Time) error {
	if state, _, _ := y.state(at); y.decision != "" || state != component.OutcomePending {
		return fmt.Errorf("the payment %s cannot be canceled any more", y.Number)
	}
	y.canceled = at
	return nil
}

// state is what is so at the time. A decision made in time counts even if it
// becomes known after the payment has expired.
func (y *payment) state(now time.Time) (state component.Outcome, reason string, at time.Time) {
	switch {
	case y.burned():
		return component.OutcomeFailed, reasonNotFound, y.created
	case !y.canceled.IsZero():
		return component.OutcomeFailed, reasonCanceled, y.canceled
	case y.decision == "" && !now.Before(y.Expires):
		return component.OutcomeFailed, reasonExpired, y.Expires
	case y.decision == "" || now.Before(y.due):
		return component.OutcomePending, "", time.Time{}
	case y.decision == wallet.Decline:
		return component.OutcomeFailed, reasonDeclined, y.due
	}
	return component.OutcomeSucceeded, "", y.due
}

// hidden reports that nobody can tell at the time.
func (y *payment) hidden(now time.Time) bool {
	return y.decision == wallet.Unknown && now.Before(y.due)
}

// status is what the company tells the merchant.
func (y *payment) status(now time.Time) (status, error) {
	if y.hidden(now) {
		return status{}, order.Errorf(order.CodeUnavailable, "", "the state of %s is not known at the moment: ask again", y.Number)
	}
	state, reason, at := y.state(now)
	return status{y.Number, y.reference, state, y.Amount, y.Currency, reason, at}, nil
}

// page is what the company shows the payer.
func (y *payment) page(now time.Time) wallet.Payment {
	state, _, _ := y.state(now)
	p := wallet.Payment{
		Reference: y.reference, MerchantName: y.MerchantName, Description: y.Description,
		Amount: y.money(), Expires: y.Expires, State: state,
	}
	if y.decision == "" && state == component.OutcomePending {
		p.Decisions = decisions()
	} else {
		p.Query = y.query(now)
	}
	return p
}

func decisions() []wallet.Decision {
	return []wallet.Decision{wallet.Approve, wallet.Decline, wallet.Slow, wallet.Lost, wallet.Unknown, wallet.Twice, wallet.Reorder}
}

// query is added to the return address: a hint, which proves nothing.
func (y *payment) query(now time.Time) string {
	state, _, _ := y.state(now)
	result := string(state)
	if y.hidden(now) {
		result = "unknown"
	}
	return url.Values{"number": {y.Number}, "result": {result}}.Encode()
}

// back is the return address with the hint.
func (y *payment) back(now time.Time) string {
	joint := "?"
	if strings.Contains(y.Return, "?") {
		joint = "&"
	}
	return y.Return + joint + y.query(now)
}

// mayDecide reports why a button cannot be pressed. Pressing the same one again
// is no second decision.
func (y *payment) mayDecide(d wallet.Decision, now time.Time) error {
	state, _, _ := y.state(now)
	switch {
	case !slices.Contains(decisions(), d):
		return order.Errorf(order.CodeInvalid, "", "the decision %.40q is not one of the buttons", d)
	case y.decision != "" && y.decision != d:
		return order.Errorf(order.CodeConflict, "", "this payment was decided already")
	case !y.canceled.IsZero():
		return order.Errorf(order.CodeExpired, "", "this payment was canceled by the merchant: no money moved")
	case y.decision == "" && state != component.OutcomePending:
		return order.Errorf(order.CodeExpired, "", "this payment has expired: no money moved")
	}
	return nil
}
