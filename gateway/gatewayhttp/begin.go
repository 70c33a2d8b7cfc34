package gatewayhttp

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/limit"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
)

// The fields of the cashier's form. What the terminal said of itself stands in
// it because a web view adds its headers to the first page alone.
const (
	fieldKey       = "key" // hidden key, see web.FormKey
	fieldComponent = "component"
	fieldPerforms  = "performs" // what the script adds to what the page can perform
)

// keys makes the hidden keys of one order's cashier. The token in the address is
// their secret: who knows it may begin an attempt anyway.
func (h *handler) keys(r *http.Request) web.FormKey {
	return web.NewFormKey([]byte(r.PathValue("token")))
}

// begin starts an attempt: from JSON with an Idempotency-Key, or from the form of
// the cashier.
func (h *handler) begin(w http.ResponseWriter, r *http.Request) {
	b, m, err := h.beginning(r)
	if caller := limit.Caller(r, h.gate.limits.Proxies); caller.IsValid() {
		b.PayerAddress = caller.Unmap().WithZone("").String()
	}
	var a gateway.Attempt
	if err == nil {
		if a, err = h.server.Begin(r.Context(), h.pay(r), b); err == nil {
			h.gate.began(h.pay(r), &a)
		}
	}
	switch {
	case err != nil:
	case web.PrefersJSON(r):
		err = wire.Encode(w, http.StatusOK, a)
	case a.Action != nil:
		err = h.handOver(w, r, a)
	default:
		err = h.goTo(w, a.GatewayAddress)
	}
	if err == nil {
		return
	}
	if !order.CodeOf(err).Retryable() {
		m.Again, m.Fields = "", nil
	}
	h.site.FailWith(w, r, err, m)
}

// beginning reads the request, and what its sender can do about a failure.
func (h *handler) beginning(r *http.Request) (b gateway.Beginning, m web.Remedy, err error) {
	m.Back = h.pay(r)
	if !web.IsForm(r) {
		if b.Key, err = wire.IdempotencyKey(r); err == nil {
			err = wire.Decode(r, exchange.MaxBody, &b)
		}
		return b, m, err
	}
	form, err := web.ReadForm(r)
	if err == nil {
		b, err = h.readForm(r, form)
	}
	m.Again, m.Fields = h.pay(r)+"/attempts", form.Fields
	return b, m, err
}

// readForm makes the beginning of a form. A browser performs what needs no script,
// and what the script says that it can.
func (h *handler) readForm(r *http.Request, form web.Form) (b gateway.Beginning, err error) {
	b.Actions = []component.ActionKind{component.ActionRedirect, component.ActionForm, component.ActionDeepLink}
	header := http.Header{}
	performs := strings.Fields(strings.Join(form.All(fieldPerforms), " "))
	for _, kind := range []component.ActionKind{component.ActionPaymentRequest, component.ActionBridge} {
		if slices.Contains(performs, string(kind)) {
			b.Actions = append(b.Actions, kind)
		}
	}
	for _, name := range []string{exchange.HeaderApp, exchange.HeaderComponent, exchange.HeaderDefault} {
		if values := form.All(name); len(values) > 0 {
			header[name] = values
		}
	}
	b.Opening, err = opening(header)
	if err != nil {
		return b, err
	}
	hidden, err := form.One(fieldKey)
	if err == nil {
		b.Component, err = form.One(fieldComponent)
	}
	if err == nil {
		b.Key, err = h.keys(r).Open(h.pay(r), hidden, b.Component)
	}
	return b, err
}

// goTo sends a browser on to a page of ours.
func (h *handler) goTo(w http.ResponseWriter, address string) error {
	if exchange.Origin(address) != exchange.Origin(h.base) {
		return &order.Error{Code: order.CodeInternal, Op: "gatewayhttp", Err: errors.New("the attempt's session is not on this gateway")}
	}
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}
