package acquirer

import (
	"testing"

	"github.com/anyscan/anyscan/order"
)

func TestAmountInAnAddress(t *testing.T) {
	const a = "https://acquirer.example/m/tea"
	for address, want := range map[string]struct {
		money order.Money
		named bool
		good  bool
	}{
		a:                                     {good: true},
		a + "?n=1":                            {good: true},
		a + "?amounts=1.00CNY&xamount=2":      {good: true},
		a + "?Amount=1.00CNY":                 {good: true},
		a + "#?amount=1.00CNY":                {good: true},
		a + "?n=1#&amount=1.00CNY":            {good: true},
		a + "?amount=25.00CNY":                {order.Money{Amount: 2500, Currency: "CNY"}, true, true},
		a + "?n=1&amount=25.00CNY&v=AQ":       {order.Money{Amount: 2500, Currency: "CNY"}, true, true},
		a + "?amount=2500JPY":                 {order.Money{Amount: 2500, Currency: "JPY"}, true, true},
		a + "?amount=0.001KWD":                {order.Money{Amount: 1, Currency: "KWD"}, true, true},
		a + "?amount=25CNY":                   {named: true},
		a + "?amount=25.0CNY":                 {named: true},
		a + "?amount=025.00CNY":               {named: true},
		a + "?amount=25.00cny":                {named: true},
		a + "?amount=25.00":                   {named: true},
		a + "?amount=CNY":                     {named: true},
		a + "?amount=":                        {named: true},
		a + "?amount":                         {named: true},
		a + "?amount=0.00CNY":                 {named: true},
		a + "?amount=-1.00CNY":                {named: true},
		a + "?amount=1.00XXX":                 {named: true},
		a + "?amount=90071992547409.92CNY":    {named: true},
		a + "?amount=1%2E00CNY":               {named: true},
		a + "?amount=1.00CNY&amount=1.00CNY":  {named: true},
		a + "?amount=1.00CNY=1":               {named: true},
		a + "?amount=1.00CNY;amount=9.00CNY":  {named: true},
		a + "?amount=99999999999999999.00CNY": {named: true},
	} {
		m, named, err := amountIn(address)
		if m != want.money || named != want.named || (err == nil) != want.good {
			t.Errorf("%s: %v, %v, %v; want %v, %v, good %v", address, m, named, err, want.money, want.named, want.good)
		}
	}
}

// FuzzAmountIn: an amount that is read is one that can be paid, and has the one
// spelling in which it is written.
func FuzzAmountIn(f *testing.F) {
	for _, seed := range []string{"?amount=25.00CNY", "?n=1&amount=1JPY&v=x", "?amount=1.00CNY&amount=2.00CNY", "?amount=", "?#amount=1.00CNY", "?amount=01.00CNY", "?amount=CNY"} {
		f.Add(seed)
	}
	const a = "https://acquirer.example/m/tea"
	f.Fuzz(func(t *testing.T, query string) {
		m, named, err := amountIn(a + query)
		if err != nil || !named {
			if m != (order.Money{}) {
				t.Errorf("%q gives %v with %v", query, m, err)
			}
			return
		}
		if err := m.Validate(); err != nil {
			t.Errorf("%q gives an amount that nobody can pay: %v", query, err)
		}
		again, named, err := amountIn(addAmount(a+"?n=1", m))
		if again != m || !named || err != nil {
			t.Errorf("%v reads back as %v, %v, %v", m, again, named, err)
		}
	})
}
