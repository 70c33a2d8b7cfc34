package walk

import (
	"context"
	"testing"

	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

// mode is one of the ways in which a gateway determines the component.
type mode struct {
	policy  gateway.Policy
	headers map[string]string // of the scanning app
	agent   string            // of its web view
	pays    string            // component that is called; "" where the payer chooses
}

func modes() map[string]mode {
	return map[string]mode{
		"the payer chooses":                      {policy: gateway.Policy{Mode: gateway.ModeChoose}},
		"the scanning app, by its headers":       {policy: gateway.Policy{Mode: gateway.ModeApp}, headers: map[string]string{"Scanning-App": "wallet", "Scanning-App-Component": "blue"}, pays: "blue"},
		"the scanning app, by its web view":      {policy: gateway.Policy{Mode: gateway.ModeApp}, agent: "Mozilla/5.0 (Linux; Android 16) UnionPay/1.0 Quay", pays: "unionpay"},
		"the gateway's default":                  {policy: gateway.Policy{Mode: gateway.ModeGateway, Default: "green"}, pays: "green"},
		"the terminal's default, by its headers": {policy: gateway.Policy{Mode: gateway.ModeTerminal}, headers: map[string]string{"Terminal-Default": "amber"}, pays: "amber"},
	}
}

// In each mode the cashier shows what the gateway instructs, and takes the payment by
// it; what is called never takes the choice away.
func TestModes(t *testing.T) {
	browser := webtest.Browser(t)
	for name, m := range modes() {
		t.Run(name, func(t *testing.T) {
			s := newStreet(t, m.policy, func(s *local.System) {
				s.Accounts = append(local.Accounts(), local.Account{Name: "unionpay", Title: "Quay Pay", Color: "#7c2d12"})
			})
			if m.pays == "" {
				s.choosing(s.enters(browser))
				return
			}
			p, address := s.entersBy(browser, m)
			s.calling(p, address, m)
			p, address = s.entersBy(browser, m)
			s.changing(p, address, m)
		})
	}
}

// entersBy is a payer whose app says what it is when it opens the cashier, and, as web
// views do, with that one request.
func (s *street) entersBy(browser context.Context, m mode) (p payer, address string) {
	s.Helper()
	p = s.enters(browser)
	if m.agent != "" {
		webtest.Agent(p.tab, s.T, m.agent)
	}
	webtest.Headers(p.tab, s.T, m.headers)
	address = p.arrives("cafe")
	webtest.Headers(p.tab, s.T, nil)
	return p, address
}

// choosing picks one of the offers that stand side by side.
func (s *street) choosing(p payer) {
	address := p.arrives("cafe")
	if n := p.count(offers); n != 4 || p.count(called) > 0 {
		s.Errorf("there are %d offers beside each other, want 4 and none that is called", n)
	}
	p.taps(offer("amber"))
	p.approves()
	p.leaves()
	s.chosen(address, "amber", gateway.ModeChoose)
}

// calling pays with the component that is called.
func (s *street) calling(p payer, address string, m mode) {
	p.seesNo(offers) // they are a tap away
	p.taps(called + `[value=` + m.pays + `]`)
	p.approves()
	p.leaves()
	s.chosen(address, m.pays, m.policy.Mode)
}

// changing takes another component than the one that is called.
func (s *street) changing(p payer, address string, m mode) {
	p.taps(others)
	p.sees(offers)
	if n := p.count(offers); n != 3 {
		s.Errorf("there are %d others, want 3", n)
	}
	another := "green"
	if m.pays == another {
		another = "blue"
	}
	p.taps(offer(another))
	p.approves()
	s.chosen(address, another, gateway.ModeChoose)
}

// chosen fails unless the order was paid by the component, which came to be used in
// that mode.
func (s *street) chosen(address, component string, mode gateway.Mode) {
	s.Helper()
	session := s.session(address)
	if session.Payment == nil || session.Payment.Component != component || session.Attempt.Chosen.Mode != mode {
		s.Errorf("paid by %+v in the attempt %+v, want by %s in mode %s", session.Payment, session.Attempt, component, mode)
	}
}
