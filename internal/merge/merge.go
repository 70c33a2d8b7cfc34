// Package merge puts the records of two kinds, such as payments and refunds, in the
// one order in which they were booked.
//
// Who uses it: the acquirer and the clearing institution, whose records are matched
// with files and statements. Nothing is kept but one entry of the second sequence.
// An error of either is an entry, as it comes.
package merge

import (
	"iter"

	"github.com/anyscan/anyscan/order/reconcile"
)

// Booked gives the entries of two sequences, each in the order in which it was
// booked, in that order; of those booked at one moment the entries of a come first.
func Booked(a, b iter.Seq2[reconcile.Entry, error]) iter.Seq2[reconcile.Entry, error] {
	return func(yield func(reconcile.Entry, error) bool) {
		next, stop := iter.Pull2(b)
		defer stop()
		waiting, failed, more := next()
		for e, err := range a {
			for more && (failed != nil || err == nil && waiting.Booked.Before(e.Booked)) {
				if !yield(waiting, failed) {
					return
				}
				waiting, failed, more = next()
			}
			if !yield(e, err) {
				return
			}
		}
		for more {
			if !yield(waiting, failed) {
				return
			}
			waiting, failed, more = next()
		}
	}
}
