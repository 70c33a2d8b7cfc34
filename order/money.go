package order

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// MaxAmount is the largest amount a Money may hold: 2^53-1, the largest integer
// that every JSON reader keeps exact.
const MaxAmount = 1<<53 - 1

// Money is an amount in minor units (cents, fen, yen) of an ISO 4217 currency.
// The zero value is no money: it has no currency and is not valid.
type Money struct {
	Amount   int64  `json:"amount"`   // minor units
	Currency string `json:"currency"` // ISO 4217 alphabetic code, upper case
}

// ErrAmount is wrapped by every error about an amount that is malformed, out of
// range, or in the wrong currency.
var ErrAmount = errors.New("order: bad amount")

// ParseMoney reads a decimal amount in major units, such as "12.30", as money
// of the currency. It takes digits and one point, no sign, no grouping, and not
// more decimals than the currency has.
func ParseMoney(text, currency string) (Money, error) {
	digits, ok := Exponent(currency)
	if !ok {
		return Money{}, fmt.Errorf("%w: %.8q is not an ISO 4217 currency in use", ErrAmount, currency)
	}
	whole, frac, pointed := strings.Cut(text, ".")
	if !isDigits(whole) || pointed && !isDigits(frac) || len(frac) > digits || len(whole) > 16 {
		return Money{}, fmt.Errorf("%w: %.24q is not an amount of %s: want digits, at most %d after the point", ErrAmount, text, currency, digits)
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", digits-len(frac)), 10, 64)
	if err != nil || n > MaxAmount {
		return Money{}, fmt.Errorf("%w: %.24q is more than an amount can hold", ErrAmount, text)
	}
	return Money{n, currency}, nil
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Validate reports an amount that is not positive or above [MaxAmount], or a
// currency that is not in ISO 4217.
func (m Money) Validate() error {
	if _, ok := Exponent(m.Currency); !ok {
		return fmt.Errorf("%w: %.8q is not an ISO 4217 currency in use", ErrAmount, m.Currency)
	}
	if m.Amount <= 0 || m.Amount > MaxAmount {
		return fmt.Errorf("%w: %d is not between 1 and %d minor units", ErrAmount, m.Amount, int64(MaxAmount))
	}
	return nil
}

// Add is the sum. It fails when the currencies differ or the sum is above
// [MaxAmount]; adding to the zero Money gives the other.
func (m Money) Add(other Money) (Money, error) {
	switch {
	case m == Money{}:
		return other, nil
	case m.Currency != other.Currency:
		return Money{}, fmt.Errorf("%w: %s and %s do not add up", ErrAmount, m.Currency, other.Currency)
	case m.Amount < 0 || other.Amount < 0 || other.Amount > MaxAmount-m.Amount:
		return Money{}, fmt.Errorf("%w: the sum is more than an amount can hold", ErrAmount)
	}
	return Money{m.Amount + other.Amount, m.Currency}, nil
}

// Times is the price of n pieces. It fails when n is negative or the product is
// above [MaxAmount].
func (m Money) Times(n int64) (Money, error) {
	hi, lo := bits.Mul64(uint64(m.Amount), uint64(n))
	if m.Amount < 0 || n < 0 || hi != 0 || lo > MaxAmount {
		return Money{}, fmt.Errorf("%w: %d × %d is more than an amount can hold", ErrAmount, n, m.Amount)
	}
	return Money{int64(lo), m.Currency}, nil
}

// Decimal is the amount in major units with the decimals of its currency, such
// as "12.30", for people and for providers that want it so.
func (m Money) Decimal() string {
	digits, _ := Exponent(m.Currency)
	sign, n := "", m.Amount
	if n < 0 {
		sign, n = "-", -n
	}
	s := fmt.Sprintf("%0*d", digits+1, n)
	if digits == 0 {
		return sign + s
	}
	return sign + s[:len(s)-digits] + "." + s[len(s)-digits:]
}

// String is the decimal amount and the currency, such as "12.30 CNY".
func (m Money) String() string { return m.Decimal() + " " + m.Currency }
