package gatewayhttp

import (
	"cmp"
	"net/http"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order/wire"
)

// browser is the kind of scanning app of a page that nobody else opened.
const browser = "browser"

// pay is the gateway address of a request. Whatever an app added as a query
// plays no part in it.
func (h *handler) pay(r *http.Request) string { return h.base + "/pay/" + r.PathValue("token") }

// opening is what a terminal says of itself in headers.
func opening(header http.Header) (o gateway.Opening, err error) {
	for _, field := range []struct {
		name string
		into *string
	}{
		{exchange.HeaderApp, &o.App.Kind}, {exchange.HeaderComponent, &o.App.Component}, {exchange.HeaderDefault, &o.Default},
	} {
		if *field.into, err = exchange.Word(header, field.name); err != nil {
			return gateway.Opening{}, err
		}
	}
	return o, nil
}

// session answers with the session: as JSON, or as the cashier.
func (h *handler) session(w http.ResponseWriter, r *http.Request) {
	for _, name := range []string{exchange.HeaderApp, exchange.HeaderComponent, exchange.HeaderDefault} {
		w.Header().Add("Vary", name)
	}
	o, err := opening(r.Header)
	person := !web.PrefersJSON(r)
	if person {
		w.Header().Add("Vary", "User-Agent")
	}
	if person && o.App.Kind == "" {
		guessed := h.recognize(r.UserAgent())
		o.App.Kind, o.App.Component = guessed.Kind, cmp.Or(o.App.Component, guessed.Component)
	}
	var s gateway.Session
	if err == nil {
		if s, err = h.server.Open(r.Context(), h.pay(r), o); err == nil {
			h.gate.began(h.pay(r), s.Attempt)
		}
	}
	switch {
	case err != nil:
	case person:
		h.site.Render(w, r, http.StatusOK, h.newCashier(s, o, h.pay(r), h.keys(r)).page())
	default:
		s.Offers = append([]component.Offer{}, s.Offers...) // none is an empty list, never null
		err = wire.Encode(w, http.StatusOK, s)
	}
	if err != nil {
		h.site.Fail(w, r, err)
	}
}
