package emvco

import (
	"strconv"
	"strings"
)

// The currencies of ISO 4217 that payments are made in, numeric code before
// alphabetic, by the number of decimals.
const (
	noDecimals = "108BIF 152CLP 174KMF 262DJF 324GNF 352ISK 392JPY 410KRW 548VUV 600PYG 646RWF 704VND 800UGX 950XAF 952XOF " +
		"953XPF"
	threeDecimals = "048BHD 368IQD 400JOD 414KWD 434LYD 512OMR 788TND"
	twoDecimals   = "008ALL 012DZD 032ARS 036AUD 044BSD 050BDT 051AMD 052BBD 060BMD 064BTN 068BOB 072BWP 084BZD 090SBD 096BND " +
		"104MMK 116KHR 124CAD 132CVE 136KYD 144LKR 156CNY 170COP 188CRC 192CUP 203CZK 208DKK 214DOP 222SVC 230ETB " +
		"232ERN 238FKP 242FJD 270GMD 292GIP 320GTQ 328GYD 332HTG 340HNL 344HKD 348HUF 356INR 360IDR 364IRR 376ILS " +
		"388JMD 398KZT 404KES 408KPW 417KGS 418LAK 422LBP 426LSL 430LRD 446MOP 454MWK 458MYR 462MVR 480MUR 484MXN " +
		"496MNT 498MDL 504MAD 516NAD 524NPR 532XCG 533AWG 554NZD 558NIO 566NGN 578NOK 586PKR 590PAB 598PGK 604PEN " +
		"608PHP 634QAR 643RUB 654SHP 682SAR 690SCR 702SGD 706SOS 710ZAR 728SSP 748SZL 752SEK 756CHF 760SYP 764THB " +
		"776TOP 780TTD 784AED 807MKD 818EGP 826GBP 834TZS 840USD 858UYU 860UZS 882WST 886YER 901TWD 924ZWG 925SLE " +
		"926VED 928VES 929MRU 930STN 933BYN 934TMT 936GHS 938SDG 941RSD 943MZN 944AZN 946RON 949TRY 951XCD 967ZMW " +
		"968SRD 969MGA 971AFN 972TJS 973AOA 976CDF 977BAM 978EUR 980UAH 981GEL 985PLN 986BRL"
)

// Currency is the alphabetic code of a numeric one of ISO 4217, and its number
// of decimals: 156 is CNY with 2. It is false for a code that is not in use.
func Currency(numeric string) (code string, decimals int, ok bool) {
	if len(numeric) != 3 || !isDigits(numeric) {
		return "", 0, false
	}
	for _, of := range []struct {
		codes    string
		decimals int
	}{{twoDecimals, 2}, {noDecimals, 0}, {threeDecimals, 3}} {
		if _, after, found := strings.Cut(of.codes, numeric); found {
			return after[:3], of.decimals, true
		}
	}
	return "", 0, false
}

// Minor is the amount in minor units, such as cents, of the currency by its
// alphabetic code. It is false where the code asks for no amount, where the
// currency is not known, and where the amount has more decimals than that.
// Tip and fee (55 to 57) are not in it.
func (p Payload) Minor() (units int64, currency string, ok bool) {
	amount := p.Value("54")
	currency, decimals, ok := Currency(p.Value("53"))
	whole, fraction, _ := strings.Cut(amount, ".")
	if !ok || len(amount) > 13 || !isAmount(amount) || len(fraction) > decimals {
		return 0, "", false
	}
	units, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
	return units, currency, err == nil
}
