package walk

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/web/webtest"
	"github.com/anyscan/anyscan/order"
)

// What can come between the code and the payment.
func TestWalks(t *testing.T) {
	browser := webtest.Browser(t)
	for name, walk := range map[string]func(*street, context.Context){
		"declined, and paid with another component": declined,
		"the time is over before a wallet is taken": late,
		"canceled by the merchant":                  canceled,
		"the button back after paying":              backAfterPaying,
		"two tabs, of which one has paid":           twoTabs,
		"two tabs that both pay":                    twoPayments,
		"in Chinese":                                inChinese,
		"without scripts":                           withoutScripts,
		"on a slow network":                         slowly,
		"confirmed while the gateway is away":       away,
		"tapped twice, with servers that are slow":  twice,
		"previewed by who it is sent to":            previewed,
	} {
		t.Run(name, func(t *testing.T) {
			walk(newStreet(t, gateway.Policy{Mode: gateway.ModeGateway, Default: "blue"}, nil), browser)
		})
	}
}

// A wallet that declines leaves the order open: it is not called again, and another
// one is picked.
func declined(s *street, browser context.Context) {
	p := s.enters(browser)
	at := p.arrives("cafe")
	p.taps(offer("blue"))
	p.seesAt(s.Wallet, declines)
	p.taps(declines)
	p.seesAt(s.Gateway+"/pay/", alert)
	p.seesNo(called)
	p.again() // which tries nothing again
	p.sees(alert)
	s.counts(1, 1)
	p.taps(offer("amber"))
	p.approves()
	p.seesNo(alert)
	p.leaves()
	s.counts(1, 2)
	s.chosen(at, "amber", gateway.ModeChoose)
}

// A cashier that was left open takes no payment any more, says so, and so does the
// merchant's result.
func late(s *street, browser context.Context) {
	p := s.enters(browser)
	at := p.arrives("cafe")
	s.pass(16 * time.Minute)
	p.taps(offer("blue"))
	p.taps(s.chooses()) // from the page that says that it is too late
	p.seesAt(at, "main")
	p.seesNo(cashier)
	s.counts(1, 0)
	s.enters(browser).arrives("cafe") // an order of now wakes what ends those of before
	p.over(at, order.StateExpired)
}

// over fails unless cashier and result say how the order ended, and nothing can be
// paid there.
func (p payer) over(at string, state order.State) {
	p.Helper()
	o := p.s.session(at).Order
	if got := p.s.ended(o); got != state {
		p.Errorf("the acquirer says %s, want %s", got, state)
	}
	for _, page := range []string{at, o.ReturnAddress} {
		p.opens(page)
		p.sees(over)
		p.seesNo("button")
	}
}

