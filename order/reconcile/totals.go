package reconcile

import (
	"fmt"
	"maps"
	"slices"
)

// Sum is what entries add up to, in minor units.
type Sum struct {
	Count      int64
	Gross, Fee int64
}

// Net is what the institution owes of it.
func (s Sum) Net() int64 { return s.Gross - s.Fee }

// plus is the sum with one more; it fails above what an amount can hold.
func (s Sum) plus(other Sum) (Sum, error) {
	// Each term is at most 2^53-1 in magnitude, so that nothing here overflows.
	s = Sum{s.Count + other.Count, s.Gross + other.Gross, s.Fee + other.Fee}
	for _, n := range []int64{s.Gross, s.Fee, s.Net()} {
		if err := checkAmount(n); err != nil {
			return s, fmt.Errorf("%w: the sum of the entries %w", ErrTotals, err)
		}
	}
	return s, nil
}

// Totals are the sums of the entries in one currency.
type Totals struct {
	Currency string
	Payments Sum
	Refunds  Sum // its gross amount is negative
	All      Sum // its net amount is what the institution owes the acquirer, or is owed
}

// The names of a currency's total records, in their order.
var totalNames = [...]string{"payments", "refunds", "all"}

// sums are the totals, in the order of totalNames.
func (t Totals) sums() [len(totalNames)]Sum { return [...]Sum{t.Payments, t.Refunds, t.All} }

// tally adds entries up, by currency.
type tally map[string]Totals

func (t tally) add(e Entry) error {
	totals := t[e.Currency]
	totals.Currency = e.Currency
	part := &totals.Payments
	if e.Kind == Refund {
		part = &totals.Refunds
	}
	one := Sum{1, e.Gross, e.Fee}
	var err error
	if *part, err = part.plus(one); err != nil {
		return err
	}
	if totals.All, err = totals.All.plus(one); err != nil {
		return err
	}
	t[e.Currency] = totals
	return nil
}

// sorted are the totals by currency.
func (t tally) sorted() []Totals {
	all := make([]Totals, 0, len(t))
	for _, currency := range slices.Sorted(maps.Keys(t)) {
		all = append(all, t[currency])
	}
	return all
}
