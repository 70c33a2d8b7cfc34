package order

import (
	"context"
	"time"
)

// IssuedKind says what a merchant's code is for.
type IssuedKind string

const (
	IssuedStatic  IssuedKind = "static"  // printed, good for a year or two, for any number of orders
	IssuedDynamic IssuedKind = "dynamic" // on a screen, good for minutes, with an amount, for one order
)

// IssueRequest asks for a merchant's code ("two-dimensional code generation
// request"). The types of this file are about codes that terminals scan; a
// [Code] is that of an error.
type IssueRequest struct {
	Kind     IssuedKind `json:"kind"`
	Merchant string     `json:"merchant"` // as registered in the gateway's directory
	// Address is the code address to be signed, below the acquirer's own host.
	// An amount stands in it in the acquirer's own way: the signature covers
	// all of it, whatever it says.
	Address string    `json:"address"`
	Amount  Money     `json:"amount,omitzero"` // of a dynamic code; a static one has none
	Expires time.Time `json:"expires"`         // to the second; a fraction is cut off
	// Key makes the request idempotent for its acquirer: repeated with the same
	// key it gives the same code. It travels as the Idempotency-Key header.
	Key string `json:"-"`
}

// IssuedCode is a code that the clearing institution has signed for an acquirer.
type IssuedCode struct {
	ID       ID         `json:"id"` // the clearing institution's
	Kind     IssuedKind `json:"kind"`
	Merchant string     `json:"merchant"`
	Address  string     `json:"address"` // signed: what is drawn
	Amount   Money      `json:"amount,omitzero"`
	Issued   time.Time  `json:"issued"`
	Expires  time.Time  `json:"expires"`          // what the signature says, to the second
	Revoked  time.Time  `json:"revoked,omitzero"` // when it was taken back; zero for a code that is good
}

// Issuer is where an acquirer gets its merchants' codes: the clearing
// institution. A value is bound to its acquirer; a code of another is
// [CodeNotFound]. It is safe for concurrent use.
type Issuer interface {
	// Issue signs a code. The same request under the same key gives the same
	// code as it stands now, another request under that key is
	// [CodeIdempotencyKeyReused]. [CodeRefused] with every problem: the address
	// is not one that this acquirer may have signed for this merchant, or the
	// time or the amount is out of bounds.
	Issue(ctx context.Context, r IssueRequest) (IssuedCode, error)
	// Issued is the code as the clearing institution holds it.
	Issued(ctx context.Context, id ID) (IssuedCode, error)
	// Revoke takes a code back before its time. Repeating it changes nothing.
	// The clearing institution records it; what stops a revoked code is the
	// acquirer's own page, since terminals ask nobody whether a signature that
	// is good was revoked.
	Revoke(ctx context.Context, id ID) (IssuedCode, error)
}

// Validate checks the form of a request and returns an *[Error] with every
// problem. Whether the address may be signed is for the clearing institution to
// say.
func (r IssueRequest) Validate() error {
	var p problems
	p.issued(r.Kind, r.Merchant, r.Address, r.Amount)
	if r.Expires.IsZero() {
		p.add("/expires", "is missing: every code ends")
	}
	if len(p) == 0 && r.Key == "" {
		return &Error{Code: CodeIdempotencyKeyMissing, Detail: "a request for a code needs an idempotency key"}
	}
	p.text("/key", r.Key, maxName, true)
	return p.err("the request for a code is not valid")
}

// Validate checks what a clearing institution says of a code and returns an
// *[Error] with every problem. Whether the signature is good is for package
// verify to say.
func (c IssuedCode) Validate() error {
	var p problems
	p.id("/id", c.ID)
	p.issued(c.Kind, c.Merchant, c.Address, c.Amount)
	if c.Issued.IsZero() || !c.Expires.After(c.Issued) {
		p.add("/expires", "is not after issued: a code needs time to be used")
	}
	if !c.Revoked.IsZero() && c.Revoked.Before(c.Issued) {
		p.add("/revoked", "is before issued")
	}
	return p.err("the code is not valid")
}

// issued checks what a request and its code have in common.
func (p *problems) issued(kind IssuedKind, merchant, address string, amount Money) {
	if kind != IssuedStatic && kind != IssuedDynamic {
		p.add("/kind", "is %.40q: want %s or %s", kind, IssuedStatic, IssuedDynamic)
	}
	p.identifier("/merchant", merchant)
	p.text("/address", address, maxAddress, true)
	switch {
	case kind == IssuedDynamic:
		p.money("/amount", amount)
	case kind == IssuedStatic && amount != Money{}:
		p.add("/amount", "is %s: a static code has none, its page says what is paid", amount)
	}
}
