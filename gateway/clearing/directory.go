package clearing

import (
	"maps"
	"slices"

	"github.com/anyscan/anyscan/order"
)

// Acquirer is what the clearing institution knows about one first server.
type Acquirer struct {
	// Name identifies it for ever: 1 to 64 of a-z 0-9 -. Orders are stored under
	// it, so it is never changed and never given to another.
	Name string
	// Keys are what its messages are signed with. During a rotation there are two,
	// whose times overlap. A key belongs to one acquirer and one purpose.
	//
	// With a shared secret among them, all that the acquirer is told is signed
	// with the first one in force, and what it asks is answered with the one that
	// it asked with. So to rotate a secret, put the new one after the old one: the
	// acquirer has both by then, and is told with the new one when the old one ends.
	Keys []Key
	// TLSKeys are the public keys of its TLS client certificates, where it
	// identifies itself by one instead of a signature.
	TLSKeys []Key
	// Merchants are those it may place orders for.
	Merchants []Merchant
	// Notify is the address that takes notifications; "" where the notifier
	// needs none.
	Notify string
	// ReturnOrigins are the origins, such as "https://shop.example", that a
	// payer may go back to.
	ReturnOrigins []string
	// Components are the names that its payers may pay with. nil means all, an
	// empty slice means none.
	Components []string
	// Limits bound what it may ask for. Default: no limits of its own.
	Limits Limits
	// Disabled says why the acquirer may begin nothing new, in words for the
	// acquirer itself; "" where it may. A disabled acquirer places nothing and
	// is issued nothing: [order.CodeForbidden]. It still asks about its orders,
	// gets their notifications, and finds again what it has placed; what is open
	// can still be paid, because its payers are not at fault. To stop payments
	// too, take its merchants away.
	Disabled string
}

// Merchant is one who is paid.
type Merchant struct {
	ID   string `json:"id"`   // at its acquirer: 1 to 128 of A-Z a-z 0-9 . _ -
	Name string `json:"name"` // that payers are shown, 1 to 128 bytes
	// Domains are the hosts that its codes may lead to, in lower case, each as a
	// rule of verify.NewDomains: tea.example with every name below it,
	// =tea.example alone, or *.tea.example. Without any, it gets no codes.
	Domains []string `json:"domains,omitempty"`
}

// Limits bound what one acquirer may ask for.
type Limits struct {
	// Amounts are the highest totals of one order, by ISO 4217 currency, in
	// minor units. A currency that is not in it is refused, so that a limit
	// cannot be walked around; nil means no limit in any currency.
	Amounts map[string]int64 `json:"amounts,omitzero"`
	// Rate is how many requests a second the acquirer may make on average, and
	// Burst how many at once. Both or none; 0 leaves it to the transport. They
	// hold for each server of the institution by itself.
	Rate  float64 `json:"rate,omitzero"`
	Burst int     `json:"burst,omitzero"`
}

// clone shares nothing with a but keys, which are not valid yet.
func (a Acquirer) clone() Acquirer {
	a.Keys, a.TLSKeys = slices.Clone(a.Keys), slices.Clone(a.TLSKeys)
	a.ReturnOrigins, a.Components = slices.Clone(a.ReturnOrigins), slices.Clone(a.Components)
	a.Limits.Amounts = maps.Clone(a.Limits.Amounts)
	a.Merchants = slices.Clone(a.Merchants)
	for i := range a.Merchants {
		a.Merchants[i].Domains = slices.Clone(a.Merchants[i].Domains)
	}
	return a
}

// allows reports whether the acquirer's payers may pay with the component.
func (a Acquirer) allows(component string) bool {
	return a.Components == nil || slices.Contains(a.Components, component)
}

// returnsTo reports whether a payer may be sent to the address.
func (a Acquirer) returnsTo(address string) bool {
	parsed, err := parseAddress(address)
	return err == nil && slices.Contains(a.ReturnOrigins, originOf(parsed))
}

// enabled is the refusal of a disabled acquirer, for all that begins something.
func (a Acquirer) enabled(op string) error {
	if a.Disabled == "" {
		return nil
	}
	return order.Errorf(order.CodeForbidden, op, "acquirer %q is disabled: %s", a.Name, a.Disabled)
}

// limited holds the total of an order, or the amount of a code for one, to the
// acquirer's limits.
func (p *problems) limited(path string, a Acquirer, total order.Money) {
	if a.Limits.Amounts == nil {
		return
	}
	limit, ok := a.Limits.Amounts[total.Currency]
	switch {
	case !ok:
		p.add(path+"/currency", "is %s: acquirer %q may take %v", total.Currency, a.Name, slices.Sorted(maps.Keys(a.Limits.Amounts)))
	case total.Amount > limit:
		p.add(path+"/amount", "is above the limit of acquirer %q: at most %s in one order", a.Name, order.Money{Amount: limit, Currency: total.Currency})
	}
}
