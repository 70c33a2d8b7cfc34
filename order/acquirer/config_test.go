package acquirer_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
)

// paths are where an error says that something is wrong.
func paths(t *testing.T, err error) (all []string) {
	t.Helper()
	e, ok := errors.AsType[*order.Error](err)
	if !ok || e.Code != order.CodeInvalid {
		t.Fatalf("the error is %v, want one that tells problems", err)
	}
	for _, p := range e.Problems {
		all = append(all, p.Path)
	}
	return all
}

func TestMerchantSaysEverythingThatIsWrong(t *testing.T) {
	good := acquirer.Merchant{ID: "tea", Name: "Tea", Currency: "CNY", Direct: &acquirer.Direct{Max: yuan(1)}}
	if err := good.Validate(); err != nil {
		t.Errorf("a good merchant: %v", err)
	}
	goods := []order.Item{{ID: "pot", Name: "Pot", Price: yuan(1)}}
	for _, c := range []struct {
		what   string
		change func(*acquirer.Merchant)
		want   []string
	}{
		{"no identity", func(m *acquirer.Merchant) { m.ID, m.Name, m.Currency = "a b", "", "cny" },
			[]string{"/id", "/name", "/currency", "/direct/max"}},
		{"neither form", func(m *acquirer.Merchant) { m.Direct = nil }, []string{""}},
		{"both forms", func(m *acquirer.Merchant) { m.Goods = goods }, []string{""}},
		{"no amount", func(m *acquirer.Merchant) { m.Direct = &acquirer.Direct{} }, []string{"/direct"}},
		{"two amounts", func(m *acquirer.Merchant) { m.Direct = &acquirer.Direct{Amount: yuan(1), Max: yuan(2)} }, []string{"/direct"}},
		{"a negative amount", func(m *acquirer.Merchant) { m.Direct = &acquirer.Direct{Amount: yuan(-1)} }, []string{"/direct/amount"}},
		{"a foreign amount", func(m *acquirer.Merchant) { m.Currency = "EUR" }, []string{"/direct/max"}},
		{"bad goods", func(m *acquirer.Merchant) {
			m.Direct, m.Goods = nil, []order.Item{{ID: "a", Name: "A\n", Price: yuan(0)}, {ID: "a", Name: "A", Price: order.Money{Amount: 1, Currency: "EUR"}}}
		}, []string{"/goods/0/name", "/goods/0/price", "/goods/1/price", "/goods/1/id"}},
		{"too many goods", func(m *acquirer.Merchant) { m.Direct, m.Goods = nil, make([]order.Item, order.MaxLines+1) }, []string{"/goods"}},
		{"a name that turns around", func(m *acquirer.Merchant) { m.Name = "\u202eknab" }, []string{"/name"}},
		{"a step in a path", func(m *acquirer.Merchant) { m.ID = ".." }, []string{"/id"}},
		{"a note of two lines", func(m *acquirer.Merchant) { m.Note = "Table 4\nFree" }, []string{"/note"}},
		{"a long name", func(m *acquirer.Merchant) { m.Name = strings.Repeat("x", 129) }, []string{"/name"}},
	} {
		m := good
		c.change(&m)
		wantSame(t, c.what, paths(t, m.Validate()), c.want)
	}
}

func TestNewSaysEverythingThatIsWrong(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "acquirer.db"))
	twice := acquirer.Merchants{merchants()[0], merchants()[0]}
	_, err := acquirer.New(t.Context(), s, nil, twice, "http://acquirer.example/app", &acquirer.Options{
		Lifetime: -1, Timeout: time.Minute, Retry: []time.Duration{time.Second, 0}})
	wantSame(t, "the problems", paths(t, err),
		[]string{"", "/base", "/merchants/1/id", "/options/lifetime", "/options/retry/1", "/options/retry/0"})
}

func TestBaseIsAnOrigin(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "acquirer.db"))
	for base, ok := range map[string]bool{
		"https://acquirer.example":             true,
		"https://acquirer.example/":            true,
		"https://acquirer.example:8443":        true,
		"http://acquirer.localhost:8080":       true,
		"http://127.0.0.1:8080":                true,
		"http://[::1]:8080":                    true,
		"http://acquirer.example":              false,
		"http://localhost.example":             false,
		"https://acquirer.example/app":         false,
		"https://acquirer.example?q":           false,
		"https://Acquirer.example":             false,
		"https://acquirer.example:443":         false,
		"https://user@acquirer.example":        false,
		"ftp://acquirer.example":               false,
		"acquirer.example":                     false,
		"":                                     false,
		"https://acquirer.example\r\nX: 1":     false,
		"https://" + strings.Repeat("a", 3000): false,
	} {
		_, err := acquirer.New(t.Context(), s, &peer{}, merchants(), base, nil)
		if (err == nil) != ok {
			t.Errorf("base %.60q: %v, want ok %v", base, err, ok)
		}
	}
}
