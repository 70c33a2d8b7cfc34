package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/examples/internal/roles"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/wire"
)

// shops are the merchants: one wants a fixed amount, the other sells books.
func shops() acquirer.Merchants {
	yuan := func(fen int64) order.Money { return order.Money{Amount: fen, Currency: "CNY"} }
	return acquirer.Merchants{
		{ID: "cafe", Name: "Corner Café", Currency: "CNY", Direct: &acquirer.Direct{Amount: yuan(2500)}},
		{ID: "books", Name: "Riverside Books", Currency: "CNY", Goods: []order.Item{
			{ID: "atlas", Name: "Atlas of Tea", Price: yuan(12800)},
			{ID: "postcard", Name: "Postcard", Price: yuan(500)},
		}},
	}
}

// serve serves until ctx ends.
func (f flags) serve(ctx context.Context, out, stderr io.Writer) error {
	secrets, err := f.secrets()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", f.listen)
	if err != nil {
		return err
	}
	defer l.Close()
	base := f.address(l.Addr().String())
	log := slog.New(slog.NewTextHandler(stderr, nil))
	parts, err := f.parts(secrets, base, log)
	if err != nil {
		return err
	}
	node, err := roles.OnStore(ctx, f.db, func(ctx context.Context, db *store.Store) (*roles.Node, error) {
		return backend(ctx, db, parts, secrets.sales, log)
	})
	if err != nil {
		return err
	}
	return program.Announce(ctx, out, log, f.announcement(base, secrets), func(ctx context.Context) error { return node.Serve(ctx, l) })
}

func (f flags) announcement(base string, s secrets) string {
	return fmt.Sprintf("acquirer  %s\nsales     %s/sales\nkey       %s\n", base, base, s.jwks)
}

// backend is the backend with the library in it.
func backend(ctx context.Context, db *store.Store, parts roles.Acquirer, password string, log *slog.Logger) (*roles.Node, error) {
	books, err := openBooks(ctx, db)
	if err != nil {
		return nil, err
	}
	parts.Options.OnChange = books.onChange
	own, err := newPages(books, password, log)
	if err != nil {
		return nil, err
	}
	node, err := parts.Open(ctx, db)
	if err != nil {
		return nil, err
	}
	node.Handler = own.mount(node.Handler)
	return node, nil
}

// parts are what the library's server is made of.
func (f flags) parts(s secrets, base string, log *slog.Logger) (parts roles.Acquirer, err error) {
	parts = roles.Acquirer{Base: base, Gateway: f.gateway, Key: s.key, Forms: s.forms, Catalog: shops(),
		Limits: orderhttp.Limits{Proxies: f.proxies}, Options: acquirer.Options{Logger: log}}
	development := roles.IsLocal(base)
	if err := f.tls.open(&parts, development); err != nil {
		return parts, err
	}
	gatewayKeys, err := published("-gateway-keys", f.gatewayKeys)
	if err != nil {
		return parts, err
	}
	if parts.Peers, err = wire.NewKeySet(gatewayKeys, nil); err != nil {
		return parts, fmt.Errorf("-gateway-keys: %s: %w", f.gatewayKeys, err)
	}
	codeKeys, err := published("-codes", f.codeKeys)
	if err != nil {
		return parts, err
	}
	if parts.Options.Verify, err = program.CodePolicy(codeKeys, development); err != nil {
		return parts, fmt.Errorf("-codes: %s: %w", f.codeKeys, err)
	}
	return parts, nil
}

// published reads what the clearing institution publishes.
func published(flag, file string) ([]wire.Key, error) {
	keys, err := program.ReadKeys(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: the clearing institution writes it, with clearing -publish", err)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	return keys, nil
}
