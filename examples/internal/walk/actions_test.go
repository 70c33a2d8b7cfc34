package walk

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/examples/local"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/web/webtest"
)

// The ways of handing over that take no script, beside the redirect of all other
// walks: a form, and a link that opens an app. (Those that take one are tried in
// package gatewayhttp, with a payment handler and an app's object of their own.)
func TestActions(t *testing.T) {
	browser := webtest.Browser(t)
	for name, c := range map[string]struct {
		kind component.ActionKind
		walk func(*street, payer)
	}{
		"a form":                             {component.ActionForm, formed},
		"a deep link, without the app":       {component.ActionDeepLink, appless},
		"a deep link, and the app has paid":  {component.ActionDeepLink, byApp},
		"a deep link, and another way after": {component.ActionDeepLink, instead},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStreet(t, gateway.Policy{}, func(s *local.System) {
				count := s.Component
				s.Component = func(w component.Component) component.Component {
					if w.Describe().Name != "green" {
						return count(w)
					}
					return count(handing{w, c.kind})
				}
			})
			p := s.enters(browser)
			at := p.arrives("cafe")
			p.taps(offer("green"))
			c.walk(s, p)
			p.seesAt(at, paid)
		})
	}
}

// formed goes on by the button of a page that posts to the wallet.
func formed(s *street, p payer) {
	p.taps(`form[method=post][action^="` + s.Wallet + `/"] button.main`)
}

const opens = `a.button.main[href^="sandboxpay:"]`

// appless taps the link to an app that is not there, stays where it is, and takes the
// wallet's page. Chromium asks whether to open another program, and while it does takes
// no taps; so the rest is pressed by script.
func appless(s *street, p payer) {
	p.taps(opens)
	p.sees(opens)
	p.presses(`a.plain[href^="` + s.Wallet + `/pay/"]`)
	p.seesAt(s.Wallet, approves)
	p.presses(approves)
}

// byApp says that the payment was made, once the app has made it.
func byApp(s *street, p payer) {
	p.sees(opens)
	action := s.session(p.href(s.chooses())).Attempt.Action
	answer, err := s.Client().PostForm(action.DeepLink.Fallback, url.Values{"decision": {"approve"}})
	if err != nil || answer.StatusCode != http.StatusSeeOther {
		s.Fatalf("the app pays: %v, %v", answer, err)
	}
	answer.Body.Close()
	p.taps(checks)
}

// instead goes back to the cashier and takes another component, whose payment counts.
func instead(s *street, p payer) {
	p.sees(opens)
	p.taps(s.chooses())
	p.taps(others)
	p.taps(offer("blue"))
	p.approves()
}

// handing is a wallet whose payments are handed over in one way.
type handing struct {
	component.Component
	kind component.ActionKind
}

func (h handing) Unwrap() component.Component { return h.Component }

func (h handing) Describe() component.Description {
	d := h.Component.Describe()
	d.Actions = []component.ActionKind{h.kind}
	return d
}

// Begin makes a form of the wallet's page: one with the button that approves.
func (h handing) Begin(ctx context.Context, a component.Attempt) (component.Progress, error) {
	if h.kind == component.ActionForm {
		a.Actions = []component.ActionKind{component.ActionRedirect}
	} else {
		a.Actions = []component.ActionKind{h.kind}
	}
	p, err := h.Component.Begin(ctx, a)
	if err == nil && h.kind == component.ActionForm {
		p.Action = &component.Action{Form: &component.Form{Address: p.Action.Redirect.Address, Fields: []component.Field{{Name: "decision", Value: "approve"}}}}
	}
	return p, err
}
