package reconcile

import (
	"fmt"
	"strconv"

	"github.com/anyscan/anyscan/order"
)

// The columns of a CSV file and the members of a line of JSON, in their order.
const (
	colRecord = iota
	colName
	colValue
	colOrder
	colMerchant
	colAttempt
	colRefund
	colComponent
	colReference
	colState
	colBooked
	colMoved
	colCurrency
	colCount
	colGross
	colFee
	colNet
	columns
)

// columnNames are the first line of a CSV file.
var columnNames = [columns]string{"record", "name", "value", "order", "merchant", "attempt", "refund", "component",
	"reference", "state", "booked", "moved", "currency", "count", "gross", "fee", "net"}

// The records that are not entries.
const (
	recordHeader    = "header"
	recordTotal     = "total"
	recordSignature = "signature"
)

// A row is a line of either format: the texts of its columns, "" for none.
type row [columns]string

// number reports whether a column holds an integer, which JSON has no quotes for.
func number(column int) bool { return column >= colCount }

// formatOf says in which columns a kind of record has a text.
func usedBy(record string) (used [columns]bool, known bool) {
	var which []int
	switch record {
	case recordHeader, recordSignature:
		which = []int{colName, colValue}
	case recordTotal:
		which = []int{colName, colCurrency, colCount, colGross, colFee, colNet}
	case string(Payment), string(Refund):
		which = []int{colOrder, colMerchant, colAttempt, colComponent, colReference, colState, colBooked, colMoved,
			colCurrency, colGross, colFee, colNet}
		if record == string(Refund) {
			which = append(which, colRefund)
		}
	default:
		return used, false
	}
	for _, c := range append(which, colRecord) {
		used[c] = true
	}
	return used, true
}

// shape reports a column that is empty, or that the kind of record does not have.
func (r *row) shape() error {
	used, known := usedBy(r[colRecord])
	if !known {
		return &FileError{Column: columnNames[colRecord], Err: syntax("is %.40q: want header, payment, refund, total or signature", r[colRecord])}
	}
	for c, text := range r {
		switch {
		case used[c] && text == "":
			return &FileError{Column: columnNames[c], Err: syntax("is missing: every %s has it", r[colRecord])}
		case !used[c] && text != "":
			return &FileError{Column: columnNames[c], Err: syntax("is %.40q: a %s has none", text, r[colRecord])}
		}
	}
	return nil
}

func pairRow(record string, p pair) row {
	return row{colRecord: record, colName: p.name, colValue: p.value}
}

func totalRow(name, currency string, s Sum) row {
	return row{colRecord: recordTotal, colName: name, colCurrency: currency, colCount: integer(s.Count),
		colGross: integer(s.Gross), colFee: integer(s.Fee), colNet: integer(s.Net())}
}

func entryRow(e Entry) row {
	return row{
		colRecord: string(e.Kind), colOrder: string(e.Order), colMerchant: e.Merchant, colAttempt: e.Attempt,
		colRefund: e.Refund, colComponent: e.Component, colReference: e.Reference, colState: string(e.State),
		colBooked: formatTime(e.Booked), colMoved: formatTime(e.Moved), colCurrency: e.Currency,
		colGross: integer(e.Gross), colFee: integer(e.Fee), colNet: integer(e.Net()),
	}
}

func integer(n int64) string { return strconv.FormatInt(n, 10) }

// entry reads a row of the shape of an entry.
func (r *row) entry() (e Entry, err error) {
	e = Entry{Kind: Kind(r[colRecord]), Order: order.ID(r[colOrder]), Merchant: r[colMerchant], Attempt: r[colAttempt],
		Refund: r[colRefund], Component: r[colComponent], Reference: r[colReference], State: State(r[colState]), Currency: r[colCurrency]}
	column := colBooked
	if e.Booked, err = parseTime(r[colBooked]); err == nil {
		column = colMoved
		e.Moved, err = parseTime(r[colMoved])
	}
	if err != nil {
		return e, &FileError{Column: columnNames[column], Err: fmt.Errorf("%w: %w", ErrFormat, err)}
	}
	if e.Gross, err = r.integer(colGross); err != nil {
		return e, err
	}
	if e.Fee, err = r.integer(colFee); err != nil {
		return e, err
	}
	net, err := r.integer(colNet)
	if err != nil {
		return e, err
	}
	if name, err := e.check(); err != nil {
		return e, &FileError{Column: name, Err: fmt.Errorf("%w: %w", ErrFormat, err)}
	}
	if net != e.Net() {
		return e, &FileError{Column: "net", Err: fmt.Errorf("%w: is %d: gross minus fee is %d", ErrTotals, net, e.Net())}
	}
	return e, nil
}

func (r *row) integer(column int) (int64, error) {
	n, err := strconv.ParseInt(r[column], 10, 64)
	if err != nil || checkAmount(n) != nil || integer(n) != r[column] {
		return 0, &FileError{Column: columnNames[column], Err: syntax("is %.40q: want an integer from -%d to %d, in minor units", r[column],
			int64(order.MaxAmount), int64(order.MaxAmount))}
	}
	return n, nil
}
