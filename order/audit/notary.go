package audit

import (
	"context"
	"crypto"
	"database/sql"
	"log/slog"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
	"github.com/anyscan/anyscan/order/store"
)

// Options are the settings of [NewNotary]. The zero value of a field, and a nil
// *Options, stand for the defaults.
type Options struct {
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	// Logger learns what an operator should know. Default: discard.
	Logger *slog.Logger
}

// A Notary signs the roots of one log, one for each day, soon after midnight UTC.
// It is safe for concurrent use, and several may share a store: they need the
// same key. It may run in a process of its own, so that the key is on no machine
// that the world reaches.
type Notary struct {
	store  *store.Store
	log    Log
	key    func() crypto.Signer // a function, so that it does not print
	outbox *outbox.Outbox
	now    func() time.Time
	logger *slog.Logger
}

// NewNotary makes a notary of the log, whose tables its package has made in the
// store before: clearing.New or acquirer.New. key is Ed25519 and used for nothing
// else. To rotate it, start the next process with the new key: each root names
// its own. Nothing is signed before [Notary.Run].
func NewNotary(ctx context.Context, s *store.Store, l Log, key crypto.Signer, o *Options) (*Notary, error) {
	if err := checkSigner(key); err != nil {
		return nil, err
	}
	n := &Notary{store: s, log: l, key: func() crypto.Signer { return key }, now: time.Now, logger: slog.New(slog.DiscardHandler)}
	if o != nil && o.Now != nil {
		n.now = o.Now
	}
	if o != nil && o.Logger != nil {
		n.logger = o.Logger
	}
	if err := outbox.Migrate(ctx, s); err != nil {
		return nil, err
	}
	n.outbox = outbox.New(s, map[string]outbox.Handler{n.queue(): n.work},
		&outbox.Options{Timeout: 5 * time.Minute, Now: n.now, Logger: n.logger})
	err := s.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return n.outbox.Put(ctx, tx, outbox.Job{Queue: n.queue(), Key: "roots", Due: n.now()})
	})
	if err != nil {
		return nil, err
	}
	return n, nil
}

func (n *Notary) queue() string { return n.log.Name + ".audit" }

// Run makes each root when it is due, until ctx ends; then it lets what is under
// way finish and returns nil; earlier only, with store.ErrClosed, if the store
// is closed. After a time in which no notary ran, one root covers all of it.
// Each process runs it once.
func (n *Notary) Run(ctx context.Context) error { return n.outbox.Run(ctx) }

// batches is how many a job does before it lets the outbox see that it lives.
const batches = 100

// work brings the root of yesterday on and says when to go on.
func (n *Notary) work(ctx context.Context, _ outbox.Task) (again time.Time, err error) {
	now := n.now().UTC()
	day := now.AddDate(0, 0, -1).Format(dayLayout)
	for range batches {
		r, err := n.batch(ctx, day)
		switch {
		case err != nil:
			return time.Time{}, err
		case r.statement != "":
			return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, time.UTC), nil
		case r.complete:
			if err := n.sign(ctx, r); err != nil {
				return time.Time{}, err
			}
		}
	}
	return now, nil
}

// batch covers some orders, in a transaction of its own: what is counted, what
// is listed and what the orders say agree whenever the process dies. It returns
// the root, which is complete when no order is left.
func (n *Notary) batch(ctx context.Context, day string) (r rootRow, err error) {
	err = n.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := n.store.Lock(ctx, tx, n.log.roots()); err != nil {
			return err
		}
		if r, err = n.log.latest(ctx, tx); err != nil {
			return err
		}
		if r.statement != "" && r.day < day || r.number == 0 {
			r = rootRow{number: r.number + 1, day: day}
			if err := n.log.begin(ctx, tx, r); err != nil {
				return err
			}
		}
		if r.statement != "" || r.complete {
			return nil
		}
		return n.log.cover(ctx, tx, &r)
	})
	return r, err
}

// sign signs a root that is complete, outside of any transaction: the signer may
// be on another machine. Of several notaries the first one counts.
func (n *Notary) sign(ctx context.Context, r rootRow) error {
	root := Root{Log: n.log.Name, Number: r.number, Day: r.day, Made: n.now().UTC().Truncate(time.Second), Orders: r.orders, Heads: r.heads}
	err := n.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		before, err := n.log.statement(ctx, tx, r.number-1)
		root.Previous = digest(before)
		return err
	})
	if err == nil {
		err = root.sign(n.key())
	}
	if err != nil {
		return err
	}
	return n.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		first, err := n.log.keep(ctx, tx, root)
		if first {
			store.AfterCommit(ctx, func() {
				n.logger.InfoContext(ctx, "a day of the audit is signed", "log", root.Log, "root", root.Number, "day", root.Day, "orders", root.Orders)
			})
		}
		return err
	})
}
