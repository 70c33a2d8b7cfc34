package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// MaxWaiting is how many connections may be open without a request that is being
// worked on. For one more, the one that has waited longest is closed.
const MaxWaiting = 4096

// Server serves the handler with limits for everything that a slow or hostile
// client could hold on to. The logger learns of connections that came to nothing, at
// most 100 short lines a second, with how many were left out; nil discards.
func Server(handler http.Handler, logger *slog.Logger) *http.Server {
	c := newConns(MaxWaiting)
	return &http.Server{
		Handler:           c.working(handler),
		ConnState:         c.state,
		ConnContext:       remember,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      60 * time.Second, // a component may have to wait for its provider
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          errorLog(logger, time.Now),
	}
}

// Serve serves on the listener, with TLS where s has a TLSConfig, until ctx ends. It then takes no new connection and
// lets the requests under way finish for the time grace; what is not done by then
// is cut. It returns when everything is closed, the listener too: nil after ctx
// ended, else why it could not go on serving.
func Serve(ctx context.Context, l net.Listener, s *http.Server, grace time.Duration) error {
	served := make(chan error, 1)
	go func() { served <- serve(s, l) }()
	select {
	case err := <-served:
		return errors.Join(fmt.Errorf("serving: %w", err), s.Close())
	case <-ctx.Done():
	}
	draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	err := s.Shutdown(draining)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close()
	}
	<-served
	return err
}

func serve(s *http.Server, l net.Listener) error {
	if s.TLSConfig != nil {
		return s.ServeTLS(l, "", "")
	}
	return s.Serve(l)
}
