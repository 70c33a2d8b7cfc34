package order_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/order"
)

func TestParseMoneyReadsExactlyTheDecimalsOfTheCurrency(t *testing.T) {
	for _, c := range []struct {
		text, currency string
		want           int64
	}{
		{"12.30", "CNY", 1230}, {"12.3", "CNY", 1230}, {"12", "CNY", 1200}, {"0.01", "EUR", 1},
		{"500", "JPY", 500}, {"1.234", "KWD", 1234}, {"90071992547409.91", "CNY", order.MaxAmount},
	} {
		got, err := order.ParseMoney(c.text, c.currency)
		if err != nil || got != (order.Money{Amount: c.want, Currency: c.currency}) {
			t.Errorf("ParseMoney(%q, %s) = %v, %v; want %d", c.text, c.currency, got, err, c.want)
		}
	}
	for _, c := range [][2]string{
		{"", "CNY"}, {".", "CNY"}, {".5", "CNY"}, {"5.", "CNY"}, {"-1", "CNY"}, {"+1", "CNY"}, {"1,000", "CNY"}, {"1.234", "CNY"},
		{"1.0", "JPY"}, {"1", "XXX"}, {"1", "cny"}, {"1", "AED AFN"}, {"1", "D A"}, {"1e3", "CNY"}, {"٣", "CNY"},
		{"90071992547409.92", "CNY"}, {strings.Repeat("9", 40), "CNY"}, {"0x10", "CNY"}, {"1_0", "CNY"},
	} {
		if got, err := order.ParseMoney(c[0], c[1]); !errors.Is(err, order.ErrAmount) {
			t.Errorf("ParseMoney(%q, %q) = %v, %v; want ErrAmount", c[0], c[1], got, err)
		}
	}
}

func TestMoneyNeverOverflows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := rapid.OneOf(rapid.Int64Range(0, order.MaxAmount), rapid.Int64Range(0, 1000), rapid.Int64())
		a := order.Money{Amount: amount.Draw(t, "a"), Currency: "CNY"}
		b := order.Money{Amount: amount.Draw(t, "b"), Currency: "CNY"}
		n := rapid.OneOf(rapid.Int64Range(0, 9999), rapid.Int64()).Draw(t, "n")
		negative := a.Amount < 0 || b.Amount < 0
		if sum, err := a.Add(b); a.Amount != 0 {
			exact(t, "sum", sum, err, new(big.Int).Add(big.NewInt(a.Amount), big.NewInt(b.Amount)), negative)
		}
		product, err := a.Times(n)
		exact(t, "product", product, err, new(big.Int).Mul(big.NewInt(a.Amount), big.NewInt(n)), a.Amount < 0 || n < 0)
	})
}

func exact(t *rapid.T, what string, got order.Money, err error, want *big.Int, negative bool) {
	fits := !negative && want.Cmp(big.NewInt(order.MaxAmount)) <= 0
	if fits != (err == nil) || fits && got.Amount != want.Int64() {
		t.Fatalf("%s = %v, %v; exact result %v", what, got, err, want)
	}
}

func TestMoneyOfDifferentCurrenciesDoesNotAdd(t *testing.T) {
	_, err := order.Money{Amount: 1, Currency: "CNY"}.Add(order.Money{Amount: 1, Currency: "EUR"})
	if !errors.Is(err, order.ErrAmount) {
		t.Errorf("err = %v, want ErrAmount", err)
	}
}

func TestDecimalOfAnyAmount(t *testing.T) {
	for m, want := range map[order.Money]string{
		{Amount: 5, Currency: "CNY"}: "0.05", {Amount: -5, Currency: "CNY"}: "-0.05", {Amount: 7, Currency: "JPY"}: "7",
		{Amount: 1, Currency: "KWD"}: "0.001", {Amount: 0, Currency: "EUR"}: "0.00",
		{Amount: math.MaxInt64, Currency: "EUR"}: "92233720368547758.07",
	} {
		if got := m.Decimal(); got != want {
			t.Errorf("%d %s = %q, want %q", m.Amount, m.Currency, got, want)
		}
	}
}

func FuzzParseMoneyRoundTrips(f *testing.F) {
	f.Add("12.30", "CNY")
	f.Add("9007199254740991", "JPY")
	f.Fuzz(func(t *testing.T, text, currency string) {
		m, err := order.ParseMoney(text, currency)
		if err != nil {
			return
		}
		if again, err := order.ParseMoney(m.Decimal(), currency); err != nil || again != m {
			t.Fatalf("ParseMoney(%q) = %v, whose decimal reads as %v, %v", text, m, again, err)
		}
	})
}
