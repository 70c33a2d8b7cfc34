package clearing

import (
	"context"
	"crypto"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/gateway"
	"github.com/anyscan/anyscan/gateway/webhook"
	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Server is the clearing institution's server with the unified payment gateway
// (claim 1, "second server"). It is safe for concurrent use. Several servers
// may share a store; each of them needs the same directory, components, keys
// and base.
type Server struct {
	store      *store.Store
	directory  *Directory
	components *component.Registry
	tokens     tokens
	codes      func() crypto.Signer // gives nil where no codes are issued; a function, so that it does not print
	files      func() crypto.Signer // likewise, for clearing files
	notifiers  *notifiers
	denials    *denials
	refusals   *denials // of codes
	gates      *gates   // of acquirers and components that are called in the background
	health     *health
	policy     keptPolicy
	outbox     *outbox.Outbox
	filing     *outbox.Outbox // nil where no clearing files are made
	webhooks   *webhook.Dispatcher
	base       string
	options    Options
	logger     *slog.Logger
}

var _ gateway.SecondServer = (*Server)(nil)

// New makes a server and brings its tables in the store up to date.
//
// notify says how an acquirer is told about its orders. It is called for each
// acquirer of the directory, and again when the directory has a new one or one
// with another notify address; it neither waits nor changes the directory. What it
// makes is kept, so it looks the acquirer's keys up in d: [Directory.KeysOf]. From
// now on d takes only what this server can use: every component that it names is
// configured, every acquirer has a notifier. base is where the server's pages are, such as
// "https://pay.example": every address that it gives out begins with it. o may
// be nil.
//
// What is wrong with the configuration is an *order.Error with
// [order.CodeInvalid] and every problem; other errors are the store's. Nothing
// happens in the background before [Server.Run].
func New(ctx context.Context, s *store.Store, d *Directory, r *component.Registry, k Keys,
	notify func(Acquirer) order.Notifier, base string, o *Options) (*Server, error) {
	if s == nil || d == nil || r == nil || notify == nil {
		return nil, order.Errorf(order.CodeInvalid, "clearing.New", "store, directory, registry and notify are all needed: one is nil")
	}
	options, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := k.validate(); err != nil {
		return nil, err
	}
	server := &Server{store: s, directory: d, components: r, tokens: newTokens(k.Tokens), codes: func() crypto.Signer { return k.Codes },
		files: func() crypto.Signer { return k.Files }, options: options,
		notifiers: newNotifiers(notify), denials: &denials{}, refusals: &denials{}, gates: newGates(), health: newHealth(options.Aside), base: strings.TrimSuffix(base, "/"), logger: options.Logger}
	if err := server.configure(); err != nil {
		return nil, err
	}
	if server.policy, server.options.Policy, err = kept(options.Policy); err != nil {
		return nil, err
	}
	server.outbox = server.newOutbox()
	if err := migrate(ctx, s); err != nil {
		return nil, err
	}
	if err := outbox.Migrate(ctx, s); err != nil {
		return nil, err
	}
	if err := s.Do(ctx, server.policy.insert); err != nil {
		return nil, err
	}
	p := d.require(server.uses, underDirectory)
	if err := p.err("clearing.New", "the configuration does not fit together"); err != nil {
		return nil, err
	}
	server.webhooks, err = webhook.New(ctx, s, k.webhooks(), &options.Webhooks)
	if err != nil {
		return nil, err
	}
	if k.Files == nil {
		return server, nil
	}
	server.filing = server.newFiling()
	return server, server.startDays(ctx)
}

func migrate(ctx context.Context, s *store.Store) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	return s.Migrate(ctx, "clearing", files)
}

// configure checks what the parts say of each other: a name that leads nowhere
// would otherwise show when a payer is waiting.
func (s *Server) configure() error {
	var p problems
	if parsed, err := parseAddress(s.base); err != nil {
		p.add("/base", "%v", err)
	} else if originOf(parsed) != s.base {
		p.add("/base", "is %.100q: want scheme and host alone, such as %q", s.base, originOf(parsed))
	}
	known := func(name string) bool { _, _, ok := s.components.Find(name); return ok }
	for _, problem := range s.options.Policy.Check(known) {
		p.add("/options/policy"+problem.Path, "%s", problem.Detail)
	}
	s.uses(s.directory.load(), into(&p, underDirectory))
	return p.err("clearing.New", "the configuration does not fit together")
}

func underDirectory(i int) string { return "/directory" + byIndex(i) }

// uses is what the server needs of every directory that it works with.
func (s *Server) uses(e *entries, of func(i int) (*problems, string)) {
	for i, a := range e.list {
		p, at := of(i)
		for j, c := range a.Components {
			p.component(fmt.Sprintf("%s/components/%d", at, j), s.components, c)
		}
		if s.notifiers.of(a) == nil {
			p.add(at, "has no notifier: every acquirer is told of its orders")
		}
	}
	s.notifiers.keep(e, s.directory.load())
}

func (p *problems) component(path string, r *component.Registry, name string) {
	if _, _, ok := r.Find(name); !ok {
		p.add(path, "is %.70q: no component of that name is configured", name)
	}
}

// now is the clock in what the store keeps: microseconds, UTC.
func (s *Server) now() time.Time { return s.options.Now().UTC().Truncate(time.Microsecond) }

// offers lists what can pay the order from an app of that kind. An acquirer or merchant that has left
// the directory cannot be paid any more.
func (s *Server) offers(o orderRow, app string) []component.Offer {
	directory := s.directory.load()
	a, known := directory.acquirers[o.acquirer]
	if _, registered := directory.merchant(o.acquirer, o.order.Merchant); !known || !registered {
		return nil
	}
	return s.components.Offers(component.Wanted{Amount: o.order.Total, App: app, Allow: a.allows})
}

// expires is when the addresses of an order end.
func (s *Server) expires(o order.Order) time.Time { return o.Expires.Add(s.options.Grace) }
