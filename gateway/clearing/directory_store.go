package clearing

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// DirectoryStore keeps a directory in the store, for all servers that share it:
// what one of them changes, the others take over a moment later. It is safe for
// concurrent use.
//
// Each change names who made it and why, and is kept for ever. Shared secrets
// are not stored: an entry names the environment variable that holds one, which
// every server needs then.
type DirectoryStore struct {
	store     *store.Store
	directory *Directory
	options   DirectoryStoreOptions

	mu   sync.Mutex // one takeover at a time; guards seen
	seen int64      // version that the directory was made of, all of it
	told int64      // version that was told as news last
}

// DirectoryStoreOptions are the settings of [NewDirectoryStore]. The zero value
// of a field, and a nil *DirectoryStoreOptions, stand for the defaults.
type DirectoryStoreOptions struct {
	// Interval is how often [DirectoryStore.Run] looks whether another server
	// has changed the directory, which costs one indexed read. Default: 2 s.
	Interval time.Duration
	// Now is the clock that stamps changes. Default: time.Now.
	Now func() time.Time
	// Logger learns what was taken over and what was not, each time it changes.
	// Default: discard.
	Logger *slog.Logger
}

// DirectoryEntry is an acquirer in the store, as one change left it.
type DirectoryEntry struct {
	Acquirer Acquirer  // shared secrets are named, not filled in; of a removed one the name alone
	Version  int64     // counts the changes of this acquirer, from 1
	Changed  time.Time // when, UTC
	By, Why  string    // who made the change, and the reason
	Removed  bool      // the acquirer takes no part; its name stays reserved for it
}

// NewDirectoryStore brings the tables in the store up to date, for a directory
// that [DirectoryStore.Load] then makes what the store says. o may be nil. What is
// wrong with the options is an *order.Error with [order.CodeInvalid]; other
// errors are the store's.
func NewDirectoryStore(ctx context.Context, s *store.Store, d *Directory, o *DirectoryStoreOptions) (*DirectoryStore, error) {
	const op = "clearing.NewDirectoryStore"
	if s == nil || d == nil {
		return nil, order.Errorf(order.CodeInvalid, op, "store and directory are both needed: one is nil")
	}
	kept := &DirectoryStore{store: s, directory: d}
	if o != nil {
		kept.options = *o
	}
	kept.options.Interval = orDefault(kept.options.Interval, 2*time.Second)
	if kept.options.Interval < 0 {
		return nil, order.Errorf(order.CodeInvalid, op, "the interval is %v: want more than 0", kept.options.Interval)
	}
	if kept.options.Now == nil {
		kept.options.Now = time.Now
	}
	if kept.options.Logger == nil {
		kept.options.Logger = slog.New(slog.DiscardHandler)
	}
	if err := migrate(ctx, s); err != nil {
		return nil, err
	}
	return kept, nil
}

// Load makes the directory what the store says, in place of what it had: once
// at the start, before servers are made on it.
//
// Stored entries that are not valid are an *order.Error with [order.CodeInvalid]
// and every problem, such as /north/notify. They stay as they were, which is absent
// at the start, while the others are in force; [DirectoryStore.Put] mends them.
func (s *DirectoryStore) Load(ctx context.Context) error {
	all, _, err := s.takeOver(ctx, true)
	if err == nil {
		_, err = outcome("clearing.DirectoryStore.Load", all)
	}
	return s.fail(ctx, "clearing.DirectoryStore.Load", err)
}

// Run takes over what other servers change, until ctx ends; then it returns nil.
// An entry that is not valid, or that a server on this directory cannot use, is
// logged and stays as it was; it is tried again at each interval. It returns
// earlier only if the store is closed.
func (s *DirectoryStore) Run(ctx context.Context) error {
	return keep(ctx, "clearing.DirectoryStore.Run", s.options.Interval, s.options.Logger, func(ctx context.Context) (string, error) {
		all, news, err := s.takeOver(ctx, false)
		if err == nil {
			_, err = outcome("clearing.DirectoryStore", all)
		}
		return news, err
	})
}

// takeOver makes the directory what the store says, if that has changed, not all of
// it is in force, or always. What is not valid is with the proposals.
func (s *DirectoryStore) takeOver(ctx context.Context, always bool) (all []proposal, news string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var seq int64
	var rows []directoryRow
	err = s.store.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		if seq, err = directoryVersion(ctx, tx); err == nil && (always || seq != s.seen) {
			rows, err = loadDirectory(ctx, tx)
		}
		return err
	})
	if err != nil || !always && seq == s.seen {
		return nil, "", err
	}
	for _, r := range rows {
		if r.document != "" {
			c := proposal{path: "/" + r.name}
			c.next = r.entry(&c.p).Acquirer
			all = append(all, c)
		}
	}
	s.directory.adopt(all)
	in, invalid := outcome("", all)
	if invalid == nil {
		s.seen = seq
	}
	if seq != s.told {
		s.told, news = seq, fmt.Sprintf("%d acquirers of the store, version %d", in, seq)
	}
	return all, news, nil
}

func (r directoryRow) entry(p *problems) DirectoryEntry {
	e := DirectoryEntry{Version: r.version, Changed: r.changed, By: r.by, Why: r.why, Removed: r.document == ""}
	if !e.Removed {
		e.Acquirer = parseEntry(p, "/"+r.name, r.document)
	}
	e.Acquirer.Name = r.name
	return e
}

// fail makes an *order.Error of any other error.
func (s *DirectoryStore) fail(ctx context.Context, op string, err error) error {
	return failed(ctx, s.options.Logger, op, err)
}
