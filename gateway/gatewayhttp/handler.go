package gatewayhttp

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/text/message/catalog"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/internal/web"
	"github.com/anyscan/anyscan/order/wire"
	"github.com/anyscan/anyscan/order/wire/openapi"
)

//go:embed pages
var pages embed.FS

// Acquirers are those who may place orders, by the keys that they sign with. A
// *clearing.Directory is one.
type Acquirers interface {
	wire.Keys
	// Holder is the name of the acquirer that the key belongs to, as
	// gateway.SecondServer.For takes it.
	Holder(keyID string) (acquirer string, ok bool)
}

// Options are what a handler can be told beside what it needs. nil and the zero
// value mean the defaults.
type Options struct {
	// Logger learns of faults, of panics, and why a request of an acquirer was
	// not believed. Default: discard.
	Logger *slog.Logger
	// Now is the clock that signatures are compared with, and by which the cashier says
	// how much time is left. Default: time.Now.
	Now func() time.Time
	// TLSKeys are the acquirers that may identify themselves by a TLS client
	// certificate instead of a signature, by the keys of these, as wire.NewHandler
	// describes; clearing.Directory.TLSKeys are such. Default: none.
	TLSKeys Acquirers
	// Limits are how much is taken of each caller and altogether. Default: those
	// that Limits states.
	Limits Limits
	// Keys are the gateway's public keys, published at GET /v1/keys: the one that
	// signs, and around a rotation also the one before or after it. Default: none;
	// acquirers are told the key in another way.
	Keys []wire.Key
	// Apps are the scanning apps that are recognized by their web view's User-Agent,
	// the first that fits. Default, for nil: Apps(); none are recognized by an empty list.
	Apps []App
	// Texts are what the pages say, in every language that they speak; the first is
	// for whoever asks for none of them. The keys are the English texts: begin with
	// Texts and add languages to it, or change what is said. Default: Texts.
	Texts catalog.Catalog
	// Style is CSS that the pages have after their own style sheet, such as other
	// colors. Default: none.
	Style string
	// Icons are the pictures of components, NAME.svg or NAME.png by a component's name
	// or kind, at most 16 kB each. They are shown beside its title; square ones look
	// best. Default: none, the title's first letter stands in their place.
	Icons fs.FS
	// Catalog is what can pay at the gateway, published at GET /v1/components:
	// component.Registry.Catalog. Default: none; it is told in another way.
	Catalog []component.Entry
}

// handler is the gateway's side of every exchange.
type handler struct {
	server    gateway.SecondServer
	base      string // without a slash at its end
	acquirers Acquirers
	site      *web.Site
	tlsKeys   Acquirers // nil: everybody signs
	gate      *gate
	apps      []App
	now       func() time.Time
}

// NewHandler serves a gateway at its public address base, such as
// "https://pay.example", which is the one that s gives out. The package comment
// lists the routes. Acquirers are answered in the name of signer.
//
// The error says which argument is not usable.
func NewHandler(s gateway.SecondServer, base string, acquirers Acquirers, signer *wire.Signer, o *Options) (http.Handler, error) {
	if o == nil {
		o = &Options{}
	}
	h, err := newHandler(s, base, acquirers, signer, o)
	if err != nil {
		return nil, fmt.Errorf("gatewayhttp.NewHandler: %w", err)
	}
	desk := http.NewServeMux()
	for pattern, serve := range h.desk() {
		desk.HandleFunc(pattern, serve)
	}
	signed, err := wire.NewHandler(h.site.Recover(h.perAcquirer(desk)), h.base, signer, acquirers, &wire.Options{Now: o.Now, Logger: o.Logger, TLSKeys: o.TLSKeys})
	if err != nil {
		return nil, fmt.Errorf("gatewayhttp.NewHandler: %w", err)
	}
	keys, err := h.keySet(o.Keys)
	if err != nil {
		return nil, fmt.Errorf("gatewayhttp.NewHandler: %w", err)
	}
	catalog, err := h.catalog(o.Catalog)
	if err != nil {
		return nil, fmt.Errorf("gatewayhttp.NewHandler: %w", err)
	}
	return h.site.Protect(h.routes(signed, keys, catalog), web.NewGate(h.gate.limits.MaxConcurrent, h.gate.lane)), nil
}

func newHandler(s gateway.SecondServer, base string, acquirers Acquirers, signer *wire.Signer, o *Options) (*handler, error) {
	if s == nil || acquirers == nil || signer == nil {
		return nil, errors.New("the server, acquirers or signer is nil: all three are needed")
	}
	base, err := exchange.CheckBase(base)
	if err != nil {
		return nil, fmt.Errorf("base: %w", err)
	}
	files, err := fs.Sub(pages, "pages")
	if err != nil {
		return nil, err
	}
	site, err := web.NewSite(base, web.Look{Files: files, Style: o.Style, Pictures: o.Icons, Texts: o.Texts}, o.Logger)
	apps := o.Apps
	if apps == nil {
		apps = Apps()
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	return &handler{s, base, acquirers, site, o.TLSKeys, newGate(o.Limits), apps, now}, errors.Join(err, checkApps(apps))
}

// desk is what acquirers may ask for, in signed requests.
func (h *handler) desk() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"POST /v1/orders":                   h.place,
		"GET /v1/orders/{id}":               h.query,
		"POST /v1/orders/{id}/cancellation": h.cancel,
		"POST /v1/orders/{id}/refunds":      h.refund,
		"POST /v1/codes":                    h.issue,
		"GET /v1/codes/{id}":                h.issued,
		"POST /v1/codes/{id}/revocation":    h.revoke,
		"POST /v1/endpoints":                h.createEndpoint,
		"GET /v1/endpoints":                 h.endpoints,
		"GET /v1/endpoints/{id}":            h.endpoint,
		"DELETE /v1/endpoints/{id}":         h.deleteEndpoint,
		"POST /v1/endpoints/{id}/secrets":   h.rotateSecret,
		"GET /v1/deliveries":                h.deliveries,
		"GET /v1/deliveries/{id}":           h.delivery,
		"POST /v1/deliveries/{id}/replays":  h.replay,
	}
}

func (h *handler) routes(desk http.Handler, keys, catalog http.HandlerFunc) *http.ServeMux {
	mux := http.NewServeMux()
	h.site.Serve(mux)
	mux.HandleFunc("GET /v1/keys", keys)
	mux.HandleFunc("GET /v1/components", catalog)
	mux.Handle("GET /v1/openapi.json", openapi.Handler())
	mux.HandleFunc("GET /pay/{token}", h.session)
	mux.HandleFunc("POST /pay/{token}/attempts", h.begin)
	mux.HandleFunc("GET /return/{token}", h.resume)
	mux.HandleFunc("POST /return/{token}", h.resume)
	mux.HandleFunc("GET /notify/{component}", h.receive)
	mux.HandleFunc("POST /notify/{component}", h.receive)
	for pattern := range h.desk() {
		mux.Handle(pattern, desk)
	}
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
