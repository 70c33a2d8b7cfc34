package outbox

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"time"

	"github.com/anyscan/anyscan/order/store"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrate creates or updates the tables of this package in s.
func Migrate(ctx context.Context, s *store.Store) error {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	return s.Migrate(ctx, "outbox", sub)
}

// A Handler does one job. It loads what it needs by the task's key, does the
// work, and says how it went:
//
//	return time.Time{}, nil   done; the job is removed
//	return at, nil            not done yet; run again at that time
//	return time.Time{}, err   failed; run again by the schedule
//	return at, err            failed; run again at that time
//	return at, ErrPostponed   not tried; run it, and its owner's others, at that time
//
// A panic is a failure. A handler that gives up returns as if it were done. ctx
// ends after [Options.Timeout] and when [Outbox.Run] is told to stop; a failure
// then counts as not tried.
type Handler func(ctx context.Context, task Task) (again time.Time, err error)

// Options are the settings of an [Outbox]. The zero value of a field, and a nil
// *Options, stand for the defaults.
type Options struct {
	// Concurrency is how many handlers of one queue run at once. Default 16.
	Concurrency int
	// PerOwner is how many of them run at once for one owner, see [Job]. Default:
	// a quarter of Concurrency, at least 1.
	PerOwner int
	// Lease is how long a job of a process that died stays with it. It is
	// renewed three times as often. Default 15 s.
	Lease time.Duration
	// Timeout is how long a handler may take. Default 1 minute.
	Timeout time.Duration
	// Schedule is how long to wait after the first failure, after the second
	// and so on; the last one repeats. Up to a tenth is added at random, so
	// that what failed together does not return together. Default: that of
	// Standard Webhooks, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h.
	Schedule []time.Duration
	// Now tells the time. Default time.Now.
	Now func() time.Time
	// Logger hears about failures. Default: none.
	Logger *slog.Logger
}

// An Outbox keeps jobs in a store and runs their handlers.
type Outbox struct {
	store  *store.Store
	queues map[string]*queue
	opts   Options
}

// New makes an Outbox of the queues that handlers names. s must have been
// migrated with [Migrate]. Nothing runs before [Outbox.Run].
func New(s *store.Store, handlers map[string]Handler, opts *Options) *Outbox {
	o := &Outbox{store: s, queues: make(map[string]*queue), opts: withDefaults(opts)}
	for name, handler := range handlers {
		o.queues[name] = &queue{
			store:   s,
			name:    name,
			handler: handler,
			opts:    o.opts,
			owners:  newOwners(o.opts.PerOwner),
			woken:   make(chan struct{}, 1),
		}
	}
	return o
}

func withDefaults(opts *Options) Options {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Concurrency <= 0 {
		o.Concurrency = 16
	}
	if o.PerOwner <= 0 {
		o.PerOwner = max(1, o.Concurrency/4)
	}
	if o.Lease <= 0 {
		o.Lease = 15 * time.Second
	}
	if o.Timeout <= 0 {
		o.Timeout = time.Minute
	}
	if len(o.Schedule) == 0 {
		o.Schedule = standardWebhooks()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

// Run runs the handlers of jobs that are due, until ctx ends. It then ends the
// context of the handlers that run, waits for them and returns nil. It returns
// earlier only if the store is closed, with [store.ErrClosed]. Run is called
// once; several processes may each run an Outbox over the same store.
func (o *Outbox) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error)
	for _, q := range o.queues {
		go func() { ended <- q.run(ctx) }()
	}
	var errs []error
	for range o.queues {
		if err := <-ended; err != nil {
			stop()
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// queue returns the queue of a job, which must be one that has a handler: a job
// that nobody runs would be lost.
func (o *Outbox) queue(name, key string) (*queue, error) {
	q, ok := o.queues[name]
	if !ok {
		return nil, fmt.Errorf("outbox: queue %q has no handler", name)
	}
	if key == "" {
		return nil, errors.New("outbox: the job's key is empty")
	}
	return q, nil
}
