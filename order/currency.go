package order

import "strings"

// The active ISO 4217 currencies by the number of decimals they have. Funds,
// metals and test codes are left out: nobody pays with them.
const (
	noDecimals    = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
	threeDecimals = "BHD IQD JOD KWD LYD OMR TND"
	twoDecimals   = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD " +
		"CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD " +
		"HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK " +
		"MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB " +
		"SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD " +
		"UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)

// Exponent is the number of decimals of an ISO 4217 currency: 2 for CNY, 0 for
// JPY, 3 for KWD. It is false for a code that is not in use.
func Exponent(currency string) (decimals int, ok bool) {
	if len(currency) != 3 || strings.Contains(currency, " ") {
		return 0, false
	}
	switch {
	case listed(twoDecimals, currency):
		return 2, true
	case listed(noDecimals, currency):
		return 0, true
	case listed(threeDecimals, currency):
		return 3, true
	}
	return 0, false
}

// listed finds a three-letter code in a list of them; codes stand four bytes
// apart, so a match across a gap would hold a space, which Exponent refused.
func listed(codes, code string) bool { return strings.Contains(codes, code) }
