package emvco_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan/barcode/emvco"
)

// An amount is taken in minor units where that leaves nothing open.
func TestMinorUnits(t *testing.T) {
	for _, c := range []struct {
		amount, currency string
		want             string
	}{
		{"23.72", "156", "2372 CNY true"}, {"23.7", "156", "2370 CNY true"}, {"23.", "156", "2300 CNY true"}, {"23", "156", "2300 CNY true"},
		{"500", "392", "500 JPY true"}, {"500.", "392", "500 JPY true"}, {"500.0", "392", "0  false"},
		{"1.234", "414", "1234 KWD true"}, {"1.2345", "414", "0  false"}, {"23.720", "156", "0  false"},
		{"9999999999999", "414", "9999999999999000 KWD true"},
		{"", "156", "0  false"}, {"1", "", "0  false"}, {"1", "999", "0  false"}, {"1", "CNY", "0  false"}, {"1", "56C", "0  false"},
		{"-1", "156", "0  false"}, {"0", "156", "0  false"}, {"1e3", "156", "0  false"}, {"99999999999999", "156", "0  false"},
	} {
		p := emvco.Payload{Objects: []emvco.Object{{ID: "53", Value: c.currency}, {ID: "54", Value: c.amount}}}
		units, code, ok := p.Minor()
		if got := fmt.Sprint(units, " ", code, " ", ok); got != c.want {
			t.Errorf("%q of %q: %s, want %s", c.amount, c.currency, got, c.want)
		}
	}
}

// Every currency that the module knows has a number, and as many decimals here
// as there.
func TestCurrenciesAreTheOnesThatOrdersAreIn(t *testing.T) {
	numbered := map[string]int{}
	for n := range 1000 {
		if code, decimals, ok := emvco.Currency(fmt.Sprintf("%03d", n)); ok {
			numbered[code] = decimals
		}
	}
	known := map[string]int{}
	for i := range 26 * 26 * 26 {
		code := string([]byte{byte('A' + i/676), byte('A' + i/26%26), byte('A' + i%26)})
		if decimals, ok := order.Exponent(code); ok {
			known[code] = decimals
		}
	}
	if diff := cmp.Diff(known, numbered); diff != "" || len(known) < 150 {
		t.Errorf("%d currencies (-order +emvco):\n%s", len(known), diff)
	}
}
