package stripe

import (
	"fmt"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// presentment are the currencies that Stripe lists as presentment currencies and
// for its three-decimal rule, as far as ISO 4217 has them in use. Which of them an
// account takes depends on its country.
func presentment() []string {
	return strings.Fields("AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK " +
		"DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT " +
		"LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF " +
		"SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW")
}

// scale says how an amount in ISO 4217's minor units becomes one of Stripe's: it has
// to be a multiple of step, and is multiplied by up and divided by down.
func scale(currency string) (step, up, down int64) {
	switch currency {
	case "ISK", "UGX": // without decimals in ISO 4217; Stripe wants two, always 00
		return 1, 100, 1
	case "MGA": // with two decimals in ISO 4217; Stripe has none
		return 100, 1, 100
	case "BHD", "JOD", "KWD", "OMR", "TND": // Stripe wants the last of three decimals to be 0
		return 10, 1, 1
	}
	return 1, 1, 1
}

// toStripe is an amount in Stripe's minor units.
func toStripe(m order.Money) (int64, error) {
	step, up, down := scale(m.Currency)
	if m.Amount%step != 0 {
		return 0, fmt.Errorf("%s is no amount that Stripe takes: want multiples of %s", m, order.Money{Amount: step, Currency: m.Currency}.Decimal())
	}
	return m.Amount / down * up, nil
}

// fromStripe is an amount of Stripe's as money. Stripe writes currencies in lower
// case.
func fromStripe(n int64, currency string) (order.Money, error) {
	m := order.Money{Amount: n, Currency: strings.ToUpper(currency)}
	_, up, down := scale(m.Currency)
	if n < 0 || n%up != 0 || n > order.MaxAmount/down {
		return order.Money{}, fmt.Errorf("%d is no amount of %.8q", n, currency)
	}
	m.Amount = n / up * down
	return m, m.Validate()
}

// limits are those of docs.stripe.com/currencies: the least amount of a charge in a
// currency that the account also settles in, and the most that every payment method
// takes. Cards alone may take more.
func limits(currencies []string) (all []component.Limit) {
	for _, code := range currencies {
		step, up, down := scale(code)
		most := int64(99_999_999)
		switch code {
		case "IDR":
			most = 999_999_999_999
		case "COP":
			most = 9_999_999_999
		case "INR":
			most = 999_999_999
		}
		all = append(all, component.Limit{Currency: code, Min: max(least(code), step), Max: most / up * down / step * step})
	}
	return all
}

// least is the minimum charge amount in minor units; 0 where Stripe names none.
func least(currency string) int64 {
	switch currency {
	case "USD", "ARS", "AUD", "BRL", "CAD", "CHF", "COP", "EUR", "IDR", "ILS", "INR", "JPY", "KRW", "NZD", "PHP", "RUB", "SGD", "ZAR":
		return 50
	case "AED", "MYR", "PLN", "RON":
		return 200
	case "NOK", "SEK":
		return 300
	case "MXN", "THB":
		return 1000
	case "GBP":
		return 30
	case "DKK":
		return 250
	case "HKD":
		return 400
	case "CZK":
		return 1500
	case "HUF":
		return 17500
	}
	return 0
}

// payable reports why Stripe takes no payment of that amount.
func (c *Component) payable(m order.Money) error {
	for _, l := range c.limits {
		if l.Currency != m.Currency {
			continue
		}
		if m.Amount < l.Min || m.Amount > l.Max {
			return fmt.Errorf("%s is no amount that Stripe takes: want %s to %s", m, order.Money{Amount: l.Min, Currency: l.Currency}.Decimal(), order.Money{Amount: l.Max, Currency: l.Currency}.Decimal())
		}
		_, err := toStripe(m)
		return err
	}
	return fmt.Errorf("the component takes no %.8q", m.Currency)
}
