package order

import (
	"context"
	"time"
)

// Delivery is one event on its way to one endpoint.
type Delivery struct {
	ID       ID            `json:"id"` // the header webhook-id, the same at every try
	Endpoint ID            `json:"endpoint"`
	Type     EventType     `json:"type"`
	Order    ID            `json:"order"` // the acquirer's
	State    DeliveryState `json:"state"`
	Reason   FailedReason  `json:"reason,omitempty"` // why it has failed
	Created  time.Time     `json:"created"`
	Next     time.Time     `json:"next,omitzero"` // when the schedule tries again
	// Tries are those that were made, oldest first, the latest 20 of them. Lists
	// leave them out.
	Tries []DeliveryTry `json:"tries,omitempty"`
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states.
const (
	DeliveryPending   DeliveryState = "pending"   // it is tried by the schedule until it is taken
	DeliveryDelivered DeliveryState = "delivered" // the endpoint answered with 2xx
	DeliveryFailed    DeliveryState = "failed"    // it is not tried any more, except by a replay
)

// FailedReason is why a delivery is not tried any more.
type FailedReason string

// The reasons.
const (
	FailedExhausted FailedReason = "exhausted"         // every try of the schedule failed
	FailedGone      FailedReason = "endpoint_gone"     // the endpoint answered with 410
	FailedDisabled  FailedReason = "endpoint_disabled" // the endpoint was disabled when its turn came
	FailedDeleted   FailedReason = "endpoint_deleted"  // the endpoint was deleted before its turn came
)

// DeliveryTry is one request to an endpoint.
type DeliveryTry struct {
	Number   int64     `json:"number"` // from 1
	At       time.Time `json:"at"`
	Status   int       `json:"status,omitempty"` // of the answer; 0 when there was none
	Error    TryError  `json:"error,omitempty"`  // "" when it was taken
	Duration int64     `json:"duration_ms"`
	Replay   bool      `json:"replay,omitempty"` // it was asked for by hand
}

// TryError is what went wrong with a try.
type TryError string

// The errors.
const (
	TryStatus    TryError = "status"    // the answer's status is not 2xx
	TryRedirect  TryError = "redirect"  // the answer is a redirect: those are not followed
	TryGone      TryError = "gone"      // 410: the endpoint is disabled
	TryThrottled TryError = "throttled" // 429, 502, 503 or 504: the endpoint is spared for a while
	TryTimeout   TryError = "timeout"   // no answer in time
	TryAddress   TryError = "address"   // the host's addresses are not on the public internet
	TryLookup    TryError = "lookup"    // the host has no address
	TryTLS       TryError = "tls"       // the certificate or the handshake
	TryConnect   TryError = "connect"   // no connection
	TryBroken    TryError = "broken"    // the connection ended without an answer that is HTTP
	TrySecret    TryError = "secret"    // the gateway gave up the key that signs: rotate the secret
)

// DeliveryQuery says which deliveries to list.
type DeliveryQuery struct {
	Endpoint ID // "" means all
	Before   ID // those made before this one; "" means from the newest
}

// DeliveryPage is a part of a list, newest first.
type DeliveryPage struct {
	Deliveries []Delivery `json:"deliveries"`
	Next       ID         `json:"next,omitempty"` // what to list before for the next part; "" at the end
}

// DeliveryReplay asks for a try now, whatever became of the delivery. Its tries
// by the schedule go on as they would.
type DeliveryReplay struct {
	Delivery ID
	Key      string // idempotency key, as in [EndpointRequest]
}

// DeliveryLog is what an acquirer may ask of the clearing institution about
// deliveries. A value is bound to its acquirer: what belongs to another is
// [CodeNotFound].
type DeliveryLog interface {
	// Deliveries lists up to 100.
	Deliveries(ctx context.Context, q DeliveryQuery) (DeliveryPage, error)
	// Delivery is one of them, with its tries.
	Delivery(ctx context.Context, id ID) (Delivery, error)
	// Replay sends the same webhook once more, now. While one waits, asking again
	// adds none. [CodeConflict] says that its endpoint was deleted.
	Replay(ctx context.Context, r DeliveryReplay) (Delivery, error)
}

// Webhooks is what an acquirer may ask of the clearing institution about the
// webhooks that its merchants get.
type Webhooks interface {
	EndpointRegistry
	DeliveryLog
}

// Validate checks a replay and returns an *[Error] with every problem.
func (r DeliveryReplay) Validate() error {
	return problems(nil).keyed(r.Key, "the replay is not valid")
}
