package sandbox

import (
	"fmt"
	"time"

	"github.com/anyscan/anyscan/component/sandbox/wallet"
	"github.com/anyscan/anyscan/order"
)

// Charge is money that a payer paid.
type Charge struct {
	Merchant  string
	Number    string // the merchant's
	Reference string // the company's
	Amount    order.Money
	At        time.Time // of the payer's decision
}

// entry is one fact: a line of the ledger's file.
type entry struct {
	Kind      entryKind       `json:"kind"`
	At        time.Time       `json:"at"`
	Merchant  string          `json:"merchant"`
	Number    string          `json:"number"`
	Terms     *terms          `json:"terms,omitempty"` // created
	Reference string          `json:"reference,omitempty"`
	Token     string          `json:"token,omitempty"`
	Decision  wallet.Decision `json:"decision,omitempty"` // decided
	Refund    *refundTerms    `json:"refund,omitempty"`   // refunded
	Due       time.Time       `json:"due,omitzero"`
}

type entryKind string

const (
	entryCreated  entryKind = "created"
	entryBurned   entryKind = "burned"
	entryCanceled entryKind = "canceled"
	entryDecided  entryKind = "decided"
	entryRefunded entryKind = "refunded"
	entryNotified entryKind = "notified"
)

// ledger is everything the company knows. It changes by entries only, which
// are on disk before they count. It is not safe for concurrent use.
type ledger struct {
	journal  *journal            // nil: in memory only
	payments map[string]*payment // by number
	tokens   map[string]*payment
	debts    map[string]*debt // notifications that are owed, by number
	charges  []Charge
	refunds  []Refunded
	refundOf map[string]int // index in refunds, by number
}

// debt is a notification that is owed.
type debt struct {
	payment *payment
	tries   int
	next    time.Time
}

func newLedger() *ledger {
	return &ledger{payments: map[string]*payment{}, tokens: map[string]*payment{}, debts: map[string]*debt{}, refundOf: map[string]int{}}
}

// usable reports a ledger that may have forgotten something.
func (l *ledger) usable() error { return unavailable(l.journal.broken()) }

// record makes the entry a fact.
func (l *ledger) record(e entry) error {
	if err := l.journal.append(e); err != nil {
		return unavailable(err)
	}
	return l.apply(e)
}

func unavailable(err error) error {
	if err == nil {
		return nil
	}
	return &order.Error{Code: order.CodeUnavailable, Detail: "the ledger cannot be used", Err: err}
}

// apply follows an entry. The error tells that the entry cannot follow those
// before it.
func (l *ledger) apply(e entry) error {
	y := l.payments[e.Number]
	isNew := e.Kind == entryCreated || e.Kind == entryBurned
	if isNew != (y == nil) || y != nil && y.merchant != e.Merchant {
		return fmt.Errorf("%.20q of number %.40q does not follow from what was before", e.Kind, e.Number)
	}
	switch e.Kind {
	case entryCreated:
		return l.create(e)
	case entryBurned:
		l.payments[e.Number] = &payment{terms: terms{Number: e.Number}, merchant: e.Merchant, created: e.At}
	case entryCanceled:
		return y.cancel(e.At)
	case entryDecided:
		return l.decide(y, e)
	case entryRefunded:
		return l.giveBack(y, e)
	case entryNotified:
		if y.told++; y.told >= y.letters() {
			delete(l.debts, e.Number)
		}
	default:
		return fmt.Errorf("there is no entry %.20q", e.Kind)
	}
	return nil
}

func (l *ledger) create(e entry) error {
	if e.Terms == nil || e.Terms.Number != e.Number || e.Reference == "" || e.Token == "" || l.tokens[e.Token] != nil {
		return fmt.Errorf("the payment %.40q is not whole", e.Number)
	}
	if err := e.Terms.validate(); err != nil {
		return err
	}
	y := &payment{terms: *e.Terms, merchant: e.Merchant, reference: e.Reference, token: e.Token, created: e.At}
	l.payments[e.Number], l.tokens[e.Token] = y, y
	return nil
}

func (l *ledger) decide(y *payment, e entry) error {
	if y.decision != "" || y.closed() {
		return fmt.Errorf("the payment %s was decided already", y.Number)
	}
	if err := y.mayDecide(e.Decision, e.At); err != nil {
		return err
	}
	y.decision, y.due = e.Decision, e.Due
	if e.Decision != wallet.Decline {
		l.charges = append(l.charges, Charge{y.merchant, y.Number, y.reference, y.money(), e.At})
	}
	if y.letters() > 0 {
		l.debts[y.Number] = &debt{payment: y, next: e.Due}
	}
	return nil
}
