package orderhttp

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/text/message/catalog"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/order/wire/openapi"
)

//go:embed pages/*.html
var pages embed.FS

// Options are what a handler can be told beside what it needs. nil and the zero
// value mean the defaults.
type Options struct {
	// Logger learns of faults, of panics, and why a notification was not
	// believed. Default: discard.
	Logger *slog.Logger
	// Now is the clock that signatures are compared with. Default: time.Now.
	Now func() time.Time
	// TLSKeys are the keys of the gateway's TLS client certificates, if it
	// identifies itself by one instead of a signature, as wire.NewHandler
	// describes. Default: none.
	TLSKeys wire.Keys
	// Texts are what the pages say, in every language that they speak; the first is
	// for whoever asks for none of them. The keys are the English texts: begin with
	// Texts and add languages to it, or change what is said. Default: Texts.
	Texts catalog.Catalog
	// Pages are templates in the place of the handler's own, as [View] describes, and
	// style sheets and scripts that its pages have after their own. Default: none.
	Pages fs.FS
	// Limits are how much is taken of each caller and altogether. Default: those
	// that Limits states.
	Limits Limits
}

// handler is the acquirer's side of every exchange.
type handler struct {
	server  order.FirstServer
	base    string // without a slash at its end
	gateway string // origin that a payer is sent on to
	keys    web.FormKey
	site    *web.Site
}

// NewHandler serves an acquirer at its public address base, such as
// "https://acquirer.example". The package comment lists the routes.
//
// Payers are sent on to gatewayOrigin, such as "https://pay.example", and to no
// other place: a page jump elsewhere is answered as a fault. Notifications are
// believed when one of gatewayKeys signed them, and acknowledged in the name of
// signer. formKey signs the hidden keys of forms, at least 32 secret bytes; all
// processes that serve one address share it, and a new one makes the pages that
// payers have open ask them to confirm again.
//
// The error says which argument is not usable.
func NewHandler(s order.FirstServer, base, gatewayOrigin string, gatewayKeys wire.Keys, signer *wire.Signer, formKey []byte, o *Options) (http.Handler, error) {
	if o == nil {
		o = &Options{}
	}
	h, err := newHandler(s, base, gatewayOrigin, formKey, o)
	if err != nil {
		return nil, fmt.Errorf("orderhttp.NewHandler: %w", err)
	}
	if gatewayKeys == nil || signer == nil {
		return nil, fmt.Errorf("orderhttp.NewHandler: gatewayKeys or signer is nil: notifications need both")
	}
	signed, err := wire.NewHandler(h.site.Recover(http.HandlerFunc(h.notify)), h.base, signer, gatewayKeys,
		&wire.Options{Now: o.Now, Logger: o.Logger, TLSKeys: o.TLSKeys})
	if err != nil {
		return nil, fmt.Errorf("orderhttp.NewHandler: %w", err)
	}
	return h.site.Protect(h.routes(signed), newGate(o.Limits)), nil
}

func newHandler(s order.FirstServer, base, gatewayOrigin string, formKey []byte, o *Options) (*handler, error) {
	if s == nil {
		return nil, fmt.Errorf("the server is nil")
	}
	base, err := exchange.CheckBase(base)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	if _, err := exchange.CheckBase(gatewayOrigin); err != nil || exchange.Origin(gatewayOrigin) != gatewayOrigin {
		return nil, fmt.Errorf("gatewayOrigin is %.100q: want an origin in lower case such as https://pay.example", gatewayOrigin)
	}
	if len(formKey) < 32 {
		return nil, fmt.Errorf("formKey has %d bytes: want 32 secret ones or more", len(formKey))
	}
	files, err := fs.Sub(pages, "pages")
	if err != nil {
		return nil, err
	}
	site, err := web.NewSite(base, web.Look{Files: files, Own: o.Pages, Texts: o.Texts}, o.Logger)
	return &handler{s, base, gatewayOrigin, web.NewFormKey(formKey), site}, err
}

func (h *handler) routes(notifications http.Handler) *http.ServeMux {
	mux := http.NewServeMux()
	h.site.Serve(mux)
	mux.HandleFunc("GET /m/{merchant}", h.page)
	mux.HandleFunc("GET /m/{merchant}/review", h.review)
	mux.HandleFunc("POST /m/{merchant}/orders", h.confirm)
	mux.HandleFunc("GET /orders/{id}", h.result)
	mux.Handle("POST /v1/notifications", notifications)
	mux.Handle("GET /v1/openapi.json", openapi.Handler())
	return mux
}

// Server serves the handler with time-outs, a limit for headers and one for idle
// connections, so that slow or hostile clients hold on to nothing. Use it with
// [Serve]; its hooks ConnState and ConnContext are taken. The logger learns of
// connections that came to nothing, such as for a TLS handshake that failed, at the
// level Warn: at most 100 short lines a second, with how many were left out. A nil
// logger discards.
func Server(handler http.Handler, logger *slog.Logger) *http.Server {
	return web.Server(handler, logger)
}

// Serve serves on the listener, with TLS where s has a TLSConfig, until ctx ends.
// It then takes no new connection and lets the requests under way finish for the
// time grace, such as 10 seconds; what is not done by then is cut. It returns when
// everything is closed, the listener too: nil after ctx ended, else why it could
// not go on serving.
func Serve(ctx context.Context, l net.Listener, s *http.Server, grace time.Duration) error {
	return web.Serve(ctx, l, s, grace)
}

// notify takes the order as the gateway holds it. The caller was verified.
func (h *handler) notify(w http.ResponseWriter, r *http.Request) {
	var s order.Status
	_, err := wire.IdempotencyKey(r)
	if err == nil {
		err = wire.DecodeNotification(r, exchange.MaxBody, &s)
	}
	if err == nil {
		err = h.server.Notify(r.Context(), s)
	}
	if err != nil {
		h.site.FailProgram(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
