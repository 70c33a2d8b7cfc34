package emvco

import (
	"fmt"
	"slices"
	"strings"
)

// Payload is what a code says between the format indicator, 00, and the
// checksum, 63.
type Payload struct {
	Objects []Object // in the order of the code
}

// Object is a data object.
type Object struct {
	ID      string   // two digits
	Value   string   // 1 to 99 characters; empty for a template
	Objects []Object // a template's own, in their order; nil for the others
}

// Value is the value of the object at the path, such as "59" or "62.05"; empty
// where there is none, and for a template.
func (p Payload) Value(path string) string {
	var found Object
	for level, id := p.Objects, ""; path != ""; level = found.Objects {
		id, path, _ = strings.Cut(path, ".")
		i := slices.IndexFunc(level, func(o Object) bool { return o.ID == id })
		if i < 0 {
			return ""
		}
		found = level[i]
	}
	return found.Value
}

// Dynamic says that the code was made for one transaction (01 is 12). One that
// does not say is taken for static.
func (p Payload) Dynamic() bool { return p.Value("01") == "12" }

// Account is one of the merchant's accounts, each with another scheme.
type Account struct {
	ID string // 02 to 51; Payload.Value(ID) or Payload.Value(ID + ".01") is what the scheme knows it by

	// Scheme is the card network that the specification gives an ID from 02 to
	// 25, such as "Visa", empty where it gives it none; from 26 on the globally
	// unique identifier, which is an application identifier, a UUID or a domain
	// name turned around, such as "br.gov.bcb.pix".
	Scheme string
}

// Accounts are the merchant's accounts, in the order of the code.
func (p Payload) Accounts() (accounts []Account) {
	for _, o := range p.Objects {
		switch {
		case o.ID >= "02" && o.ID <= "25":
			accounts = append(accounts, Account{o.ID, network(o.ID)})
		case o.ID >= "26" && o.ID <= "51":
			accounts = append(accounts, Account{o.ID, p.Value(o.ID + ".00")})
		}
	}
	return accounts
}

// network is the card network that an ID below 26 is reserved for.
func network(id string) string {
	switch id {
	case "02", "03":
		return "Visa"
	case "04", "05":
		return "Mastercard"
	case "09", "10":
		return "Discover"
	case "11", "12":
		return "American Express"
	case "13", "14":
		return "JCB"
	case "15", "16":
		return "UnionPay"
	}
	return ""
}

// String describes the payload in one line for people; [Payload.Text] is what a
// code says.
func (p Payload) String() string {
	var parts []string
	if name, city := p.Value("59"), p.Value("60"); name != "" || city != "" {
		parts = append(parts, fmt.Sprintf("%q in %q", name, city))
	}
	if amount := p.Value("54"); amount != "" {
		parts = append(parts, described(amount, p.Value("53")))
	}
	for i, a := range p.Accounts() {
		by := ""
		if i == 0 {
			by = "by "
		}
		parts = append(parts, fmt.Sprintf("%s%s %q", by, a.ID, a.Scheme))
	}
	return strings.Join(parts, ", ")
}

// described is an amount with its currency; quoted where it is not known to be
// harmless.
func described(amount, numeric string) string {
	code, _, known := Currency(numeric)
	if !known || !isAmount(amount) {
		return fmt.Sprintf("%q of currency %q", amount, numeric)
	}
	return amount + " " + code
}
