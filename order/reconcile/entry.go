package reconcile

import (
	"fmt"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

// Kind is which way money went.
type Kind string

const (
	Payment Kind = "payment" // from a payer
	Refund  Kind = "refund"  // back to a payer
)

// State is where an entry stands with one of the two sides: 1 to 32 of a-z _. In
// a clearing file all money has moved; on a side's own records it may also be
// another word of that side, such as "open" or "expired".
type State string

const (
	StatePaid     State = "paid"     // the provider has the payer's money
	StateRefunded State = "refunded" // the provider gave it back
)

// Entry is one movement of money: a line of a clearing file or of a provider's
// statement, or one of the own records that these are matched against.
//
// Amounts are in minor units of the currency and signed, so that columns add up:
// what a refund takes back is negative, and the net amount is gross minus fee.
type Entry struct {
	Kind      Kind
	Order     order.ID // the acquirer's
	Merchant  string   // of the order
	Attempt   string   // at the gateway, whose money it is
	Refund    string   // of a refund, its ID at the gateway; "" of a payment
	Component string   // by its name at the gateway
	Reference string   // the provider's
	State     State
	Booked    time.Time // when the gateway decided it: what belongs to a day is told by this (ISO 20022, booking date)
	Moved     time.Time // when the provider says that the money moved (value date)
	Currency  string    // ISO 4217
	Gross     int64
	Fee       int64 // what the institution keeps of it; negative where it gives a fee back
}

// Net is what the entry adds to what the institution owes the acquirer.
func (e Entry) Net() int64 { return e.Gross - e.Fee }

// ID names the entry among those of an institution: the refund's, or the attempt's
// of a payment.
func (e Entry) ID() string {
	if e.Kind == Refund {
		return e.Refund
	}
	return e.Attempt
}

// check reports the first column that is not as a clearing file has it.
func (e Entry) check() (column string, err error) {
	for _, c := range []struct {
		column string
		err    error
	}{
		{"record", e.checkKind()},
		{"order", checkOrder(e.Order)},
		{"merchant", order.CheckIdentifier(e.Merchant)},
		{"attempt", checkText(e.Attempt)},
		{"refund", e.checkRefund()},
		{"component", checkText(e.Component)},
		{"reference", checkText(e.Reference)},
		{"state", checkState(e.State)},
		{"booked", checkTime(e.Booked)},
		{"moved", checkTime(e.Moved)},
		{"currency", checkCurrency(e.Currency)},
		{"gross", e.checkGross()},
		{"fee", checkAmount(e.Fee)},
		{"net", checkAmount(e.Net())},
	} {
		if c.err != nil {
			return c.column, c.err
		}
	}
	return "", nil
}

func (e Entry) checkKind() error {
	if e.Kind != Payment && e.Kind != Refund {
		return fmt.Errorf("is %.40q: want %s or %s", e.Kind, Payment, Refund)
	}
	return nil
}

func checkOrder(id order.ID) error {
	_, err := order.ParseID(string(id))
	return err
}

const maxText = 128 // bytes

func checkText(s string) error { return order.CheckText(s, maxText) }

func (e Entry) checkRefund() error {
	switch {
	case e.Kind == Refund:
		return checkText(e.Refund)
	case e.Refund != "":
		return fmt.Errorf("is %.40q: a payment has none", e.Refund)
	}
	return nil
}

func checkState(s State) error {
	if s == "" || len(s) > 32 || strings.Trim(string(s), "abcdefghijklmnopqrstuvwxyz_") != "" {
		return fmt.Errorf("is %.40q: want 1 to 32 of a-z _", s)
	}
	return nil
}

// checkTime wants what is written and read again as it was.
func checkTime(t time.Time) error {
	if t.Year() < 1970 || t.Year() > 9999 || t.Location() != time.UTC || t.Nanosecond()%1000 != 0 {
		return fmt.Errorf("is %s: want UTC, whole microseconds, and a year from 1970 to 9999", t.Format(time.RFC3339Nano))
	}
	return nil
}

func checkCurrency(code string) error {
	if _, ok := order.Exponent(code); !ok {
		return fmt.Errorf("is %.8q: want an ISO 4217 currency in use", code)
	}
	return nil
}

func (e Entry) checkGross() error {
	switch {
	case e.Kind == Refund && e.Gross >= 0:
		return fmt.Errorf("is %d: what a refund takes back is negative", e.Gross)
	case e.Kind == Payment && e.Gross <= 0:
		return fmt.Errorf("is %d: want more than 0", e.Gross)
	}
	return checkAmount(e.Gross)
}

// checkAmount keeps to integers that every JSON reader keeps exact, and the
// difference of two of them to an int64.
func checkAmount(n int64) error {
	if n > order.MaxAmount || n < -order.MaxAmount {
		return fmt.Errorf("is %d: want -%d to %d minor units", n, int64(order.MaxAmount), int64(order.MaxAmount))
	}
	return nil
}
