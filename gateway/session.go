package gateway

import (
	"slices"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// Opening is what a terminal says of itself when it opens a gateway address.
type Opening struct {
	App ScanningApp `json:"app"`
	// Default is the terminal's own default component, by name or kind; "" for
	// none.
	Default string `json:"default,omitempty"`
}

// ScanningApp is the app that read the code (claim 1, "first application"). It
// need not be able to pay.
type ScanningApp struct {
	Kind string `json:"kind"` // "camera", "chat", "browser", …; claim 2; 1 to 64 of a-z 0-9 -
	// Component is the payment component that comes with it, by its name at the
	// gateway or by its kind; "" for none.
	Component string `json:"component,omitempty"`
}

// Session is what a gateway address shows: the order, the payment components
// that can pay it with their configuration parameters, and the instruction
// which one to call.
type Session struct {
	Order        order.Order       `json:"order"`
	MerchantName string            `json:"merchant_name"` // from the gateway's directory, not from the acquirer
	State        order.State       `json:"state"`
	Offers       []component.Offer `json:"offers"`
	Instruction  Instruction       `json:"instruction"`
	Attempt      *Attempt          `json:"attempt,omitempty"` // the latest one
	Payment      *order.Payment    `json:"payment,omitempty"` // once paid
}

// Beginning asks for an attempt to pay with a component.
type Beginning struct {
	Component string  `json:"component"`
	Opening   Opening `json:"opening"` // as it was when the session was opened
	// Actions are the kinds that the terminal can perform for this component,
	// what it prefers first.
	Actions []component.ActionKind `json:"actions"`
	// PayerAddress is the network address that the beginning came from, for the
	// component; "" where it is not known.
	PayerAddress string `json:"-"`
	// Key makes the beginning idempotent: again with the same key it gives the
	// same attempt. It travels as the Idempotency-Key header, or as a hidden
	// field of a form.
	Key string `json:"-"`
}

// AttemptState is where an attempt stands. A terminal treats a state that it
// does not know as one that is not final.
//
//	begun → invoked → succeeded | failed
//	      → pending → succeeded | failed
//	      → unknown (asked for until it resolves)
//
// The table is [AttemptTransitions].
type AttemptState string

const (
	AttemptBegun     AttemptState = "begun"     // recorded; the component has not answered yet
	AttemptInvoked   AttemptState = "invoked"   // the terminal has an action to perform
	AttemptPending   AttemptState = "pending"   // the provider has not decided
	AttemptUnknown   AttemptState = "unknown"   // the component could not tell; the gateway keeps asking
	AttemptSucceeded AttemptState = "succeeded" // the provider has the money; final
	AttemptFailed    AttemptState = "failed"    // no money moved; final; the order stays open
)

// Final reports whether the state never changes again.
func (s AttemptState) Final() bool { return s == AttemptSucceeded || s == AttemptFailed }

// AttemptTransition is one step that an attempt may take, and the operation that
// takes it.
type AttemptTransition struct {
	From AttemptState // "" for an attempt that is not stored yet
	To   AttemptState
	By   string
}

// AttemptTransitions are all the steps that an attempt takes. Settle stands for
// evidence, whoever brought it: a notification, a return or a query.
func AttemptTransitions() []AttemptTransition {
	return []AttemptTransition{
		{"", AttemptBegun, "begin"},
		{AttemptBegun, AttemptInvoked, "begin: the component answers with an action"},
		{AttemptBegun, AttemptPending, "begin: the component answers without an action"},
		{AttemptBegun, AttemptUnknown, "begin: the component could not tell"},
		{AttemptBegun, AttemptSucceeded, "settle"},
		{AttemptBegun, AttemptFailed, "settle"},
		{AttemptUnknown, AttemptInvoked, "begin again, resume"},
		{AttemptUnknown, AttemptPending, "begin again, resume, settle"},
		{AttemptUnknown, AttemptSucceeded, "settle"},
		{AttemptUnknown, AttemptFailed, "settle"},
		{AttemptInvoked, AttemptSucceeded, "settle"},
		{AttemptInvoked, AttemptFailed, "settle"},
		{AttemptPending, AttemptInvoked, "resume: one more action"},
		{AttemptPending, AttemptUnknown, "resume: the component could not tell"},
		{AttemptPending, AttemptSucceeded, "settle"},
		{AttemptPending, AttemptFailed, "settle"},
	}
}

// CanBecome reports whether an attempt may go from s to next. An attempt may
// always stay where it is.
func (s AttemptState) CanBecome(next AttemptState) bool {
	return s == next || slices.ContainsFunc(AttemptTransitions(), func(t AttemptTransition) bool { return t.From == s && t.To == next })
}

// Attempt is one try to pay an order with one component.
type Attempt struct {
	ID        string            `json:"id"`
	Component string            `json:"component"`
	Title     string            `json:"title,omitempty"` // of the component, for people; "" where it is registered no more
	State     AttemptState      `json:"state"`
	Action    *component.Action `json:"action,omitempty"` // to perform now
	Reason    string            `json:"reason,omitempty"` // why it failed, a stable word
	// Excess says that the provider has money which the order does not take: it
	// came after the attempt had failed, or the order was decided. It is owed back.
	Excess         bool   `json:"excess,omitempty"`
	ReturnAddress  string `json:"return_address"`  // address to resume at when the action is done
	GatewayAddress string `json:"gateway_address"` // gateway address of the order
	// Chosen records how the component came to be used, and why.
	Chosen Instruction `json:"chosen"`
}
