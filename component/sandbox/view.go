package sandbox

import (
	"bytes"
	"net/http"
	"net/url"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/component/sandbox/wallet"
)

// view is what the page's template shows.
type view struct {
	wallet.Payment
	Base    string // of the company
	Known   bool   // there is such a payment
	Heading string
	Buttons []button
	Note    string // what was refused
	Back    string // return address with the hint, once there are no buttons

	form string // origin that the form's answer leads to
}

type button struct {
	Decision wallet.Decision
	Label    string
}

func (v *view) show(y *payment, now time.Time) {
	v.Payment, v.Known = y.page(now), true
	for _, d := range v.Decisions {
		v.Buttons = append(v.Buttons, button{d, label(d)})
	}
	if len(v.Buttons) == 0 {
		v.Back = y.back(now)
	} else if u, err := url.Parse(y.Return); err == nil {
		v.form = u.Scheme + "://" + u.Host
	}
	v.Heading = heading(v.Payment)
}

func heading(p wallet.Payment) string {
	switch {
	case len(p.Decisions) > 0:
		return "Pay " + p.MerchantName
	case p.State == component.OutcomeSucceeded:
		return "Paid"
	case p.State == component.OutcomeFailed:
		return "Not paid"
	}
	return "Under way"
}

func label(d wallet.Decision) string {
	switch d {
	case wallet.Approve:
		return "Approve"
	case wallet.Decline:
		return "Decline"
	case wallet.Slow:
		return "Approve slowly"
	case wallet.Lost:
		return "Approve, but lose the notification"
	case wallet.Twice:
		return "Approve, and notify twice"
	case wallet.Reorder:
		return "Approve, and notify out of order"
	}
	return "Leave unknown for a while"
}

// render sends the page whole or not at all.
func (p *Provider) render(w http.ResponseWriter, code int, v view) {
	var page bytes.Buffer
	if err := p.pages.Execute(&page, v); err != nil {
		p.options.Log.Error("sandbox: page", "error", err)
		http.Error(w, "The page could not be made.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self' "+v.form+
		"; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(code)
	w.Write(page.Bytes())
}
