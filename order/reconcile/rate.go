package reconcile

import (
	"fmt"

	"github.com/anyscan/anyscan/order"
)

// Rate is the simple way to charge: a share of each payment and a fixed amount.
type Rate struct {
	BasisPoints int64 // of the gross amount, 0 to 10,000: 60 is 0.6 %
	Fixed       int64 // in minor units of the payment's currency, 0 or more
}

// Fee is the fee of an entry. The share is rounded to the minor unit, half of one
// up. A refund costs nothing and gives no fee back: who has agreed otherwise brings
// a function of their own.
func (r Rate) Fee(e Entry) (int64, error) {
	if r.BasisPoints < 0 || r.BasisPoints > 10_000 || r.Fixed < 0 || r.Fixed > order.MaxAmount {
		return 0, fmt.Errorf("reconcile: a rate of %d basis points and %d: want 0 to 10000, and 0 to %d minor units",
			r.BasisPoints, r.Fixed, int64(order.MaxAmount))
	}
	if e.Kind == Refund {
		return 0, nil
	}
	if err := e.checkGross(); err != nil {
		return 0, fmt.Errorf("reconcile: the gross amount %w", err)
	}
	// In two parts, so that the product does not overflow.
	whole, rest := e.Gross/10_000, e.Gross%10_000
	fee := whole*r.BasisPoints + (rest*r.BasisPoints+5_000)/10_000 + r.Fixed
	return fee, checkAmount(fee)
}
