package order

import "time"

// Confirmation is what a payer confirmed on a merchant page (claim 1, "order
// confirmation information"). Prices are not part of it: the acquirer takes
// them from its own catalogue and refuses when Revision or Total no longer fit.
type Confirmation struct {
	Merchant string   `json:"merchant"`
	Revision string   `json:"revision"`          // of the page that was confirmed
	Choices  []Choice `json:"choices,omitempty"` // from a shop; none on a direct page
	Total    Money    `json:"total"`             // what the payer agreed to pay
	// Key makes the confirmation idempotent: repeated with the same key it gives
	// the same order. It travels as the Idempotency-Key header, or as a hidden
	// field of a form. One that begins with the time, as [NewID] makes them and a
	// UUIDv7 is, costs a server with many orders least.
	Key string `json:"-"`
}

// Order is what the acquirer made of a confirmation and sends to the clearing
// institution.
type Order struct {
	ID          ID        `json:"id"`       // the acquirer's; unique within it
	Merchant    string    `json:"merchant"` // as registered in the gateway's directory
	Total       Money     `json:"total"`
	Lines       []Line    `json:"lines,omitempty"`
	Description string    `json:"description,omitempty"` // for the payer, one line
	Created     time.Time `json:"created"`
	Expires     time.Time `json:"expires"` // nobody can begin to pay from then on
	// ReturnAddress is where the payer's browser may go back to when all is done. Its
	// origin must be registered in the gateway's directory.
	ReturnAddress string `json:"return_address,omitempty"`
}

// Placement is the gateway's answer to an order.
type Placement struct {
	Address string    `json:"address"` // on the unified payment gateway (claim 1, "second URL address")
	Expires time.Time `json:"expires"` // of the address
}

// PageJump tells a terminal where the payment goes on ("page jump
// information"). A browser gets it as a redirect with status 303.
type PageJump struct {
	Order   ID     `json:"order"`
	Address string `json:"address"` // on the unified payment gateway
}

// Status is an order as the gateway holds it, in answers and in notifications.
// Of two statuses of an order the one with the higher version is the newer.
type Status struct {
	Order   Order     `json:"order"`
	State   State     `json:"state"`
	Version int64     `json:"version"` // counts the changes of the order at the gateway, from 1
	Changed time.Time `json:"changed"` // when this version came to be
	Payment *Payment  `json:"payment,omitempty"`
	// Refunds are those that the acquirer asked for, in the order in which it did. At
	// the gateway each change of one is a new version of the order, which stays paid.
	Refunds []Refund `json:"refunds,omitempty"`
}

// Payment is how an order was paid.
type Payment struct {
	Component string    `json:"component"` // the component's name at the gateway
	Attempt   string    `json:"attempt"`   // the attempt that paid, at the gateway
	Reference string    `json:"reference"` // the provider's
	Amount    Money     `json:"amount"`
	At        time.Time `json:"at"`              // when the provider says that it has the money
	Booked    time.Time `json:"booked,omitzero"` // when the gateway decided it, to whose business day it belongs
}
