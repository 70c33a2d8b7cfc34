package gateway

import (
	"context"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// SecondServer is the clearing institution with its unified payment gateway
// (claim 1, "second server"): the halves that its peers may call. Its
// implementation is clearing.Server. It is safe for concurrent use.
type SecondServer interface {
	Cashier
	Receiver
	// For is the half that one acquirer may call, bound to it. An acquirer that
	// is not in the directory is order.CodeUnauthenticated.
	For(acquirer string) (order.Desk, error)
}

// Cashier is what a terminal may ask of the gateway.
type Cashier interface {
	// Open is the session behind a gateway address. It changes nothing, so that
	// a link preview or a reload is harmless.
	Open(ctx context.Context, address string, o Opening) (Session, error)
	// Begin starts an attempt with one of the offers, at the gateway address.
	Begin(ctx context.Context, address string, b Beginning) (Attempt, error)
	// Resume goes on with an attempt, at the attempt's return address, after
	// its action was performed. What the terminal brings back is a hint; the
	// answer is what the component found out. It may be called again to look.
	Resume(ctx context.Context, address string, r component.Return) (Attempt, error)
}

// Receiver is what a provider may tell the gateway.
type Receiver interface {
	// Receive hands a notification to the named component and records what it
	// proves. The acknowledgement is what to answer the provider; after an error
	// whose code is retryable the provider should send it again.
	Receive(ctx context.Context, name string, n component.Notification) (component.Acknowledgement, error)
}
