package scan

import (
	"context"
	"errors"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
)

// Host is the app around the terminal: it shows pages to the payer and asks.
// Every call may wait for a person and must end when its context does. To stop
// the payment it returns [ErrCanceled] or an error of its own.
type Host interface {
	// Page shows a merchant page and returns what the payer entered: on a shop
	// page the choices, on a direct page without a fixed total the amount; on
	// the others nothing, the nil error being the payer's consent to pay.
	Page(ctx context.Context, p order.Page) (Answer, error)
	// Choose shows the offers that this terminal can perform and who is paid, Session.MerchantName, and returns
	// the name of the offer that the payer picked. It is asked when the gateway
	// instructs so or names one that cannot be performed here, again after an
	// attempt failed (see Session.Attempt), and whenever the gateway knows the merchant by another name than the page that
	// was shown: only the gateway's is verified.
	Choose(ctx context.Context, s gateway.Session) (component string, err error)
	// Result shows how the payment ended.
	Result(ctx context.Context, r Result) error
}

// Answer is what the payer entered on a merchant page.
type Answer struct {
	Choices []order.Choice // from a shop page
	Amount  order.Money    // on a direct page where the payer enters it
}

// ErrCanceled is what a [Host] returns when the payer does not go on.
var ErrCanceled = errors.New("scan: the payer stopped the payment")

// An Invoker performs an action: a browser that opens a provider's page, or an
// app that pays. What it returns is a hint for the gateway, never a proof.
type Invoker interface {
	Invoke(ctx context.Context, a component.Action) (component.Return, error)
}
