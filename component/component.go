package component

import (
	"context"
	"net/textproto"
	"time"

	"github.com/anyscan/anyscan/order"
)

// A Component is one configured way to pay: a kind of wallet with one
// operator's settings. Further abilities are interfaces of their own, found
// with [As]: [Receiver], [Querier], [Canceler] and [Refunder].
type Component interface {
	// Describe says what the component is. It is called once, at registration,
	// and does no I/O.
	Describe() Description
	// Begin starts a payment at the provider, usually answering with the Action
	// that the terminal has to perform. It may be called again for the same
	// attempt, after a crash, and must then find the same payment.
	Begin(ctx context.Context, a Attempt) (Progress, error)
	// Resume goes on when the terminal has come back from an action. What it
	// brought back is a hint: Evidence comes from the provider.
	Resume(ctx context.Context, a Attempt, r Return) (Progress, error)
}

// A Receiver takes notifications from its provider.
type Receiver interface {
	// Receive verifies the notification and says what it proves. A forged or
	// malformed one is an *order.Error with a code that is not retryable; any
	// other error makes the provider send it again.
	Receive(ctx context.Context, n Notification) (Received, error)
}

// A Querier can ask its provider what became of an attempt. See [Ask].
type Querier interface {
	// Query returns Evidence with OutcomePending while the provider has not
	// decided, and OutcomeFailed when it never heard of the attempt and will
	// refuse it from now on.
	Query(ctx context.Context, a Attempt) (Evidence, error)
}

// A Canceler can close a payment at its provider, so that nobody can pay it any
// more.
type Canceler interface {
	// Cancel closes the payment of the attempt and says how it stands then:
	// OutcomeFailed once the provider will never take money for it, whether it had
	// heard of the attempt before or not; OutcomeSucceeded when the payer was
	// faster; OutcomePending when the provider can neither close it nor say yet. It
	// never takes back money that moved. It may be called again.
	Cancel(ctx context.Context, a Attempt) (Evidence, error)
}

// Attempt is what a component is told about one try to pay an order.
type Attempt struct {
	ID            string      // the gateway's, at most 32 of a-z 0-9: the number to give the provider
	Acquirer      string      // whose merchant is paid; two acquirers may use one identifier
	Merchant      string      // identifier, as registered at the gateway for the acquirer
	MerchantName  string      // for people
	Description   string      // of the order, one line, may be empty
	Amount        order.Money // to be paid, exactly
	Expires       time.Time   // the provider should refuse to pay after this
	Reference     string      // the provider's name for the payment, once a Progress gave it
	ReturnAddress string      // where a browser must come back to
	NotifyAddress string      // where the provider must send notifications to
	// PayerAddress is the network address (IPv4 or IPv6) of the payer's device as the
	// gateway sees it, for providers that ask for it. It is known to Begin alone, if at
	// all: nobody stores it.
	PayerAddress string
	// Actions are what the payer's terminal can perform, what it prefers first.
	// Begin and Resume choose among them; the gateway refuses any other.
	Actions []ActionKind
}

// Return is what came back from an action: a hint, not evidence.
type Return struct {
	Query string `json:"query,omitempty"` // raw query that was added to Attempt.ReturnAddress
	Form  string `json:"form,omitempty"`  // raw form body that was posted there
	Data  string `json:"data,omitempty"`  // what a native or bridge call gave back, or a payment response's details
}

// Progress is how far an attempt has come. With neither Action nor Evidence the
// payment is under way and its outcome will come by notification or query.
type Progress struct {
	Action    *Action   // what the terminal has to do next
	Evidence  *Evidence // what the provider says happened
	Reference string    // the provider's name for the payment, to be given back in Attempt
}

// Notification is a provider's notification as it came in, for any HTTP stack.
type Notification struct {
	Header textproto.MIMEHeader
	Query  string // raw
	Body   []byte // raw
}

// Received is what a notification proves and what to answer the provider.
type Received struct {
	Evidence    *Evidence // nil for a genuine notification that is about no outcome
	Acknowledge Acknowledgement
}

// Acknowledgement is the answer with which a provider stops sending.
type Acknowledgement struct {
	Status      int // of the HTTP response; 0 means 200
	ContentType string
	Body        []byte
}

// Ask asks a component what became of an attempt: by Query where it is a
// [Querier], or else by Resume as if the terminal had come back with nothing.
// An error means that it is still not known.
func Ask(ctx context.Context, c Component, a Attempt) (Evidence, error) {
	if q, ok := As[Querier](c); ok {
		return q.Query(ctx, a)
	}
	p, err := c.Resume(ctx, a, Return{})
	switch {
	case err != nil:
		return Evidence{}, err
	case p.Evidence != nil:
		return *p.Evidence, nil
	}
	return Evidence{Outcome: OutcomePending, Attempt: a.ID, Reference: p.Reference}, nil
}

// As finds an ability of a component, looking through wrappers that have an
// Unwrap method.
func As[T any](c Component) (ability T, ok bool) {
	for c != nil {
		if ability, ok = c.(T); ok {
			return ability, true
		}
		w, wrapped := c.(interface{ Unwrap() Component })
		if !wrapped {
			break
		}
		c = w.Unwrap()
	}
	return ability, false
}
