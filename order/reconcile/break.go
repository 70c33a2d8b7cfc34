package reconcile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

// BreakKind is how two sides differ about an entry. "Here" is the side that
// matches, with its own records; "there" the one whose file or statement it is.
type BreakKind string

const (
	MissingHere    BreakKind = "missing_here"   // there is an entry there that is not known here at all
	MissingThere   BreakKind = "missing_there"  // an own record of that day does not stand there
	AmountDiffers  BreakKind = "amount"         // another amount or currency
	StateDiffers   BreakKind = "state"          // known on both sides, and not in the same state
	MoneyDiffers   BreakKind = "reference"      // another attempt, component or provider's reference: the money is another
	FeeDiffers     BreakKind = "fee"            // not the fee that was agreed
	DateDiffers    BreakKind = "date"           // booked here on a day that the cut-off does not explain
	DuplicateThere BreakKind = "duplicate"      // stands there more than once, on one day or on two
	DuplicateHere  BreakKind = "duplicate_here" // two own records are about the same
)

// Break is something that two sides do not agree about.
type Break struct {
	Kind  BreakKind
	Key   string // names the entry on both sides
	Here  *Entry // the own record, nil if there is none
	There *Entry // the entry there, nil if there is none
}

// String is the break as one line for a person.
func (b Break) String() string {
	here, there := describe(b.Here), describe(b.There)
	if b.Kind == FeeDiffers {
		here, there = "a fee of "+money(b.Here.Fee, b.There.Currency), "a fee of "+money(b.There.Fee, b.There.Currency)
	}
	return fmt.Sprintf("%s: %s: here %s, there %s", b.Kind, b.Key, here, there)
}

func describe(e *Entry) string {
	if e == nil {
		return "nothing"
	}
	parts := []string{money(e.Gross, e.Currency), string(e.State)}
	for _, text := range []string{e.Component, e.Reference} {
		if text != "" {
			parts = append(parts, fmt.Sprintf("%q", text))
		}
	}
	if !e.Booked.IsZero() {
		parts = append(parts, "at "+formatTime(e.Booked))
	}
	return strings.Join(parts, " ")
}

func money(amount int64, currency string) string {
	return order.Money{Amount: amount, Currency: currency}.String()
}

func (b Break) at() time.Time {
	if b.There != nil {
		return b.There.Booked
	}
	return b.Here.Booked
}

// sortBreaks makes the order in which the two sides were read disappear.
func sortBreaks(all []Break) {
	slices.SortStableFunc(all, func(a, b Break) int {
		return cmp.Or(a.at().Compare(b.at()), strings.Compare(a.Key, b.Key), strings.Compare(string(a.Kind), string(b.Kind)))
	})
}

// compare tells the ways in which an entry there differs from the own record.
// What a side does not know, such as a statement the acquirer's order, it leaves
// empty, and it is not compared.
func compare(key string, here, there Entry, fee func(Entry) (int64, error)) (breaks []Break, err error) {
	differs := func(kind BreakKind) { breaks = append(breaks, Break{kind, key, &here, &there}) }
	if here.Gross != there.Gross || here.Currency != there.Currency {
		differs(AmountDiffers)
	}
	if here.State != there.State {
		differs(StateDiffers)
	}
	if unlike(here.Attempt, there.Attempt) || unlike(here.Component, there.Component) || unlike(here.Reference, there.Reference) ||
		unlike(here.Merchant, there.Merchant) || unlike(string(here.Order), string(there.Order)) {
		differs(MoneyDiffers)
	}
	if fee == nil {
		return breaks, nil
	}
	if here.Fee, err = fee(there); err == nil && here.Fee != there.Fee {
		differs(FeeDiffers)
	}
	return breaks, err
}

func unlike(a, b string) bool { return a != "" && b != "" && a != b }
