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

// Serve serves on the listener and works until ctx ends; then it finishes what
// is under way and closes its files.
func (n *Node) Serve(ctx context.Context, l net.Listener) error {
	work, stop := context.WithCancel(ctx)
	defer stop()
	worked := make(chan error, 1)
	go func() { worked <- n.work(work) }()

	server := orderhttp.Server(n.handler)
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()

	var failed error
	select {
	case <-ctx.Done():
	case failed = <-served:
	case failed = <-worked:
		worked <- nil
	}
	failed = errors.Join(failed, shutdown(ctx, server))
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

// shutdown lets the requests under way finish, for a while.
func shutdown(ctx context.Context, s *http.Server) error {
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		return s.Close() // somebody holds a connection open and says nothing
	}
	return err
}

// canceled is not an error: it is how a worker is stopped.
func canceled(err error) error {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
