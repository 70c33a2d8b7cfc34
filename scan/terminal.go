package scan

import (
	"context"
	"image"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/verify"
)

// Terminal is the terminal device (claim 9) as the app around it calls it. Its
// implementation is [Payer].
type Terminal interface {
	// Scan reads the code in a picture and verifies its address. Two different
	// legal codes in one picture are refused: the terminal does not guess. Where
	// none is legal, one that holds another scheme's payload instead of an address
	// is a *PayloadError.
	Scan(ctx context.Context, picture image.Image) (Code, error)
	// Read verifies an address that another scanner read. A payload of another
	// scheme is a *PayloadError.
	Read(ctx context.Context, address string) (Code, error)
	// Pay takes the payer from the merchant page to the result. After an error
	// the result says how far the payment came: with a gateway address in it,
	// Continue goes on.
	Pay(ctx context.Context, code Code) (Result, error)
	// Continue goes on with a payment at its gateway address, which an app keeps
	// when it hands over to another: a phone may end it before the payer returns.
	// An attempt that is under way is gone on with, not made again.
	Continue(ctx context.Context, gatewayAddress string) (Result, error)
}

// Code is a code whose address was verified. Only [Payer.Scan] and
// [Payer.Read] make one; the zero Code is refused.
type Code struct {
	format  barcode.Format
	verdict verify.Verdict
}

// Address is the code address, in canonical form.
func (c Code) Address() string { return c.verdict.Address.String() }

// Format is the symbology that the code was printed in; empty for an address
// that another scanner read.
func (c Code) Format() barcode.Format { return c.format }

// Verdict says which method found the address legal, with which key or rule.
func (c Code) Verdict() verify.Verdict { return c.verdict }

// Result is how a payment ended, as the gateway says.
type Result struct {
	// GatewayAddress is where the payment can be continued; empty before the
	// acquirer has sent the terminal there.
	GatewayAddress string           `json:"gateway_address,omitempty"`
	Order          order.Order      `json:"order"`
	MerchantName   string           `json:"merchant_name"`
	State          order.State      `json:"state"`             // Open when the provider has not decided yet
	Payment        *order.Payment   `json:"payment,omitempty"` // set when State is Paid
	Attempt        *gateway.Attempt `json:"attempt,omitempty"` // the last one
	Opening        gateway.Opening  `json:"opening"`           // what the terminal said of itself
}
