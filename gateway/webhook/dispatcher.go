package webhook

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	queue   = "webhook.deliver" // a job's key is a delivery's ID
	senders = 32                // deliveries at once
	share   = senders / 4       // of one owner
)

// Options are the settings of [New]. The zero value of a field, and a nil
// *Options, stand for the defaults.
type Options struct {
	// Development lets endpoints be at names below localhost, over plain http
	// too. Never set it on a server that others can reach: it lets acquirers
	// call services of the machine. Default: false.
	Development bool
	// Transport carries the webhooks instead of the package's own, such as to a
	// proxy that filters addresses, or within the process in a test. It answers
	// for where it connects to: nothing else looks at that. Default: one that
	// connects to public addresses alone.
	Transport http.RoundTripper
	// Timeout is how long one try may take, at most 30 s. Default: 20 s.
	Timeout time.Duration
	// Endpoints is how many an owner may have. Default: 20.
	Endpoints int
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	// Logger learns what an operator should know. It gets no secret. Default:
	// discard.
	Logger *slog.Logger
}

func (o *Options) withDefaults() (Options, error) {
	var full Options
	if o != nil {
		full = *o
	}
	if full.Timeout == 0 {
		full.Timeout = 20 * time.Second
	}
	if full.Endpoints == 0 {
		full.Endpoints = 20
	}
	if full.Now == nil {
		full.Now = time.Now
	}
	if full.Logger == nil {
		full.Logger = slog.New(slog.DiscardHandler)
	}
	if full.Timeout < 0 || full.Timeout > 30*time.Second || full.Endpoints < 0 {
		return full, order.Errorf(order.CodeInvalid, "webhook.New",
			"the options are not usable: timeout is %v, want up to 30 s; endpoints is %d, want 1 or more", full.Timeout, full.Endpoints)
	}
	return full, nil
}

// Dispatcher keeps endpoints and delivers to them. It is safe for concurrent
// use.
type Dispatcher struct {
	store   *store.Store
	keys    func() Keys // a function, so that it does not print: fmt ignores the methods of values in unexported fields
	options Options
	outbox  *outbox.Outbox
	client  *http.Client
}

// New makes a dispatcher and brings its tables in the store up to date. Nothing
// is sent before [Dispatcher.Run]. What is wrong with the keys or options is an
// *order.Error with [order.CodeInvalid]; other errors are the store's.
func New(ctx context.Context, s *store.Store, k Keys, o *Options) (*Dispatcher, error) {
	options, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := k.validate(); err != nil {
		return nil, err
	}
	k = maps.Clone(k)
	d := &Dispatcher{store: s, keys: func() Keys { return k }, options: options, client: newClient(options)}
	d.outbox = outbox.New(s, map[string]outbox.Handler{queue: d.deliver}, &outbox.Options{
		Concurrency: senders, PerOwner: share, Timeout: options.Timeout + 10*time.Second, Now: options.Now, Logger: options.Logger})
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	if err := s.Migrate(ctx, "webhook", files); err != nil {
		return nil, err
	}
	return d, outbox.Migrate(ctx, s)
}

// Run delivers until ctx ends. What is due outlives the process. It is called
// once; of several dispatchers on a store each may run.
func (d *Dispatcher) Run(ctx context.Context) error {
	defer d.client.CloseIdleConnections()
	return d.outbox.Run(ctx)
}

// now is the clock in what the store keeps: microseconds, UTC.
func (d *Dispatcher) now() time.Time { return d.options.Now().UTC().Truncate(time.Microsecond) }

// fail makes an *order.Error of any other error. Nothing is known to be decided
// then, so the caller may ask again.
func (d *Dispatcher) fail(ctx context.Context, op string, err error) error {
	if err == nil {
		return nil
	}
	if own, ok := errors.AsType[*order.Error](err); ok {
		named := *own
		named.Op = op
		return &named
	}
	if ctx.Err() == nil && !errors.Is(err, store.ErrClosed) {
		d.options.Logger.ErrorContext(ctx, "the store failed", "op", op, "err", err)
	}
	return &order.Error{Code: order.CodeUnavailable, Op: op, Detail: "ask again with the same key", Err: err}
}
