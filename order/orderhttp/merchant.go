package orderhttp

import (
	"net/http"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// visit is a request for a merchant's pages.
type visit struct {
	merchant string // path of the merchant page
	query    string // the code's own
	address  string // of the code, as it was printed
	choices  []order.Choice
}

// visited reads which code address a request is about. It is made of the public
// base, never of what the request says of its host.
func (h *handler) visited(r *http.Request, query string, choices []order.Choice) (visit, error) {
	v := visit{"/m/" + r.PathValue("merchant"), query, "", choices}
	v.address = h.base + v.link("")
	switch {
	case len(v.address) > exchange.MaxAddress:
		return v, order.Errorf(order.CodeTooLarge, "", "the address has more than %d bytes", exchange.MaxAddress)
	case r.URL.ForceQuery: // "/m/tea?" is another address than "/m/tea"
		return v, order.Errorf(order.CodeNotFound, "", "the address ends with an empty query")
	}
	return v, nil
}

// link is the path of a page beside the merchant page, with the code's own
// query as it was.
func (v visit) link(page string) string {
	if v.query == "" {
		return v.merchant + page
	}
	return v.merchant + page + "?" + v.query
}

// page answers with the merchant page.
func (h *handler) page(w http.ResponseWriter, r *http.Request) {
	v, err := h.visited(r, r.URL.RawQuery, nil)
	if err == nil {
		err = h.show(w, r, v, http.StatusOK, "")
	}
	if err != nil {
		h.site.Fail(w, r, err)
	}
}

// review answers with the order information page for what the query chooses.
func (h *handler) review(w http.ResponseWriter, r *http.Request) {
	query, choices, err := exchange.SplitQuery(r.URL.RawQuery)
	v, long := h.visited(r, query, choices)
	if err == nil {
		err = long
	}
	if err == nil {
		err = order.ValidateChoices(choices)
	}
	if err == nil {
		err = h.show(w, r, v, http.StatusOK, "")
	}
	if err != nil {
		h.site.FailWith(w, r, err, web.Remedy{Back: h.base + v.link("")})
	}
}

// show answers with the page of the visit: the order information page when
// something was chosen, the merchant page else. A person is shown the notice
// above it.
func (h *handler) show(w http.ResponseWriter, r *http.Request, v visit, status int, notice string) error {
	var p order.Page
	var err error
	if len(v.choices) > 0 {
		p, err = h.server.Review(r.Context(), v.address, v.choices)
	} else {
		p, err = h.server.Page(r.Context(), v.address)
	}
	if err != nil {
		return err
	}
	if web.PrefersJSON(r) {
		return wire.Encode(w, status, p)
	}
	view, err := h.view(v, p, notice)
	if err == nil {
		h.site.Render(w, r, status, view)
	}
	return err
}
