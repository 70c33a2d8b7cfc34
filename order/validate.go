package order

import "fmt"

// Bounds that every message keeps.
const (
	MaxLines    = 200  // lines of an order, goods of a page
	MaxQuantity = 9999 // pieces of one item
	maxName     = 128  // bytes of an identifier, a key or a name
	maxText     = 500  // bytes of a description
	maxAddress  = 2048 // bytes of an address
)

// Validate checks a confirmation and returns an *[Error] with every problem.
func (c Confirmation) Validate() error {
	var p problems
	p.identifier("/merchant", c.Merchant)
	p.text("/revision", c.Revision, maxName, true)
	p.money("/total", c.Total)
	p.choices("/choices", c.Choices)
	return p.keyed(c.Key, "the confirmation is not valid")
}

// Validate checks a page as a terminal gets it, and returns an *[Error] with
// every problem: nothing on it can be mistaken for something else when it is
// shown, and everything on it can be paid.
func (g Page) Validate() error {
	var p problems
	if g.Kind != PageDirect && g.Kind != PageShop && g.Kind != PageReview {
		p.add("/kind", "is %.40q: want %s, %s or %s", g.Kind, PageDirect, PageShop, PageReview)
	}
	p.identifier("/merchant", g.Merchant)
	p.text("/merchant_name", g.MerchantName, maxName, true)
	p.text("/revision", g.Revision, maxName, true)
	p.offered("/total", g.Total, g.Currency)
	p.offered("/max", g.Max, g.Currency)
	if len(g.Goods) > MaxLines || len(g.Lines) > MaxLines {
		p.add("", "has more than %d goods or lines", MaxLines)
		return p.err("the page is not valid")
	}
	for i, item := range g.Goods {
		at := fmt.Sprintf("/goods/%d", i)
		p.identifier(at+"/id", item.ID)
		p.text(at+"/name", item.Name, maxName, true)
		p.offered(at+"/price", item.Price, g.Currency)
	}
	for i, l := range g.Lines {
		p.line(fmt.Sprintf("/lines/%d", i), l)
	}
	return p.err("the page is not valid")
}

// offered checks an amount of a page, which has none where the payer enters it.
func (p *problems) offered(path string, m Money, currency string) {
	if m == (Money{}) {
		return
	}
	p.money(path, m)
	if m.Currency != currency {
		p.add(path, "is in %.8q on a page in %.8q", m.Currency, currency)
	}
}

// ValidateChoices checks what was chosen from a shop: at least one item, no
// item twice.
func ValidateChoices(choices []Choice) error {
	var p problems
	if len(choices) == 0 {
		p.add("/choices", "is empty: choose at least one item")
	}
	p.choices("/choices", choices)
	return p.err("the choice is not valid")
}

// Validate checks an order and returns an *[Error] with every problem.
func (o Order) Validate() error {
	var p problems
	p.id("/id", o.ID)
	p.identifier("/merchant", o.Merchant)
	p.money("/total", o.Total)
	p.lines(o)
	p.text("/description", o.Description, maxText, false)
	p.text("/return_address", o.ReturnAddress, maxAddress, false)
	if o.Created.IsZero() || !o.Expires.After(o.Created) {
		p.add("/expires", "is not after created: an order needs time to be paid")
	}
	return p.err("the order is not valid")
}

// Validate checks what a gateway says of an order, apart from the order itself,
// which its receiver compares with its own, and returns an *[Error] with every
// problem.
func (s Status) Validate() error {
	var p problems
	switch s.State {
	case StateOpen, StatePaid, StateCanceled, StateExpired:
	default:
		p.add("/state", "is %.40q: want open, paid, canceled or expired", s.State)
	}
	if s.Version < 1 {
		p.add("/version", "is %d: versions count from 1", s.Version)
	}
	if s.Changed.IsZero() {
		p.add("/changed", "is missing")
	}
	if (s.State == StatePaid) != (s.Payment != nil) {
		p.add("/payment", "belongs to an order that is paid, and to no other")
	}
	if s.Payment != nil {
		p.text("/payment/component", s.Payment.Component, maxName, true)
		p.text("/payment/attempt", s.Payment.Attempt, maxName, true)
		p.text("/payment/reference", s.Payment.Reference, maxName, true)
		p.money("/payment/amount", s.Payment.Amount)
	}
	p.refunds(s)
	return p.err("the status is not valid")
}

// problems collects what is wrong, so that a caller learns all of it at once.
type problems []Problem

func (p *problems) add(path, format string, args ...any) {
	*p = append(*p, Problem{path, fmt.Sprintf(format, args...)})
}

func (p problems) err(detail string) error {
	if len(p) == 0 {
		return nil
	}
	return &Error{Code: CodeInvalid, Detail: detail, Problems: p}
}

// keyed is err for a request with an idempotency key, which is looked at last: a
// missing one has a code of its own.
func (p problems) keyed(key, detail string) error {
	if len(p) == 0 && key == "" {
		return &Error{Code: CodeIdempotencyKeyMissing, Detail: "a write needs an idempotency key"}
	}
	p.text("/key", key, maxName, true)
	return p.err(detail)
}

func (p *problems) money(path string, m Money) {
	if err := m.Validate(); err != nil {
		p.add(path, "%v", err)
	}
}

func (p *problems) identifier(path, s string) {
	if err := CheckIdentifier(s); err != nil {
		p.add(path, "%v", err)
	}
}

func (p *problems) text(path, s string, limit int, required bool) {
	if err := CheckText(s, limit); err != nil && (required || s != "") {
		p.add(path, "%v", err)
	}
}

func (p *problems) choices(path string, choices []Choice) {
	if len(choices) > MaxLines {
		p.add(path, "has %d entries: at most %d", len(choices), MaxLines)
		return
	}
	seen := map[string]bool{}
	for i, c := range choices {
		at := fmt.Sprintf("%s/%d", path, i)
		p.identifier(at+"/item", c.Item)
		p.quantity(at+"/quantity", c.Quantity)
		if seen[c.Item] {
			p.add(at+"/item", "stands twice: give each item once, with its quantity")
		}
		seen[c.Item] = true
	}
}

func (p *problems) quantity(path string, n int64) {
	if n < 1 || n > MaxQuantity {
		p.add(path, "is %d: want 1 to %d", n, MaxQuantity)
	}
}

func (p *problems) line(path string, l Line) {
	p.identifier(path+"/item", l.Item)
	p.text(path+"/name", l.Name, maxName, true)
	p.quantity(path+"/quantity", l.Quantity)
	p.money(path+"/price", l.Price)
}

func (p *problems) lines(o Order) {
	if len(o.Lines) == 0 {
		return
	}
	if len(o.Lines) > MaxLines {
		p.add("/lines", "has %d entries: at most %d", len(o.Lines), MaxLines)
		return
	}
	for i, l := range o.Lines {
		p.line(fmt.Sprintf("/lines/%d", i), l)
	}
	if sum, err := Sum(o.Lines); err != nil {
		p.add("/lines", "%v", err)
	} else if sum != o.Total {
		p.add("/total", "is %s, but the lines come to %s", o.Total, sum)
	}
}
