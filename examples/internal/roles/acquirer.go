package roles

import (
	"context"
	"crypto"
	"crypto/tls"
	"fmt"
	"net/http"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/wire"
)

// Acquirer is what the first server needs.
type Acquirer struct {
	Base    string            // its public address
	Gateway string            // the clearing institution's
	Key     crypto.Signer     // signs its messages
	Peers   wire.Keys         // the clearing institution's messages are signed with one of these
	Shared  wire.Secret       // with the clearing institution, in place of Key and Peers; zero is none
	Forms   []byte            // makes its forms idempotent
	Catalog acquirer.Catalog  // its merchants
	HTTP    http.RoundTripper // reaches the gateway; nil is package wire's
	// Certified has HTTP, which shows a client certificate and wants the gateway's,
	// stand for both servers in place of signatures: in what the gateway is asked,
	// not in what it tells.
	Certified bool
	TLS       *tls.Config      // serves HTTPS; nil is plain HTTP
	Options   acquirer.Options // Issuer, Refunder and Canceler are the clearing institution, and its Logger is the handler's too
	Limits    orderhttp.Limits
}

// Open puts the first server on a node: its pages, and its work with the gateway.
func (a Acquirer) Open(ctx context.Context, db *store.Store) (*Node, error) {
	server, err := a.Server(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("acquirer: %w", err)
	}
	signer, peers, err := a.trust()
	if err != nil {
		return nil, fmt.Errorf("acquirer: %w", err)
	}
	handler, err := orderhttp.NewHandler(server, a.Base, a.Gateway, peers, signer, a.Forms, &orderhttp.Options{Logger: a.Options.Logger, Limits: a.Limits})
	if err != nil {
		return nil, fmt.Errorf("acquirer: %w", err)
	}
	return &Node{Name: "acquirer", Handler: handler, TLS: a.TLS, Log: a.Options.Logger, Work: server.Run}, nil
}

// Server is the first server on its store, for a back office: codes are issued, and
// refunds asked for, through the gateway, which has to be running.
func (a Acquirer) Server(ctx context.Context, db *store.Store) (*acquirer.Server, error) {
	desk, err := a.Desk()
	if err != nil {
		return nil, err
	}
	options := a.Options
	options.Issuer, options.Refunder, options.Canceler = desk, desk, desk
	return acquirer.New(ctx, db, desk, a.Catalog, a.Base, &options)
}

// Desk is the gateway, asked in the acquirer's name.
func (a Acquirer) Desk() (order.Desk, error) {
	if a.Certified {
		return orderhttp.NewClearing(a.Gateway, a.HTTP, nil)
	}
	signer, peers, err := a.trust()
	if err != nil {
		return nil, err
	}
	return orderhttp.NewClearing(a.Gateway, wire.NewTransport(a.HTTP, signer, peers, nil), nil)
}

// trust is what signs its messages, and what the gateway's are signed with.
func (a Acquirer) trust() (*wire.Signer, wire.Keys, error) {
	if a.Shared.Equal(wire.Secret{}) {
		signer, err := wire.NewSigner(a.Key, nil)
		return signer, a.Peers, err
	}
	signer, err := wire.NewSecretSigner(a.Shared, nil)
	if err != nil {
		return nil, nil, err
	}
	peers, err := wire.NewKeys(a.Shared)
	return signer, peers, err
}
