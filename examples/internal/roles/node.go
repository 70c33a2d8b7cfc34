package roles

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/component/sandbox"
	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/order/orderhttp"
	"github.com/anyscan/anyscan/order/store"
)

// Grace is how long requests under way may take to finish when a node is told to
// stop.
const Grace = 10 * time.Second

// Node is one server with what it does in the background.
type Node struct {
	Name    string // in errors
	Handler http.Handler
	TLS     *tls.Config                     // serves HTTPS; nil is plain HTTP
	Log     *slog.Logger                    // learns of connections that came to nothing; nil discards
	Work    func(ctx context.Context) error // what it does besides serving, until ctx ends
	// Close closes its files, in this order, when nothing works any more.
	Close []func() error
}

// OnStore opens a node on the store in a SQLite file or a PostgreSQL database,
// which the node then closes.
func OnStore(ctx context.Context, name string, open func(context.Context, *store.Store) (*Node, error)) (*Node, error) {
	db, err := program.OpenStore(ctx, name)
	if err != nil {
		return nil, err
	}
	node, err := open(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	node.Close = append(node.Close, db.Close)
	return node, nil
}

// Wallet puts a simulated wallet company on a node.
func Wallet(p *sandbox.Provider) *Node {
	work := func(ctx context.Context) error { p.Run(ctx); return nil }
	return &Node{Name: "wallet", Handler: p, Work: work, Close: []func() error{p.Close}}
}

// Also adds work that is done beside the node's; all of it ends when one part does.
func (n *Node) Also(more func(ctx context.Context) error) {
	first := n.Work
	n.Work = func(ctx context.Context) error {
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		ended := make(chan error, 1)
		go func() {
			ended <- canceled(more(ctx))
			stop()
		}()
		err := canceled(first(ctx))
		stop()
		return errors.Join(err, <-ended)
	}
}

// Serve serves on the listener and works until ctx ends; then it finishes what
// is under way and closes its files. The work goes on while requests finish.
func (n *Node) Serve(ctx context.Context, l net.Listener) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	serving, end := context.WithCancel(ctx)
	defer end()
	worked := make(chan error, 1)
	go func() {
		worked <- n.Work(work)
		end() // who cannot work does not serve
	}()

	server := orderhttp.Server(n.Handler, n.Log)
	server.TLSConfig = n.TLS
	failed := orderhttp.Serve(serving, l, server, Grace)
	stop()
	failed = errors.Join(failed, canceled(<-worked))
	for _, c := range n.Close {
		failed = errors.Join(failed, c())
	}
	if failed != nil {
		return fmt.Errorf("%s: %w", n.Name, failed)
	}
	return nil
}

// canceled is not an error: it is how a worker is stopped.
func canceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
