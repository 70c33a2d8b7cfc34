package walk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway"
)

// However far a payer goes back after paying, and whatever the pages from before offer,
// nothing is paid again, and the cashier says that it is paid.
func backAfterPaying(s *street, browser context.Context) {
	p := s.enters(browser)
	at := p.arrives("cafe")
	p.taps(offer("blue"))
	p.approves()
	p.leaves()
	passed, pressed := map[string]bool{}, map[string]bool{}
	for address := p.back(); address != ""; address = p.back() {
		passed[address] = true
		for _, pays := range []string{offer("blue"), approves} {
			if !pressed[pays] && p.shows(pays) {
				pressed[pays] = true
				p.presses(pays)
				p.seesAt(s.Gateway+"/pay/", paid)
				break
			}
		}
	}
	var servers []string
	for address := range passed {
		server, _, _ := strings.Cut(strings.TrimPrefix(address, "http://"), ".")
		servers = append(servers, server)
	}
	slices.Sort(servers)
	if diff := cmp.Diff([]string{"acquirer", "gateway", "wallet"}, servers); diff != "" {
		s.Errorf("not every page of the way was passed: %s", diff)
	}
	s.counts(1, 1)
	s.chosen(at, "blue", gateway.ModeGateway)
	if s.session(at).Attempt.Excess {
		s.Error("it was paid twice")
	}
}

// back presses the browser's own button and is the address that it leads to; "" where
// there is none. The page mostly comes as it was left, from the browser's memory, which
// chromedp's own actions do not notice: what is done there is done by script.
func (p payer) back() (address string) {
	p.Helper()
	history, err := chromedp.Run(p.tab, chromedp.NavigationEntries())
	if err != nil {
		p.Fatal(err)
	}
	if history.CurrentIndex == 0 || history.Entries[history.CurrentIndex-1].URL == "about:blank" {
		return ""
	}
	before := history.Entries[history.CurrentIndex-1]
	if _, err := chromedp.Call(p.tab, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: before.ID}); err != nil {
		p.Fatal(err)
	}
	p.seesAt(before.URL, "main")
	return before.URL
}

// shows reports whether it is on the page.
func (p payer) shows(what string) bool {
	p.Helper()
	return p.count(what) > 0
}

// presses taps what is on the page.
func (p payer) presses(what string) {
	p.Helper()
	if err := chromedp.Do(p.tab, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).click()", what))); err != nil {
		p.Fatal(err)
	}
}
