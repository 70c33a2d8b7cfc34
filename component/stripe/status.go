package stripe

import (
	"fmt"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	reasonExpired  = "expired"
	reasonCanceled = "canceled"
	reasonDeclined = "declined"
)

// answered is what a session that Stripe answered with says about its attempt.
func answered(s *sdk.CheckoutSession) (component.Evidence, error) {
	e, err := evidence(s)
	if err != nil {
		return component.Evidence{}, unreadable("session %.80q: %w", s.ID, err)
	}
	return e, nil
}

// evidence is what a session of ours says about its attempt.
func evidence(s *sdk.CheckoutSession) (component.Evidence, error) {
	e := component.Evidence{Outcome: component.OutcomePending, Attempt: s.Metadata[metaID], Reference: s.ID}
	switch {
	case checkNumber(e.Attempt) != nil:
		return component.Evidence{}, fmt.Errorf("metadata[%s] %w", metaID, checkNumber(e.Attempt))
	case order.CheckText(s.ID, 128) != nil:
		return component.Evidence{}, fmt.Errorf("id %w", order.CheckText(s.ID, 128))
	case s.Mode != sdk.CheckoutSessionModePayment:
		return component.Evidence{}, fmt.Errorf("the mode is %.20q, not payment", s.Mode)
	case s.PaymentStatus == sdk.CheckoutSessionPaymentStatusPaid:
		return paid(s, e)
	case s.PaymentStatus != sdk.CheckoutSessionPaymentStatusUnpaid:
		// no_payment_required is said of sessions that cost nothing, or nothing yet
		return component.Evidence{}, fmt.Errorf("the payment_status is %.40q: want paid or unpaid", s.PaymentStatus)
	}
	return unpaid(s, e)
}

func paid(s *sdk.CheckoutSession, e component.Evidence) (component.Evidence, error) {
	amount, err := fromStripe(s.AmountTotal, string(s.Currency))
	if err != nil {
		return component.Evidence{}, fmt.Errorf("amount_total: %w", err)
	}
	e.Outcome, e.Amount, e.At = component.OutcomeSucceeded, amount, paidAt(s)
	return e, nil
}

// paidAt is when the charge was made, as far as the session says.
func paidAt(s *sdk.CheckoutSession) time.Time {
	at := s.Created
	if p := s.PaymentIntent; p != nil && p.Created > 0 {
		at = p.Created
		if p.LatestCharge != nil && p.LatestCharge.Created > 0 {
			at = p.LatestCharge.Created
		}
	}
	return time.Unix(at, 0).UTC()
}

// unpaid tells a payment that may still come from one that cannot.
func unpaid(s *sdk.CheckoutSession, e component.Evidence) (component.Evidence, error) {
	switch s.Status {
	case sdk.CheckoutSessionStatusOpen:
	case sdk.CheckoutSessionStatusComplete: // with a method that pays later
		if over(s.PaymentIntent) {
			e.Outcome, e.Reason = component.OutcomeFailed, reasonDeclined
		}
	case sdk.CheckoutSessionStatusExpired:
		if s.PaymentIntent == nil || over(s.PaymentIntent) {
			e.Outcome, e.Reason = component.OutcomeFailed, reasonExpired
		}
	default:
		return component.Evidence{}, fmt.Errorf("the status is %.40q: want open, complete or expired", s.Status)
	}
	return e, nil
}

// over reports that a PaymentIntent takes no money unless somebody confirms it again,
// which nobody can do for a session that is closed. One that was not expanded is not
// known to be over.
func over(p *sdk.PaymentIntent) bool {
	switch {
	case p == nil:
		return false
	case p.Status == sdk.PaymentIntentStatusCanceled, p.Status == sdk.PaymentIntentStatusRequiresPaymentMethod:
		return true
	}
	return p.Status == sdk.PaymentIntentStatusRequiresConfirmation
}
