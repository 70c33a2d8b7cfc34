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
	seen int64      // version that the directory was made of
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
// A stored directory that is not valid is an *order.Error with
// [order.CodeInvalid] and every problem, such as /north/notify. The directory
// stays as it was then, and [DirectoryStore.Put] mends the entries.
func (s *DirectoryStore) Load(ctx context.Context) error {
	_, err := s.takeOver(ctx, true)
	return s.fail(ctx, "clearing.DirectoryStore.Load", err)
}

// Run takes over what other servers change, until ctx ends; then it returns nil.
// What is not valid, or what a server on this directory cannot use, is logged
// and changes nothing. It returns earlier only if the store is closed.
func (s *DirectoryStore) Run(ctx context.Context) error {
	return keep(ctx, "clearing.DirectoryStore.Run", s.options.Interval, s.options.Logger, func(ctx context.Context) (string, error) {
		return s.takeOver(ctx, false)
	})
}

// takeOver makes the directory what the store says, if that has changed or
// always.
func (s *DirectoryStore) takeOver(ctx context.Context, always bool) (news string, err error) {
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
		return "", err
	}
	all, err := acquirersIn(rows)
	if err == nil {
		err = s.directory.replace("clearing.DirectoryStore", all, func(i int) string { return "/" + all[i].Name })
	}
	if err != nil {
		return "", err
	}
	s.seen = seq
	return fmt.Sprintf("%d acquirers of the store, version %d", len(all), seq), nil
}

// acquirersIn are those of the rows that take part.
func acquirersIn(rows []directoryRow) (all []Acquirer, err error) {
	var p problems
	for _, r := range rows {
		if r.document != "" {
			all = append(all, r.entry(&p).Acquirer)
		}
	}
	return all, p.err("clearing.DirectoryStore", "the stored directory is not valid")
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
