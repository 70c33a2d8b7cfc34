package acquirer

import (
	"errors"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// The query parameters of code addresses.
const (
	amountField = "amount" // what a dynamic code costs, such as 25.00CNY
	numberField = "n"      // random: no two codes have one address
)

// addAmount puts the amount of a dynamic code into its address.
func addAmount(address string, m order.Money) string {
	return address + "&" + amountField + "=" + m.Decimal() + m.Currency
}

// amountIn is the amount that an address names, if it names one. It has one
// spelling, that of addAmount.
func amountIn(address string) (m order.Money, named bool, err error) {
	address, _, _ = strings.Cut(address, "#")
	_, query, _ := strings.Cut(address, "?")
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if name != amountField {
			continue
		}
		if named {
			return order.Money{}, true, errors.New("the code names two amounts")
		}
		named = true
		if m, err = readAmount(value); err != nil {
			return order.Money{}, true, err
		}
	}
	return m, named, nil
}

func readAmount(text string) (order.Money, error) {
	const letters = 3 // of a currency
	cut := max(0, len(text)-letters)
	m, err := order.ParseMoney(text[:cut], text[cut:])
	if err == nil {
		err = m.Validate()
	}
	if err == nil && m.Decimal()+m.Currency != text {
		err = order.ErrAmount
	}
	if err != nil {
		return order.Money{}, errors.New("the code's amount cannot be read: it is written such as 25.00CNY")
	}
	return m, nil
}
