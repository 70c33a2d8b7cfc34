package roles

import (
	"context"
	"crypto"
	"crypto/tls"
	"fmt"
	"net/http"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/gateway/gatewayhttp"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/wire"
)

// Gateway is what the second server needs.
type Gateway struct {
	Base       string        // its public address
	Key        crypto.Signer // signs its messages
	Directory  *clearing.Directory
	Components *component.Registry
	Keys       clearing.Keys
	HTTP       http.RoundTripper // reaches acquirers; nil is package wire's
	TLS        *tls.Config       // serves HTTPS, and takes client certificates if it asks for them; nil is plain HTTP
	Options    clearing.Options  // its Logger is the handler's too
	Limits     gatewayhttp.Limits
}

// Open puts the second server on a node: the cashier, what acquirers ask and
// providers tell, and its work in the background.
func (g Gateway) Open(ctx context.Context, db *store.Store) (*Node, error) {
	signer, err := wire.NewSigner(g.Key, nil)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	server, err := clearing.New(ctx, db, g.Directory, g.Components, g.Keys, g.notifier(signer), g.Base, &g.Options)
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	handler, err := gatewayhttp.NewHandler(server, g.Base, g.Directory, signer,
		&gatewayhttp.Options{Logger: g.Options.Logger, Limits: g.Limits, Keys: []wire.Key{{Public: g.Key.Public()}}, Catalog: g.Components.Catalog(), TLSKeys: g.Directory.TLSKeys()})
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	return &Node{Name: "gateway", Handler: handler, TLS: g.TLS, Log: g.Options.Logger, Work: server.Run}, nil
}

// notifier is how an acquirer is told about its orders, with the secret that it
// shares with the gateway, if there is one; nil, which the server tells as a
// problem of the directory, for an address that is none.
func (g Gateway) notifier(signer *wire.Signer) func(clearing.Acquirer) order.Notifier {
	return func(a clearing.Acquirer) order.Notifier {
		keys := g.Directory.KeysOf(a.Name)
		n, err := orderhttp.NewNotifier(a.Notify, wire.NewTransport(g.HTTP, signer.PreferSecret(keys.Secret), keys, nil), nil)
		if err != nil {
			return nil
		}
		return n
	}
}
