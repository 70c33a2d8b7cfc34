package stripe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	sdk "github.com/stripe/stripe-go/v85"
	"github.com/stripe/stripe-go/v85/webhook"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

const maxEvent = 512 << 10 // bytes

// Receive implements component.Receiver. It takes only an event that Stripe signed
// with one of the endpoint's secrets within the last 300 seconds, of the account and
// the mode of the secret key. What Stripe tells about anything but a Checkout Session
// of this component is acknowledged and proves nothing.
//
// Errors are *order.Error: CodeUnauthenticated for a forged, changed, stale or foreign
// event, CodeTooLarge, and CodeInvalid for one that is signed but makes no sense here.
// Each says what was wrong, and none is retryable: Stripe sends it again by itself,
// and the gateway asks.
func (c *Component) Receive(_ context.Context, n component.Notification) (component.Received, error) {
	e, err := c.receive(n)
	if err != nil {
		return component.Received{}, named("stripe.Receive", err)
	}
	return component.Received{Evidence: e, Acknowledge: component.Acknowledgement{Status: http.StatusOK}}, nil
}

func (c *Component) receive(n component.Notification) (*component.Evidence, error) {
	if len(n.Body) > maxEvent {
		return nil, order.Errorf(order.CodeTooLarge, "", "the event has more than %d bytes", maxEvent)
	}
	event, err := c.event(n)
	if err != nil {
		return nil, &order.Error{Code: order.CodeUnauthenticated, Detail: err.Error()}
	}
	e, err := told(event)
	if err != nil {
		return nil, &order.Error{Code: order.CodeInvalid, Detail: "the event makes no sense here", Err: err}
	}
	return e, nil
}

// event is what Stripe signed, once it is known to be for this component and new.
func (c *Component) event(n component.Notification) (e sdk.Event, err error) {
	signed, err := readSignature(n.Header)
	if err != nil {
		return e, err
	}
	secret, err := c.signedWith(n.Body, signed)
	if err == nil {
		err = c.timely(signed.at)
	}
	if err != nil {
		return e, err
	}
	// The API version of an event is the endpoint's: sessions have had what is read
	// here since before 2020.
	e, err = webhook.ConstructEventWithOptions(n.Body, signed.header, secret, webhook.ConstructEventOptions{IgnoreTolerance: true, IgnoreAPIVersionMismatch: true})
	switch {
	case err != nil:
		return e, fmt.Errorf("it is signed and no event: want the endpoint's payload style to be snapshot: %.200w", err)
	case e.Account != "":
		return e, fmt.Errorf("the event is of the connected account %.40q: want the endpoint to listen to the own account alone", e.Account)
	case e.Livemode != c.live:
		return e, fmt.Errorf("the event is of %s, the secret key of %s", mode(e.Livemode), mode(c.live))
	}
	return e, nil
}

func mode(live bool) string {
	if live {
		return "live mode"
	}
	return "test mode"
}

// timely refuses what is old enough to be a replay, or comes before its time.
func (c *Component) timely(at time.Time) error {
	switch ahead := at.Sub(c.options.Now()).Truncate(time.Second); {
	case ahead > webhook.DefaultTolerance:
		return fmt.Errorf("the event was signed %s ahead of this machine's clock: is the clock wrong?", ahead)
	case ahead < -webhook.DefaultTolerance:
		return fmt.Errorf("the event was signed %s ago: a replay, or the clock is wrong; Stripe signs anew whenever it sends again", -ahead)
	}
	return nil
}

// told is what an event says about an attempt; nil for one that is about something
// else.
func told(event sdk.Event) (*component.Evidence, error) {
	switch event.Type {
	case sdk.EventTypeCheckoutSessionCompleted, sdk.EventTypeCheckoutSessionAsyncPaymentSucceeded,
		sdk.EventTypeCheckoutSessionAsyncPaymentFailed, sdk.EventTypeCheckoutSessionExpired:
	default:
		return nil, nil
	}
	if event.Data == nil {
		return nil, errors.New("it has no data")
	}
	var s sdk.CheckoutSession
	if err := json.Unmarshal(event.Data.Raw, &s); err != nil {
		return nil, fmt.Errorf("data.object: %w", err)
	}
	if s.Metadata[metaID] == "" || s.Metadata[metaID] != s.ClientReferenceID {
		return nil, nil // a session of the account that this component did not create
	}
	e, err := agrees(event, &s)
	if err != nil {
		return nil, err
	}
	return &e, nil
}

// agrees is what a session says of ours, if that is what the event's type says.
func agrees(event sdk.Event, s *sdk.CheckoutSession) (component.Evidence, error) {
	e, err := evidence(s)
	if err != nil {
		return e, err
	}
	contradicts := false
	switch event.Type {
	case sdk.EventTypeCheckoutSessionAsyncPaymentSucceeded:
		contradicts = e.Outcome != component.OutcomeSucceeded
	case sdk.EventTypeCheckoutSessionExpired:
		contradicts = s.Status != sdk.CheckoutSessionStatusExpired
	case sdk.EventTypeCheckoutSessionAsyncPaymentFailed:
		if contradicts = s.Status != sdk.CheckoutSessionStatusComplete || e.Outcome == component.OutcomeSucceeded; !contradicts {
			e.Outcome, e.Reason = component.OutcomeFailed, reasonDeclined
		}
	}
	if contradicts {
		return e, fmt.Errorf("%s, and the session is %.20s, %.20s", event.Type, s.Status, s.PaymentStatus)
	}
	if e.Outcome == component.OutcomeSucceeded && event.Created > 0 {
		e.At = time.Unix(event.Created, 0).UTC()
	}
	return e, nil
}
