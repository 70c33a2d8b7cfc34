package acquirer

import (
	"context"
	"fmt"

	"github.com/anyscan/anyscan/order"
)

// Catalog is where a [Server] finds its merchants. It is asked for every page
// and every new order, so what it says takes effect at once. It is safe for
// concurrent use. [Merchants] is one; bring your own over a database.
type Catalog interface {
	// Merchant finds a merchant. One that is not there is an *order.Error with
	// [order.CodeNotFound]; after any other error payers are asked to try again.
	Merchant(ctx context.Context, id string) (Merchant, error)
}

// Merchant is one that the acquirer takes orders for. Its page either pays it
// directly or displays its merchandise: exactly one of Direct and Goods is set.
type Merchant struct {
	ID       string       // 1 to 128 of A-Z a-z 0-9 . _ -, as in the gateway's directory
	Name     string       // for people
	Note     string       // what is paid for, such as "Table 4": one line on the page and in its orders; "" for none
	Currency string       // ISO 4217; every amount is in it
	Direct   *Direct      // the page pays the merchant directly
	Goods    []order.Item // the page is a shop with these goods
}

// Direct is how much a direct page pays: exactly one of its fields is set.
type Direct struct {
	Amount order.Money // what every payer pays
	Max    order.Money // the payer enters the amount, up to this
}

// Merchants is a [Catalog] of fixed merchants. It must not be changed while a
// server uses it.
type Merchants []Merchant

var _ Catalog = Merchants(nil)

// Merchant implements [Catalog].
func (ms Merchants) Merchant(_ context.Context, id string) (Merchant, error) {
	for _, m := range ms {
		if m.ID == id {
			return m, nil
		}
	}
	return Merchant{}, noMerchant("acquirer.Merchants")
}

func noMerchant(op string) error {
	return order.Errorf(order.CodeNotFound, op, "there is no such merchant")
}

// Validate checks the merchant and returns an *order.Error with every problem.
// A server shows no page of a merchant that is not valid.
func (m Merchant) Validate() error {
	var p problems
	m.check(&p, "")
	return p.err("acquirer.Merchant", "the merchant is not valid")
}

func (ms Merchants) check(p *problems) {
	seen := map[string]bool{}
	for i, m := range ms {
		at := fmt.Sprintf("/merchants/%d", i)
		m.check(p, at)
		if seen[m.ID] {
			p.add(at+"/id", "%.40q stands twice", m.ID)
		}
		seen[m.ID] = true
	}
}

func (m Merchant) check(p *problems, at string) {
	p.identifier(at+"/id", m.ID)
	p.name(at+"/name", m.Name)
	if m.Note != "" {
		p.name(at+"/note", m.Note)
	}
	if _, ok := order.Exponent(m.Currency); !ok {
		p.add(at+"/currency", "%.8q is not an ISO 4217 currency in use", m.Currency)
	}
	switch {
	case (m.Direct != nil) == (len(m.Goods) > 0):
		p.add(at, "want either an amount to pay directly or goods")
	case m.Direct != nil:
		m.Direct.check(p, at+"/direct", m.Currency)
	default:
		m.checkGoods(p, at+"/goods")
	}
}

func (d Direct) check(p *problems, at, currency string) {
	fixed, entered := d.Amount != order.Money{}, d.Max != order.Money{}
	switch {
	case fixed == entered:
		p.add(at, "want either a fixed amount or the most that a payer may enter")
	case fixed:
		p.money(at+"/amount", d.Amount, currency)
	default:
		p.money(at+"/max", d.Max, currency)
	}
}

func (m Merchant) checkGoods(p *problems, at string) {
	if len(m.Goods) > order.MaxLines {
		p.add(at, "has %d entries: at most %d", len(m.Goods), order.MaxLines)
		return
	}
	seen := map[string]bool{}
	for i, g := range m.Goods {
		at := fmt.Sprintf("%s/%d", at, i)
		p.identifier(at+"/id", g.ID)
		p.name(at+"/name", g.Name)
		p.money(at+"/price", g.Price, m.Currency)
		if seen[g.ID] {
			p.add(at+"/id", "%.40q stands twice", g.ID)
		}
		seen[g.ID] = true
	}
}

// problems collects what is wrong, so that one run of a program tells all of it.
type problems []order.Problem

func (p *problems) add(path, format string, args ...any) {
	*p = append(*p, order.Problem{Path: path, Detail: fmt.Sprintf(format, args...)})
}

func (p problems) err(op, detail string) error {
	if len(p) == 0 {
		return nil
	}
	return &order.Error{Code: order.CodeInvalid, Op: op, Detail: detail, Problems: p}
}

const maxName = 128 // bytes of a name, as in package order

func (p *problems) identifier(path, s string) {
	if err := order.CheckIdentifier(s); err != nil {
		p.add(path, "%v", err)
	}
}

func (p *problems) name(path, s string) {
	if err := order.CheckText(s, maxName); err != nil {
		p.add(path, "%v", err)
	}
}

func (p *problems) money(path string, m order.Money, currency string) {
	if err := m.Validate(); err != nil {
		p.add(path, "%v", err)
	} else if m.Currency != currency {
		p.add(path, "is in %s: the merchant's currency is %s", m.Currency, currency)
	}
}
