package acquirer

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"github.com/anyscan/anyscan/order"
)

// page is the one behind the merchant's code (claim 1, "first page").
func (m Merchant) page() (order.Page, error) {
	p := m.blank(order.PageShop)
	p.Goods = m.Goods
	if m.Direct != nil {
		p.Kind, p.Total, p.Max = order.PageDirect, m.Direct.Amount, m.Direct.Max
	}
	return revised(p)
}

// review is the order information page for the choices, at the catalogue's
// prices.
func (m Merchant) review(choices []order.Choice) (order.Page, error) {
	const op = "acquirer.Review"
	if err := order.ValidateChoices(choices); err != nil {
		return order.Page{}, err
	}
	if m.Direct != nil {
		return order.Page{}, invalid(op, "/choices", "the merchant is paid directly: there is nothing to choose")
	}
	p := m.blank(order.PageReview)
	for _, c := range choices {
		i := slices.IndexFunc(m.Goods, func(g order.Item) bool { return g.ID == c.Item })
		if i < 0 {
			return order.Page{}, order.Errorf(order.CodePageChanged, op, "the shop has no item %q: load its page again", c.Item)
		}
		g := m.Goods[i]
		p.Lines = append(p.Lines, order.Line{Item: g.ID, Name: g.Name, Quantity: c.Quantity, Price: g.Price})
	}
	var err error
	if p.Total, err = order.Sum(p.Lines); err != nil {
		return order.Page{}, invalid(op, "/choices", err.Error())
	}
	return revised(p)
}

func (m Merchant) blank(kind order.PageKind) order.Page {
	return order.Page{Kind: kind, Merchant: m.ID, MerchantName: m.Name, Note: m.Note, Currency: m.Currency}
}

// confirmed is the page that a confirmation is about.
func (m Merchant) confirmed(c order.Confirmation) (order.Page, error) {
	if m.Direct == nil && len(c.Choices) > 0 {
		return m.review(c.Choices)
	}
	return m.page()
}

// agrees reports whether what the payer confirmed is what the page says now.
// The revision comes first: with it, everything else is what the payer saw.
func (m Merchant) agrees(p order.Page, c order.Confirmation) error {
	const op = "acquirer.Confirm"
	switch {
	case c.Revision != p.Revision:
		return order.Errorf(order.CodePageChanged, op, "the page has changed since it was confirmed: load it again")
	case (m.Direct == nil) != (len(c.Choices) > 0):
		return invalid(op, "/choices", "do not fit the page: goods are chosen in a shop, and only there")
	case p.Total != order.Money{} && c.Total != p.Total:
		return order.Errorf(order.CodePageChanged, op, "the total is %s, not %s: load the page again", p.Total, c.Total)
	case c.Total.Currency != p.Currency:
		return invalid(op, "/total", "is in "+c.Total.Currency+": the merchant takes "+p.Currency)
	case p.Total == order.Money{} && c.Total.Amount > m.Direct.Max.Amount:
		return order.Errorf(order.CodeRefused, op, "the merchant takes at most %s at once, not %s", m.Direct.Max, c.Total)
	}
	return nil
}

// revised gives the page its revision: a hash of all that it says, so that a
// payer's consent is for exactly this. The order of the lines says nothing: a
// browser's form may send the goods in another one.
func revised(p order.Page) (order.Page, error) {
	said := p
	said.Revision = ""
	said.Lines = slices.SortedFunc(slices.Values(p.Lines), func(a, b order.Line) int { return strings.Compare(a.Item, b.Item) })
	text, err := json.Marshal(said)
	if err != nil {
		return order.Page{}, err
	}
	sum := sha256.Sum256(text)
	p.Revision = base64.RawURLEncoding.EncodeToString(sum[:12])
	return p, nil
}

func invalid(op, path, detail string) error {
	return &order.Error{Code: order.CodeInvalid, Op: op, Detail: "the request does not fit the merchant",
		Problems: []order.Problem{{Path: path, Detail: detail}}}
}
