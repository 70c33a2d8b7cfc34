package gatewayhttp

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
)

// actionView is an action that a page can perform: by a link or by a form, or by the
// script where there is a sheet.
type actionView struct {
	Link     template.URL // "" for a form
	Action   string       // where a form goes
	Hidden   []web.Field
	Fallback string // page for a device without the app
	To       string // host that a person is sent to; "" for an app
	Sheet    *sheetView
	Bridge   *bridgeView
}

// sheetView is a payment request (W3C Payment Request API).
type sheetView struct {
	Method, Request        string // payment method identifier, and data as JSON
	Label, Currency, Value string // of the total
	Return                 string // address to resume at
	origin                 string // that the browser asks for the payment method
}

// newSheet takes a method that is named by an address. Its origin becomes a part of
// the page's policy, so it has to be one that nothing there reads in another way.
func newSheet(p component.PaymentRequest) (actionView, error) {
	u, err := exchange.CheckAddress(p.Method)
	if err != nil {
		return actionView{}, err
	}
	if strings.Trim(strings.ToLower(u.Host), "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") != "" {
		return actionView{}, fmt.Errorf("the host of the payment method %.100q is not plain", p.Method)
	}
	request := string(p.Data)
	if request == "" {
		request = "null"
	}
	return actionView{Sheet: &sheetView{Method: p.Method, Request: request, origin: exchange.Origin(p.Method)}, To: u.Host}, nil
}

// newActionView makes the action to be shown. Validate has seen to it that a page
// which a payer trusts leads to https or to an app, and never to a script.
func newActionView(a component.Action) (v actionView, err error) {
	if err := a.Validate(); err != nil {
		return v, err
	}
	u, err := url.Parse(a.Address())
	if err != nil {
		return v, err
	}
	switch a.Kind() {
	case component.ActionRedirect:
		return actionView{Link: template.URL(a.Redirect.Address), To: u.Host}, nil
	case component.ActionForm:
		v = actionView{Action: a.Form.Address, To: u.Host}
		for _, f := range a.Form.Fields {
			v.Hidden = append(v.Hidden, web.Field(f))
		}
		return v, nil
	case component.ActionDeepLink:
		return actionView{Link: template.URL(a.DeepLink.Address), Fallback: a.DeepLink.Fallback}, nil
	case component.ActionPaymentRequest:
		return newSheet(*a.PaymentRequest)
	case component.ActionBridge:
		return newBridge(*a.Bridge)
	}
	return v, fmt.Errorf("a %s action was not among those that a browser performs", a.Kind())
}

// forms are the sources that the page's forms may lead to. A provider answers a
// form with redirects to hosts of its own choice, and Chromium holds those to
// the same rule: so the scheme is named, not the host.
func (v actionView) forms() []string {
	switch {
	case v.Action == "":
		return nil
	case strings.HasPrefix(v.Action, "http:"): // on this machine, see component.Action.Validate
		return []string{"http:", "https:"}
	}
	return []string{"https:"}
}

// handOver answers with the page that leads to the provider. It is a page and
// not a redirect, because a redirect after a form would have to be named in the
// cashier's own policy before the provider's address is known.
func (h *handler) handOver(w http.ResponseWriter, r *http.Request, a gateway.Attempt) error {
	v, err := newActionView(*a.Action)
	if err != nil {
		return &order.Error{Code: order.CodeInternal, Op: "gatewayhttp.Begin", Err: err}
	}
	if v.scripted() { // the session has the script, and the total, which a browser shows
		return h.goTo(w, a.GatewayAddress)
	}
	p := web.Page{Template: "handover.html", Title: "Continue to pay", Forms: v.forms(), Data: handOverView{v, a.ReturnAddress, a.GatewayAddress}}
	if a.Action.Redirect != nil {
		p.Next = string(v.Link)
	}
	h.site.Render(w, r, http.StatusOK, p)
	return nil
}

type handOverView struct {
	Act    actionView
	Check  string // address to go on at when the payer is back from an app
	Choose string // address of the session
}
