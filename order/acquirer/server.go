package acquirer

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Server is the acquirer (claim 1, "first server"). It is safe for concurrent
// use. Several servers may share a store; each of them needs the same clearing
// institution, catalogue and base.
type Server struct {
	store    *store.Store
	clearing order.Clearing
	catalog  Catalog
	base     string // scheme and host
	outbox   *outbox.Outbox
	options  Options
	logger   *slog.Logger
}

var (
	_ order.FirstServer = (*Server)(nil)
	_ order.Refunder    = (*Server)(nil)
	_ order.Canceler    = (*Server)(nil)
)

// New makes a server and brings its tables in the store up to date. Orders are
// placed at clearing; base is the acquirer's public address, scheme and host
// such as "https://acquirer.example", below which its codes and return
// addresses lie. o may be nil.
//
// What is wrong with the configuration is an *order.Error with
// [order.CodeInvalid] and every problem; other errors are the store's. Nothing
// happens in the background before [Server.Run].
func New(ctx context.Context, s *store.Store, clearing order.Clearing, catalog Catalog, base string, o *Options) (*Server, error) {
	server := &Server{store: s, clearing: clearing, catalog: catalog, base: strings.TrimSuffix(base, "/"), options: o.withDefaults()}
	server.logger = server.options.Logger
	if err := server.check(); err != nil {
		return nil, err
	}
	server.outbox = server.newOutbox()
	if err := outbox.Migrate(ctx, s); err != nil {
		return nil, err
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return server, s.Migrate(ctx, "acquirer", files)
}

func (s *Server) check() error {
	var p problems
	if s.store == nil || s.clearing == nil || s.catalog == nil {
		p.add("", "the store, the clearing institution or the catalogue is nil: a server needs all three")
	}
	if !isOrigin(s.base) {
		p.add("/base", "is %.100q: want scheme and host alone in lower case, such as https://acquirer.example (http is for localhost alone)", s.base)
	}
	if ms, ok := s.catalog.(Merchants); ok {
		ms.check(&p)
	}
	s.options.check(&p)
	return p.err("acquirer.New", "the configuration is not valid")
}

// now is the clock in what the store keeps: microseconds, UTC.
func (s *Server) now() time.Time { return s.options.Now().UTC().Truncate(time.Microsecond) }

// fail makes an *order.Error of any other error. Nothing is known to be
// decided then, so the caller may ask again.
func (s *Server) fail(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if own, ok := errors.AsType[*order.Error](err); ok {
		return own
	}
	if ctx.Err() == nil && !errors.Is(err, store.ErrClosed) {
		s.logger.ErrorContext(ctx, "a request failed", "op", op, "err", err)
	}
	return &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "ask again with the same key", Err: err}
}