// An order that its merchant cancels while the payer chooses is not paid.
func canceled(s *street, browser context.Context) {
	p := s.enters(browser)
	at := p.arrives("cafe")
	office, close, err := s.Office(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	defer close()
	if _, err := office.Cancel(s.Context(), s.session(at).Order.ID); err != nil {
		s.Fatal(err)
	}
	p.taps(offer("blue"))
	p.taps(s.chooses())
	p.seesAt(at, over)
	p.over(at, order.StateCanceled)
	s.counts(1, 0)
}

// Of two tabs on one cashier one pays. The other, which shows the choice still, says so.
func twoTabs(s *street, browser context.Context) {
	p := s.enters(browser)
	at := p.arrives("cafe")
	other := payer{s.T, webtest.Tab(p.tab, s.T), s}
	other.opens(at)
	other.sees(offer("blue"))
	p.taps(offer("blue"))
	p.approves()
	other.taps(others)
	other.taps(offer("green"))
	other.taps(s.chooses()) // it cannot be done any more
	other.seesAt(at, paid)
	s.counts(1, 1)
}

// Two tabs that have both gone to a wallet can both pay. The order is paid once, and
// the second is told that its money is owed back.
func twoPayments(s *street, browser context.Context) {
	p := s.enters(browser)
	at := p.arrives("cafe")
	other := payer{s.T, webtest.Tab(p.tab, s.T), s}
	other.opens(at)
	p.taps(offer("blue"))
	p.seesAt(s.Wallet, approves)
	other.taps(others)
	other.taps(offer("green"))
	other.seesAt(s.Wallet, approves)
	p.approves()
	p.seesNo(alert)
	other.approves()
	other.sees(alert)
	session := s.session(at)
	if session.Payment.Component != "blue" || session.Attempt.Component != "green" || !session.Attempt.Excess {
		s.Errorf("paid by %+v, and then %+v; want by blue, and too much by green", session.Payment, session.Attempt)
	}
}

// A language that was picked is kept, by each of the two servers.
func inChinese(s *street, browser context.Context) {
	const picks, speaks = `a[hreflang|=zh]`, `html[lang|=zh]`
	p := s.enters(browser)
	p.opens(s.code("cafe"))
	p.taps(picks)
	p.seesAt(s.Acquirer+"/m/cafe?", speaks)
	p.taps(confirms)
	p.seesAt(s.Gateway+"/pay/", cashier)
	p.taps(picks)
	p.seesAt(s.Gateway+"/pay/", speaks)
	p.taps(offer("blue"))
	p.approves()
	p.seesAt(s.Gateway+"/pay/", speaks)
	p.leaves()
	p.seesAt(s.Acquirer+"/orders/", speaks)
	s.counts(1, 1)
}

// Nothing of the way needs a script: here from a shop.
func withoutScripts(s *street, browser context.Context) {
	p := s.enters(browser)
	webtest.ScriptOff(p.tab, s.T)
	p.opens(s.code("teahouse"))
	webtest.Do(p.tab, s.T, chromedp.SendKeys(chromedp.CSS(`[id="q.oolong"]`), "2"), chromedp.SendKeys(chromedp.CSS(`[id="q.cup"]`), "1"))
	p.taps(reviews)
	p.seesAt(s.Acquirer+"/m/teahouse/review?", "table")
	p.taps(confirms)
	p.seesAt(s.Gateway+"/pay/", cashier)
	p.taps(offer("blue"))
	p.approves()
	p.leaves()
	s.counts(1, 1)
}

// A page of ours is there soon on a slow network too.
func slowly(s *street, browser context.Context) {
	p := s.enters(browser)
	webtest.Slow(p.tab, s.T, 300, 30_000)
	p.arrives("cafe")
	p.taps(offer("blue"))
	p.approves()
	p.leaves()
	s.counts(1, 1)
}

// An order that does not reach the gateway is kept, and goes there from the page that
// says so.
func away(s *street, browser context.Context) {
	p := s.enters(browser)
	p.opens(s.code("cafe"))
	s.cut.Store(true)
	p.taps(confirms)
	p.seesAt(s.Acquirer+"/m/cafe/orders", confirms)
	s.cut.Store(false)
	p.taps(confirms) // again
	p.seesAt(s.Gateway+"/pay/", cashier)
	s.counts(1, 0)
}

// Whoever taps once more because nothing seems to happen has still made one order, and
// one attempt.
func twice(s *street, browser context.Context) {
	p := s.enters(browser)
	webtest.ScriptOff(p.tab, s.T) // one of the page would keep the second tap back
	p.opens(s.code("cafe"))
	p.tapsTwice(confirms, func() bool { placed, _ := s.counted(); return placed > 0 })
	p.seesAt(s.Gateway+"/pay/", offer("blue"))
	p.tapsTwice(offer("blue"), func() bool { _, begun := s.counted(); return begun > 0 })
	p.approves()
	p.leaves()
	s.counts(1, 1)
}

// tapsTwice taps, and once more when the server has begun to do it and is not done: at
// the same place, since a page that is about to be left answers no questions.
func (p payer) tapsTwice(what string, begun func() bool) {
	p.Helper()
	release := p.s.hold()
	defer release()
	p.sees(what)
	box, err := chromedp.Run(p.tab, chromedp.Dimensions(chromedp.CSS(what)))
	if err != nil {
		p.Fatal(err)
	}
	at := box.Content
	tap := chromedp.MouseClickXY((at[0]+at[4])/2, (at[1]+at[5])/2) // of two corners the middle
	webtest.Do(p.tab, p.T, tap)
	p.s.until("a server does what was tapped", begun)
	webtest.Do(p.tab, p.T, tap)
}
