package stripe

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	sdk "github.com/stripe/stripe-go/v85"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const (
	shortest = 30 * time.Minute // that a session may live, from its creation
	longest  = 24 * time.Hour
	margin   = 2 * time.Minute // for clocks that differ, and for the way to Stripe
	maxName  = 250             // bytes of a text for people
	maxValue = 500             // characters of a value of metadata
	metaID   = "attempt"       // the key of metadata that holds the attempt's ID
)

// Begin implements component.Component. It creates the Checkout Session of the
// attempt, or finds the one that an earlier Begin created, and sends the payer to its
// page. Once the payer has paid, or the session or attempt has ended, it says so.
func (c *Component) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	p, err := c.begin(ctx, a)
	return p, named("stripe.Begin", err)
}

func (c *Component) begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	now := c.options.Now()
	if err := c.beginnable(a, now); err != nil {
		return component.Progress{}, err
	}
	if !now.Before(a.Expires) {
		return c.Resume(ctx, a, component.Return{})
	}
	s, err := c.find(ctx, a)
	switch {
	case err != nil:
		return component.Progress{}, err
	case s == nil:
		return component.Progress{}, unknown("the session is not to be found", nil)
	case s.Status == sdk.CheckoutSessionStatusOpen && s.PaymentStatus == sdk.CheckoutSessionPaymentStatusUnpaid:
		return invite(a, s)
	}
	e, err := answered(s)
	if err != nil {
		return component.Progress{}, err
	}
	return component.Progress{Evidence: &e, Reference: e.Reference}, nil
}

// invite sends the payer to the session's page, if it asks for what the attempt is
// for.
func invite(a component.Attempt, s *sdk.CheckoutSession) (component.Progress, error) {
	asked, err := fromStripe(s.AmountTotal, string(s.Currency))
	if err != nil {
		return component.Progress{}, unreadable("amount_total: %w", err)
	}
	if asked != a.Amount {
		return component.Progress{}, order.Errorf(order.CodeConflict, "", "the attempt's session at Stripe asks for %s, not %s", asked, a.Amount)
	}
	action := component.Action{Redirect: &component.Redirect{Address: s.URL}}
	if err := action.Validate(); err != nil {
		return component.Progress{}, unreadable("url: %w", err)
	}
	return component.Progress{Action: &action, Reference: s.ID}, nil
}

// beginnable reports why the attempt cannot be paid with Stripe Checkout.
func (c *Component) beginnable(a component.Attempt, now time.Time) error {
	switch err := errors.Join(checkNumber(a.ID), c.payable(a.Amount)); {
	case checkNumber(a.ID) != nil:
		return order.Errorf(order.CodeInvalid, "", "the attempt %w", checkNumber(a.ID))
	case !slices.Contains(a.Actions, component.ActionRedirect):
		return order.Errorf(order.CodeRefused, "", "the terminal can %v: Stripe Checkout needs %s", a.Actions, component.ActionRedirect)
	case err != nil:
		return order.Errorf(order.CodeRefused, "", "%w", err)
	case a.ReturnAddress == "":
		return order.Errorf(order.CodeInvalid, "", "the attempt has no address to return to")
	case a.Expires.After(now.Add(longest - margin)):
		return order.Errorf(order.CodeRefused, "", "a Checkout Session lives for 24 hours at most: the attempt expires at %s", a.Expires.UTC().Format(time.RFC3339))
	}
	return nil
}

// variants are the two requests that may create the session: one with the attempt's
// expiry, and one without, for attempts that expire sooner than Stripe lets a session
// expire. Both hold nothing but what is the attempt's, so that a repeated request is
// the same to the byte; which one comes first depends on the time that is left.
func (c *Component) variants(a component.Attempt, now time.Time) ([]*sdk.CheckoutSessionCreateParams, error) {
	timed, err := parameters(a)
	if err != nil {
		return nil, err
	}
	untimed, err := parameters(a)
	if err != nil {
		return nil, err
	}
	timed.ExpiresAt = new(a.Expires.Unix())
	if a.Expires.Before(now.Add(shortest + margin)) {
		return []*sdk.CheckoutSessionCreateParams{untimed, timed}, nil
	}
	return []*sdk.CheckoutSessionCreateParams{timed, untimed}, nil
}

// parameters of the session: one line, which is the whole order.
func parameters(a component.Attempt) (*sdk.CheckoutSessionCreateParams, error) {
	amount, err := toStripe(a.Amount)
	if err != nil {
		return nil, order.Errorf(order.CodeRefused, "", "%w", err)
	}
	p := &sdk.CheckoutSessionCreateParams{
		Mode: new(string(sdk.CheckoutSessionModePayment)), ClientReferenceID: new(a.ID), Metadata: map[string]string{metaID: a.ID},
		SuccessURL: new(a.ReturnAddress), CancelURL: new(a.ReturnAddress),
		PaymentIntentData: &sdk.CheckoutSessionCreatePaymentIntentDataParams{Metadata: map[string]string{metaID: a.ID}},
		LineItems: []*sdk.CheckoutSessionCreateLineItemParams{{
			Quantity: new(int64(1)),
			PriceData: &sdk.CheckoutSessionCreateLineItemPriceDataParams{
				Currency: new(strings.ToLower(a.Amount.Currency)), UnitAmount: new(amount),
				ProductData: &sdk.CheckoutSessionCreateLineItemPriceDataProductDataParams{Name: new(subject(a))},
			},
		}},
	}
	p.SetIdempotencyKey("checkout-" + a.ID)
	return p, nil
}

// subject is what the payer reads at Stripe: the order's description, or else the
// merchant's name.
func subject(a component.Attempt) string {
	for _, text := range []string{a.Description, a.MerchantName} {
		text = short(strings.Join(strings.Fields(strings.ToValidUTF8(text, " ")), " "), maxName)
		if order.CheckText(text, maxName) == nil {
			return text
		}
	}
	return a.ID
}

// short is as many bytes of a text as Stripe takes.
func short(text string, most int) string {
	for len(text) > most {
		_, last := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-last]
	}
	return text
}
