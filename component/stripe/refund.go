package stripe

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	metaRefund = "refund" // the key of metadata that holds the refund's ID

	reasonNotPaid  = "not_paid"
	reasonExceeds  = "exceeds_payment"
	reasonDisputed = "disputed"
	reasonNever    = "not_allowed"

	maxRefunds = 1000 // of one payment that are looked through
)

// Refund implements component.Refunder. The refund's ID is in Stripe's metadata and
// in the idempotency key: asked again, at once or after years, it makes no second
// refund.
//
// A refund that succeeded may still come back from a bank that does not take it, days
// later; Stripe then credits the account and sends refund.failed. That is the
// account's own to deal with: here it stays succeeded.
func (c *Component) Refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	e, err := c.refund(ctx, a, r)
	return e, named("stripe.Refund", err)
}

func (c *Component) refund(ctx context.Context, a component.Attempt, r component.Refund) (component.RefundEvidence, error) {
	amount, err := refundable(a, r)
	if err != nil {
		return component.RefundEvidence{}, err
	}
	payment, reason, err := c.payment(ctx, a)
	switch {
	case err != nil:
		return component.RefundEvidence{}, err
	case reason != "":
		return component.RefundEvidence{Outcome: component.OutcomeFailed, Refund: r.ID, Reason: reason}, nil
	}
	made, err := c.made(ctx, payment, r)
	if err != nil {
		return component.RefundEvidence{}, err
	}
	if made == nil {
		if made, err = c.give(ctx, a, payment, r, amount); err != nil {
			return c.refusal(ctx, a, r, amount, err)
		}
	}
	return given(made, payment, r)
}

func refundable(a component.Attempt, r component.Refund) (int64, error) {
	amount, err := toStripe(r.Amount)
	switch {
	case checkNumber(a.ID) != nil:
		return 0, order.Errorf(order.CodeInvalid, "", "the attempt %w", checkNumber(a.ID))
	case checkNumber(r.ID) != nil:
		return 0, order.Errorf(order.CodeInvalid, "", "the refund's number %w", checkNumber(r.ID))
	case r.Amount.Validate() != nil || r.Amount.Currency != a.Amount.Currency:
		return 0, order.Errorf(order.CodeInvalid, "", "the refund's amount is %s: want %s", r.Amount, a.Amount.Currency)
	case err != nil:
		return 0, order.Errorf(order.CodeInvalid, "", "%w", err)
	}
	return amount, nil
}

// payment is the PaymentIntent that the attempt was paid with, or the reason why
// there is nothing to give back.
func (c *Component) payment(ctx context.Context, a component.Attempt) (*sdk.PaymentIntent, string, error) {
	s, err := c.find(ctx, a)
	var e component.Evidence
	switch {
	case err != nil:
		return nil, "", err
	case s == nil:
		e = c.absent(a)
	default:
		e, err = answered(s)
	}
	switch {
	case err != nil:
		return nil, "", err
	case e.Outcome == component.OutcomeFailed:
		return nil, reasonNotPaid, nil
	case e.Outcome != component.OutcomeSucceeded:
		return nil, "", unknown("the payment is not decided: ask again", nil)
	case s.PaymentIntent == nil || s.PaymentIntent.ID == "":
		return nil, "", unreadable("session %.80q is paid and has no payment_intent", s.ID)
	}
	return s.PaymentIntent, "", nil
}

// made is the refund that was made under this number before, if there is one. An
// idempotency key is forgotten after a day; the list is not.
func (c *Component) made(ctx context.Context, payment *sdk.PaymentIntent, r component.Refund) (*sdk.Refund, error) {
	next := func(after *string) *sdk.V1List[*sdk.Refund] {
		p := &sdk.RefundListParams{PaymentIntent: new(payment.ID)}
		p.Limit, p.StartingAfter = new(int64(100)), after
		return c.client().V1Refunds.List(ctx, p)
	}
	return look(next, func(r *sdk.Refund) string { return r.ID }, func(one *sdk.Refund) bool { return one.Metadata[metaRefund] == r.ID },
		maxRefunds, "the payment has too many refunds at Stripe to look through")
}

