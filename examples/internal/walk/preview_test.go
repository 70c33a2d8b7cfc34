package walk

import (
	"context"
	"net/http"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

// Whoever is sent an address of the way has it looked at by their app: by a program
// that asks for its head, and then for the page, and by one that shows the page and
// runs its scripts. Nothing changes by that.
func previewed(s *street, browser context.Context) {
	p := s.enters(browser)
	code := s.code("cafe")
	p.opens(code)
	preview := s.enters(browser)
	webtest.Agent(preview.tab, s.T, "Mozilla/5.0 (compatible; ExamplePreview/1.0)")
	s.looks(preview, code)
	s.counts(0, 0)
	p.taps(confirms)
	p.seesAt(s.Gateway+"/pay/", offer("blue"))
	at := p.at()
	before := s.known(at)
	s.looks(preview, at, before.Order.ReturnAddress)
	s.unchanged(before, at)
	s.counts(1, 0)

	p.taps(offer("blue"))
	p.seesAt(s.Wallet, approves)
	before = s.known(at)
	s.looks(preview, at, before.Order.ReturnAddress, p.at())
	s.head(before.Attempt.ReturnAddress)
	s.unchanged(before, at)
	s.counts(1, 1)
	p.approves()
}

// looks previews each of the addresses.
func (s *street) looks(preview payer, addresses ...string) {
	s.Helper()
	for _, address := range addresses {
		s.head(address)
		for _, accept := range []string{"", "*/*", webtest.AsBrowser} {
			s.ask(http.MethodGet, address, accept)
		}
		preview.opens(address)
		preview.sees("main")
	}
}

func (s *street) head(address string) {
	s.Helper()
	s.ask(http.MethodHead, address, webtest.AsBrowser)
}

func (s *street) ask(method, address, accept string) {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), method, address, nil)
	if err != nil {
		s.Fatal(err)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	answer, err := s.Client().Do(r)
	if err != nil {
		s.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode/100 == 3 || answer.StatusCode/100 == 5 {
		s.Errorf("%s %s is answered with %s, %v", method, address, answer.Status, err)
	}
}

// knowledge is what both servers know of an order.
type knowledge struct {
	gateway.Session
	AtGateway, AtAcquirer order.Status
}

func (s *street) known(cashier string) knowledge {
	s.Helper()
	k := knowledge{Session: s.session(cashier)}
	var err error
	if k.AtGateway, err = s.AskGateway(s.Context(), k.Order.ID); err != nil {
		s.Fatal(err)
	}
	if k.AtAcquirer, err = s.result(s.Context(), k.Order); err != nil {
		s.Fatal(err)
	}
	return k
}

func (s *street) unchanged(before knowledge, cashier string) {
	s.Helper()
	if diff := cmp.Diff(before, s.known(cashier)); diff != "" {
		s.Errorf("a preview changed the order: %s", strings.TrimSpace(diff))
	}
}
