package wallet

import (
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Kind is the kind of the sandbox's components, under which a terminal registers
// the app for all of them.
const Kind = "sandbox"

// Scheme is the custom scheme of the app's deep links. Such a link is
// "sandboxpay://pay?page=" and the escaped address of the payment page.
const Scheme = "sandboxpay"

// Parameters are the sandbox component's configuration parameters as they
// reach the terminal in component.Offer (claim 1).
type Parameters struct {
	Wallet string `json:"wallet"` // name of the wallet, for payers
	Color  string `json:"color"`  // of the brand, #rrggbb
	Scheme string `json:"scheme"` // of the app's deep links, to find out whether it is installed
}

// Invocation is what a native action carries in its parameters.
type Invocation struct {
	Page string `json:"page"` // address of the payment page
}

// Decision is a button of the payment page. All but Decline pay; they differ in
// when and how the merchant hears of it.
type Decision string

// The buttons.
const (
	Approve Decision = "approve" // pays, and notifies
	Decline Decision = "decline" // does not pay, and notifies
	Slow    Decision = "slow"    // pays; stays pending for a while, then notifies
	Lost    Decision = "lost"    // pays; the notification gets lost
	Unknown Decision = "unknown" // pays; nobody can tell for a while, and no notification comes
	Twice   Decision = "twice"   // pays; the notification comes twice
	Reorder Decision = "reorder" // pays; a notification that it is pending comes after that it was paid
)

// Payment is the payment page as data. The page's address gives a browser HTML
// and a program, which asks for application/json, this.
type Payment struct {
	Reference    string            `json:"reference"` // the company's
	MerchantName string            `json:"merchant_name"`
	Description  string            `json:"description,omitempty"`
	Amount       order.Money       `json:"amount"`
	Expires      time.Time         `json:"expires"`
	State        component.Outcome `json:"state"`
	// Decisions are the buttons; there are none once it is decided or expired.
	Decisions []Decision `json:"decisions,omitempty"`
	// Query is what to bring back to the merchant, once there are no buttons.
	Query string `json:"query,omitempty"`
}
