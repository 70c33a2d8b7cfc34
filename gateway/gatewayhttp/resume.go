package gatewayhttp

import (
	"mime"
	"net/http"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// resume goes on with an attempt. A browser comes back here from its provider,
// also by a form that the provider's page posts: the token in the address, not
// the sender, says which attempt it is. What was brought is a hint, so a browser
// is sent on to the session whatever it was.
func (h *handler) resume(w http.ResponseWriter, r *http.Request) {
	address := h.base + "/return/" + r.PathValue("token")
	back, err := brought(r)
	looks := r.Method == http.MethodHead || r.Method == http.MethodGet && web.PrefersJSON(r)
	if err == nil && looks { // a preview or a program, nobody who came back
		err = order.Errorf(order.CodeNotFound, "gatewayhttp.Resume", "there is nothing to read here: resume with POST")
	}
	var a gateway.Attempt
	if err == nil {
		if a, err = h.server.Resume(r.Context(), address, back); err == nil {
			h.gate.began(a.GatewayAddress, &a)
		}
	}
	switch {
	case err != nil:
	case web.PrefersJSON(r):
		err = wire.Encode(w, http.StatusOK, a)
	default:
		err = h.goTo(w, a.GatewayAddress)
	}
	if err != nil {
		h.site.FailWith(w, r, err, web.Remedy{Back: address})
	}
}

// brought is what came back from an action.
func brought(r *http.Request) (back component.Return, err error) {
	if r.Method != http.MethodPost {
		return component.Return{Query: r.URL.RawQuery}, nil
	}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "application/json" {
		err = wire.Decode(r, exchange.MaxBody, &back)
		return back, err
	}
	back.Query = r.URL.RawQuery
	form, err := web.ReadForm(r)
	back.Form = form.Raw
	return back, err
}
