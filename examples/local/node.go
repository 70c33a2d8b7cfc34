package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/order/orderhttp"
)

// Node is one server with what it does in the background.
type Node struct {
	name    string
	handler http.Handler
	work    background
	close   []func() error
}

// grace is how long requests under way may take to finish.
const grace = 10 * time.Second

// Serve serves on the listener and works until ctx ends; then it finishes what
// is under way and closes its files. The work goes on while requests finish.
func (n *Node) Serve(ctx context.Context, l net.Listener) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	serving, end := context.WithCancel(ctx)
	defer end()
	worked := make(chan error, 1)
	go func() {
		worked <- n.work(work)
		end() // who cannot work does not serve
	}()

	failed := orderhttp.Serve(serving, l, orderhttp.Server(n.handler), grace)
	stop()
	failed = errors.Join(failed, canceled(<-worked))
	for _, c := range n.close {
		failed = errors.Join(failed, c())
	}
	if failed != nil {
		return fmt.Errorf("local: %s: %w", n.name, failed)
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
