package console

import (
	"cmp"
	"fmt"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// Payload is what a code says that holds the payload of another payment scheme.
type Payload struct {
	Merchant string    `json:"merchant,omitempty"`
	City     string    `json:"city,omitempty"`
	Amount   string    `json:"amount,omitempty"`   // as the code has it; left out where the payer enters it
	Currency string    `json:"currency,omitempty"` // ISO 4217, numeric
	Accounts []Account `json:"accounts,omitempty"`
	Text     string    `json:"text"`              // what an app of one of the schemes takes
	Problem  string    `json:"problem,omitempty"` // what is wrong with it
}

// Account is one that a payload takes money to.
type Account struct {
	ID     string `json:"id"`
	Scheme string `json:"scheme,omitempty"`
}

// Payload prints what such a code says; where it is damaged, that.
func (p *Printer) Payload(e *scan.PayloadError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := e.Payload
	l := Payload{Merchant: said.Value("59"), City: said.Value("60"), Amount: said.Value("54"), Currency: said.Value("53"), Text: e.Text}
	for _, a := range said.Accounts() {
		l.Accounts = append(l.Accounts, Account{a.ID, a.Scheme})
	}
	if e.Err != nil {
		l.Problem = e.Err.Error()
	}
	p.print(Line{Payload: l.printable()}, l.line(e))
}

// line is the payload for people.
func (l Payload) line(e *scan.PayloadError) string {
	if len(e.Payload.Objects) == 0 {
		return "payload   damaged: nothing of it can be trusted"
	}
	amount := "no amount"
	if units, code, ok := e.Payload.Minor(); ok {
		amount = order.Money{Amount: units, Currency: code}.String()
	} else if l.Amount != "" {
		amount = fmt.Sprintf("%s of currency %s", l.Amount, l.Currency)
	}
	text := fmt.Sprintf("payload   %s, %s  %s", cmp.Or(l.Merchant, "no name"), cmp.Or(l.City, "no city"), amount)
	for i, a := range l.Accounts {
		sep := ", "
		if i == 0 {
			sep = "  to an account of "
		}
		text += fmt.Sprintf("%s%s (%s)", sep, cmp.Or(a.Scheme, "a scheme unnamed"), a.ID)
	}
	return text
}

// printable is the payload as the line of a program, which may show it.
func (l Payload) printable() *Payload {
	for _, text := range []*string{&l.Merchant, &l.City, &l.Amount, &l.Currency, &l.Text, &l.Problem} {
		*text = Printable(*text)
	}
	for i := range l.Accounts {
		l.Accounts[i].Scheme = Printable(l.Accounts[i].Scheme)
	}
	return &l
}
