package walk

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/internal/web/webtest"
)

// What a payer can tap or see, on whichever page: found by what it does and not by
// what it says, so that it is found in every language.
const (
	cashier  = `form[action$="/attempts"]` // something to pay with
	confirms = `form[method=post][action*="/orders"] button`
	reviews  = `form[method=get][action$="/review"] button`
	approves = `button[name=decision][value=approve]`
	declines = `button[name=decision][value=decline]`
	offers   = `button.offer[name=component]`
	others   = `details summary` // a tap away from a component that is called
	called   = `button.main[name=component]`
	returns  = `a[href*="/orders/"]` // to the merchant
	checks   = `a[href*="/return/"]` // "I have paid"
	paid     = `.mark:not(.over):not(.wait)`
	over     = `.mark.over`
	alert    = `[role=alert]`
)

// offer is the button of a component, wherever it stands.
func offer(component string) string { return `button[name=component][value=` + component + `]` }

// chooses leads back to the cashier: "another way", and "go back".
func (s *street) chooses() string { return `a.plain[href^="` + s.Gateway + `/pay/"]` }

// payer is a person in front of a tab.
type payer struct {
	*testing.T
	tab context.Context
	s   *street
}

// enters is a payer with a browser of their own.
func (s *street) enters(browser context.Context) payer {
	s.Helper()
	return payer{s.T, webtest.Person(browser, s.T), s}
}

// opens opens an address, as a scanning app or a link does.
func (p payer) opens(address string) {
	p.Helper()
	webtest.Do(p.tab, p.T, chromedp.Navigate(address))
}

// taps taps what is on the page, or on the one that comes next.
func (p payer) taps(what string) {
	p.Helper()
	p.sees(what)
	webtest.Do(p.tab, p.T, chromedp.Click(chromedp.CSS(what)))
}

// sees waits until it is on the page.
func (p payer) sees(what string) {
	p.Helper()
	webtest.Do(p.tab, p.T, chromedp.WaitVisible(chromedp.CSS(what)))
}

// seesAt waits for it, on a page of that server that has loaded.
func (p payer) seesAt(server, what string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.tab, 20*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	there := fmt.Sprintf("location.href.startsWith(%q) && document.readyState === 'complete' && !!document.querySelector(%q)", server, what)
	for {
		// Between two pages there is none to ask.
		if found, err := chromedp.Run(ctx, chromedp.Evaluate[bool](there)); err == nil && found {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			text, _ := chromedp.Run(p.tab, chromedp.Evaluate[string]("document.body.innerText"))
			p.Fatalf("there is no %s at %s: the browser is at %s, where it says %q", what, server, p.at(), text)
		}
	}
}

// seesNo fails if there is one on the page as it stands.
func (p payer) seesNo(what string) {
	p.Helper()
	if n := p.count(what); n != 0 {
		p.Errorf("at %s there are %d of %s, want none", p.at(), n, what)
	}
}

// count is how many there are that a person sees.
func (p payer) count(what string) int {
	p.Helper()
	n, err := chromedp.Run(p.tab, chromedp.Evaluate[int]("[...document.querySelectorAll(`"+what+"`)].filter(e => e.checkVisibility()).length"))
	if err != nil {
		p.Fatal(err)
	}
	return n
}

// at is the address of the page.
func (p payer) at() string {
	p.Helper()
	at, err := chromedp.Run(p.tab, chromedp.Location())
	if err != nil {
		p.Fatal(err)
	}
	return at
}

// arrives confirms what the merchant's code asks for, and is the address of the
// cashier.
func (p payer) arrives(merchant string) (address string) {
	p.Helper()
	p.opens(p.s.code(merchant))
	p.taps(confirms)
	p.seesAt(p.s.Gateway+"/pay/", cashier)
	return p.at()
}

// approves pays in the wallet and comes back to the cashier.
func (p payer) approves() {
	p.Helper()
	p.seesAt(p.s.Wallet, approves)
	p.taps(approves)
	p.seesAt(p.s.Gateway+"/pay/", paid)
}

// leaves goes back to the merchant, whose page says that the order is paid.
func (p payer) leaves() {
	p.Helper()
	p.taps(returns)
	p.seesAt(p.s.Acquirer+"/orders/", paid)
	p.seesNo("button")
}

// again loads the page once more.
func (p payer) again() {
	p.Helper()
	webtest.Do(p.tab, p.T, chromedp.Reload())
}

// href is the address that a link leads to.
func (p payer) href(link string) string {
	p.Helper()
	address, err := chromedp.Run(p.tab, chromedp.JavascriptAttribute[string](chromedp.CSS(link), "href"))
	if err != nil {
		p.Fatal(err)
	}
	return address
}
