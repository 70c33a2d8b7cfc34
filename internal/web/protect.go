package web

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/anyscan/anyscan/internal/exchange"
	"github.com/anyscan/anyscan/order"
)

// Protect puts the rules that hold for every answer around the routes: security
// headers, the gate, a limit for every body, no escapes in paths, one form for
// what no route takes, and panics answered as faults of ours, with a line in the
// log and nothing in the answer. A nil gate lets everything in.
func (s *Site) Protect(routes *http.ServeMux, g *Gate) http.Handler {
	inside := s.through(g, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := routes.Handler(r)
		if pattern == "" || r.URL.EscapedPath() != r.URL.Path { // no path of ours needs an escape
			s.Fail(w, r, order.Errorf(order.CodeNotFound, "", "there is nothing at this address that takes %s", r.Method))
			return
		}
		if s.pick(w, r) {
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, exchange.MaxBody) // whatever the route forgets
		routes.ServeHTTP(w, r)
	}))
	return s.Recover(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		inside.ServeHTTP(w, r)
	}))
}

// Recover answers a panic of next as a fault of ours.
func (s *Site) Recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := &tracked{ResponseWriter: w}
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler { // how a handler asks for the connection to be cut
				panic(v)
			}
			s.log.ErrorContext(r.Context(), "handler panicked", "method", r.Method, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
			if t.begun {
				panic(http.ErrAbortHandler) // a cut answer cannot pass for a whole one
			}
			s.Fail(w, r, &order.Error{Code: order.CodeInternal})
		}()
		next.ServeHTTP(t, r)
	})
}

// tracked knows whether an answer was begun.
type tracked struct {
	http.ResponseWriter
	begun bool
}

func (t *tracked) WriteHeader(status int) {
	t.begun = true
	t.ResponseWriter.WriteHeader(status)
}

func (t *tracked) Write(p []byte) (int, error) {
	t.begun = true
	return t.ResponseWriter.Write(p)
}
