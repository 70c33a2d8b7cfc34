package order

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"
)

// EventType is what a webhook tells of, written as Standard Webhooks 1.0.0 asks
// for ("Event types").
type EventType string

// The types: an order became final at the gateway, or a refund of one did.
const (
	EventPaid         EventType = "order.paid"
	EventCanceled     EventType = "order.canceled"
	EventExpired      EventType = "order.expired"
	EventRefunded     EventType = "order.refunded"
	EventRefundFailed EventType = "order.refund_failed"
)

// EventOf is the type of event that an order in the state tells of; ok is false
// for a state that is not final at the gateway.
func EventOf(s State) (e EventType, ok bool) {
	switch s {
	case StatePaid:
		return EventPaid, true
	case StateCanceled:
		return EventCanceled, true
	case StateExpired:
		return EventExpired, true
	}
	return "", false
}

// EventOfRefund is the type of event that a refund in the state tells of; ok is false
// for a state that is not final at the gateway.
func EventOfRefund(s RefundState) (e EventType, ok bool) {
	switch s {
	case RefundSucceeded:
		return EventRefunded, true
	case RefundFailed:
		return EventRefundFailed, true
	}
	return "", false
}

// Event is the body of a webhook (Standard Webhooks 1.0.0, "Payload structure").
type Event struct {
	Type      EventType `json:"type"`
	Timestamp time.Time `json:"timestamp"` // when it happened, not when it was sent
	// Data is the order as the gateway holds it, without its lines and its
	// return address: those are between payer, merchant and acquirer.
	Data Status `json:"data"`
	// Refund is the one that an event about a refund tells of; it is among those of
	// Data, too.
	Refund *Refund `json:"refund,omitempty"`
}

// Endpoint is where a third party, such as a merchant, is told of the orders of
// an acquirer.
type Endpoint struct {
	ID       ID          `json:"id"`
	Address  string      `json:"address"`            // https, on the public internet
	Merchant string      `json:"merchant,omitempty"` // whose orders; "" means those of all the acquirer's merchants
	Events   []EventType `json:"events,omitempty"`   // what it is told of; none means all, also those to come
	Created  time.Time   `json:"created"`
	// PublicKey verifies the newest v1a signature: whpk_ and the ed25519 key in
	// base64. It is no secret.
	PublicKey string `json:"public_key,omitempty"`
	// Disabled is when the gateway stopped to send there; zero while it does.
	// An endpoint that takes a replayed delivery is enabled again.
	Disabled time.Time      `json:"disabled,omitzero"`
	Reason   DisabledReason `json:"reason,omitempty"`
}

// DisabledReason is why an endpoint was disabled.
type DisabledReason string

// The reasons.
const (
	DisabledGone    DisabledReason = "gone"    // it answered with 410
	DisabledFailing DisabledReason = "failing" // it took nothing for as long as a delivery is tried, more than three days
)

// EndpointRequest asks for a new endpoint.
type EndpointRequest struct {
	Address  string      `json:"address"`
	Merchant string      `json:"merchant,omitempty"`
	Events   []EventType `json:"events,omitempty"`
	// Key makes the request idempotent for a day: repeated with the same key it
	// gives the same answer, the secret included. It travels as the
	// Idempotency-Key header.
	Key string `json:"-"`
}

// EndpointKeys are an endpoint with the secret that its receiver verifies by.
// The secret is told in this answer and in no other.
type EndpointKeys struct {
	Endpoint Endpoint
	Secret   EndpointSecret
}

// EndpointSecret is what verifies the v1 signatures of an endpoint's webhooks:
// whsec_ and 32 bytes in base64. It never prints: fmt, encoding/json and log/slog
// write "[secret]"; string(s) is the secret itself.
type EndpointSecret string

// Format writes the placeholder for every verb.
func (EndpointSecret) Format(f fmt.State, _ rune) { io.WriteString(f, "[secret]") }

// MarshalText is the placeholder, for JSON and the log.
func (EndpointSecret) MarshalText() ([]byte, error) { return []byte("[secret]"), nil }

// SecretRotation gives an endpoint a new secret and a new ed25519 key.
type SecretRotation struct {
	Endpoint ID `json:"-"`
	// Until is when the secrets that are replaced stop to sign beside the new
	// one, at most 7 days ahead. Default: a day from now; a time in the past
	// ends them at once.
	Until time.Time `json:"until,omitzero"`
	Key   string    `json:"-"` // idempotency key, as in [EndpointRequest]
}

// EndpointDeletion asks for the end of an endpoint.
type EndpointDeletion struct {
	Endpoint ID
	Key      string // idempotency key, as in [EndpointRequest]
}

// EndpointPage is a part of a list, newest first.
type EndpointPage struct {
	Endpoints []Endpoint `json:"endpoints"`
	Next      ID         `json:"next,omitempty"` // what to list before for the next part; "" at the end
}

// EndpointRegistry is what an acquirer may ask of the clearing institution about
// endpoints. A value is bound to its acquirer: what belongs to another is
// [CodeNotFound].
//
// Writes need an idempotency key, which is good for a day:
// [CodeIdempotencyKeyMissing] without one, [CodeIdempotencyKeyReused] when it
// stands for another request.
type EndpointRegistry interface {
	// CreateEndpoint adds an endpoint. [CodeRefused] says that the acquirer has
	// as many as it may, or no such merchant.
	CreateEndpoint(ctx context.Context, r EndpointRequest) (EndpointKeys, error)
	// Endpoints lists up to 100, from the newest or from the one that was made
	// before the given.
	Endpoints(ctx context.Context, before ID) (EndpointPage, error)
	// Endpoint is one of them.
	Endpoint(ctx context.Context, id ID) (Endpoint, error)
	// DeleteEndpoint removes an endpoint: nothing is sent there any more.
	DeleteEndpoint(ctx context.Context, d EndpointDeletion) error
	// RotateSecret gives an endpoint new keys beside the old ones.
	RotateSecret(ctx context.Context, r SecretRotation) (EndpointKeys, error)
}

// Validate checks an endpoint request and returns an *[Error] with every problem.
// Whether the address is one that webhooks may be sent to is for the gateway to
// decide.
func (r EndpointRequest) Validate() error {
	var p problems
	p.text("/address", r.Address, maxAddress, true)
	if r.Merchant != "" {
		p.identifier("/merchant", r.Merchant)
	}
	p.events("/events", r.Events)
	return p.keyed(r.Key, "the endpoint is not valid")
}

func (p *problems) events(path string, events []EventType) {
	all := []EventType{EventPaid, EventCanceled, EventExpired, EventRefunded, EventRefundFailed}
	if len(events) > len(all) {
		p.add(path, "has %d entries: at most %d, or none for all", len(events), len(all))
		return
	}
	for i, e := range events {
		at := fmt.Sprintf("%s/%d", path, i)
		if !slices.Contains(all, e) {
			p.add(at, "is %.40q: want one of %v", e, all)
		} else if slices.Contains(events[:i], e) {
			p.add(at, "stands twice: give each type once")
		}
	}
}

// Validate checks a deletion and returns an *[Error] with every problem.
func (d EndpointDeletion) Validate() error {
	return problems(nil).keyed(d.Key, "the deletion is not valid")
}

// Validate checks a rotation and returns an *[Error] with every problem.
func (r SecretRotation) Validate() error {
	return problems(nil).keyed(r.Key, "the rotation is not valid")
}