func (c *Component) give(ctx context.Context, a component.Attempt, payment *sdk.PaymentIntent, r component.Refund, amount int64) (*sdk.Refund, error) {
	p := &sdk.RefundCreateParams{PaymentIntent: new(payment.ID), Amount: new(amount), Metadata: map[string]string{metaID: a.ID, metaRefund: r.ID}}
	if why := short(strings.ToValidUTF8(r.Reason, ""), maxValue); why != "" {
		p.Metadata["reason"] = why
	}
	p.SetIdempotencyKey("refund-" + r.ID)
	return c.client().V1Refunds.Create(ctx, p)
}

// given is what a refund at Stripe says.
func given(made *sdk.Refund, payment *sdk.PaymentIntent, r component.Refund) (component.RefundEvidence, error) {
	e := component.RefundEvidence{Outcome: component.OutcomePending, Refund: made.Metadata[metaRefund], Reference: made.ID}
	amount, err := fromStripe(made.Amount, string(made.Currency))
	switch {
	case e.Refund != r.ID || made.PaymentIntent == nil || made.PaymentIntent.ID != payment.ID:
		return component.RefundEvidence{}, unreadable("it is about refund %.40q of another payment, or not %q", e.Refund, r.ID)
	case err != nil:
		return component.RefundEvidence{}, unreadable("refund %.80q: amount %w", made.ID, err)
	case order.CheckText(made.ID, 128) != nil:
		return component.RefundEvidence{}, unreadable("the ID of the refund %w", order.CheckText(made.ID, 128))
	case amount != r.Amount:
		return component.RefundEvidence{}, order.Errorf(order.CodeConflict, "", "the number %s stands for a refund of %s", r.ID, amount)
	}
	switch made.Status {
	case sdk.RefundStatusPending, sdk.RefundStatusRequiresAction:
	case sdk.RefundStatusSucceeded:
		e.Outcome, e.Amount, e.At = component.OutcomeSucceeded, amount, time.Unix(made.Created, 0).UTC()
	case sdk.RefundStatusFailed, sdk.RefundStatusCanceled:
		e.Outcome, e.Reason = component.OutcomeFailed, whyFailed(made)
	default:
		return component.RefundEvidence{}, unreadable("refund %.80q has the status %.40q", made.ID, made.Status)
	}
	return e, nil
}

// whyFailed is Stripe's own word, where it gives one.
func whyFailed(made *sdk.Refund) string {
	word := string(made.FailureReason)
	if word == "" || len(word) > 64 || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return string(made.Status)
	}
	return word
}

// refusal is what it means that Stripe did not give back. What is not known to be
// final is an error, and asked for again under the same number.
func (c *Component) refusal(ctx context.Context, a component.Attempt, r component.Refund, amount int64, refusal error) (component.RefundEvidence, error) {
	e, _ := errors.AsType[*sdk.Error](refusal)
	no := component.RefundEvidence{Outcome: component.OutcomeFailed, Refund: r.ID}
	switch {
	case !refused(refusal):
		return component.RefundEvidence{}, failed(refusal)
	case e.Code == sdk.ErrorCodeChargeAlreadyRefunded:
		no.Reason = reasonExceeds
	case e.Code == sdk.ErrorCodeChargeDisputed || e.Code == sdk.ErrorCodeRefundDisputedPayment:
		no.Reason = reasonDisputed
	case e.Code == sdk.ErrorCodeChargeNotRefundable:
		no.Reason = reasonNever
	case c.exceeds(ctx, a, amount):
		no.Reason = reasonExceeds
	default:
		return component.RefundEvidence{}, failed(refusal)
	}
	return no, nil
}

// exceeds reports that less than amount is left of the payment: Stripe has no code
// for asking too much.
func (c *Component) exceeds(ctx context.Context, a component.Attempt, amount int64) bool {
	payment, _, err := c.payment(ctx, a)
	if err != nil || payment == nil || payment.LatestCharge == nil {
		return false
	}
	return amount > payment.LatestCharge.Amount-payment.LatestCharge.AmountRefunded
}

// refused reports that Stripe understood a request and did nothing.
func refused(err error) bool {
	e, ok := errors.AsType[*sdk.Error](err)
	return ok && e.Type == sdk.ErrorTypeInvalidRequest && (e.HTTPStatusCode == http.StatusBadRequest || e.HTTPStatusCode == http.StatusNotFound)
}
