package clearing

import (
	"context"
	"database/sql"
	"time"

	"github.com/anyscan/anyscan/order"
)

// Put stores an acquirer in place of its entry with that version, 0 for a name
// that the store does not have, and makes the directory what the store then
// says. by and why are for the audit: who wants it, and the reason.
//
// The version of a removed entry restores the acquirer. That is right for the
// same one alone: a name is never given to another, because orders are stored
// under it.
//
// Errors are *order.Error: [order.CodeInvalid] with every problem of the entry,
// by itself, with the others that are stored, or for a server on this directory;
// [order.CodeConflict] if the entry has another version by now,
// [order.CodeUnavailable] if nothing is known to be stored, or, together with the
// entry, if the change is stored but not in force at this server: it could not be
// read again, or another entry that is not valid here stays as it was and has what
// this one claims.
func (s *DirectoryStore) Put(ctx context.Context, a Acquirer, version int64, by, why string) (DirectoryEntry, error) {
	const op = "clearing.DirectoryStore.Put"
	var p problems
	s.directory.fits(&p, a)
	row := directoryRow{name: a.Name, by: by, why: why}
	if len(p) == 0 {
		row.document = formatEntry(&p, "", a)
	}
	if len(p) == 0 {
		a = parseEntry(&p, "", row.document) // what is read again is what counts
	}
	p.reasons(by, why)
	if err := p.err(op, "the entry is not valid"); err != nil {
		return DirectoryEntry{}, err
	}
	row, err := s.change(ctx, op, row, version, func(ctx context.Context, tx *sql.Tx, _ directoryRow) error {
		return s.beside(ctx, tx, op, a)
	})
	if row.name == "" {
		return DirectoryEntry{}, err
	}
	return row.entry(&p), err
}

// Remove takes an acquirer out of the directory. Its orders stay, and nobody can
// ask about them; its name stays reserved. To stop it for a time, disable it
// instead.
//
// Errors are *order.Error: [order.CodeNotFound] for an acquirer that the store
// does not have or that was removed before, [order.CodeConflict] if its entry has
// another version by now, [order.CodeUnavailable] if nothing is known to be stored,
// or if the removal is stored but could not be read again: the acquirer then still
// takes part at this server, until [DirectoryStore.Run] reads it.
func (s *DirectoryStore) Remove(ctx context.Context, name string, version int64, by, why string) error {
	const op = "clearing.DirectoryStore.Remove"
	var p problems
	p.reasons(by, why)
	if err := p.err(op, "the removal is not valid"); err != nil {
		return err
	}
	_, err := s.change(ctx, op, directoryRow{name: name, by: by, why: why}, version, func(_ context.Context, _ *sql.Tx, have directoryRow) error {
		if have.document == "" {
			return order.Errorf(order.CodeNotFound, op, "there is no acquirer %.70q", name)
		}
		return nil
	})
	return err
}

// change stores the next version of an entry if it passes the check, which is
// given the one before, and takes the directory over. A row comes back if it was
// stored, be it with an error.
func (s *DirectoryStore) change(ctx context.Context, op string, row directoryRow, version int64,
	check func(context.Context, *sql.Tx, directoryRow) error) (directoryRow, error) {
	row.version, row.changed = version+1, s.options.Now().UTC().Truncate(time.Microsecond)
	err := s.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.store.Lock(ctx, tx, "clearing_directory"); err != nil { // as a whole: entries must fit beside each other
			return err
		}
		have, err := loadDirectoryRow(ctx, tx, row.name)
		if err != nil {
			return err
		}
		if err := check(ctx, tx, have); err != nil {
			return err
		}
		if have.version != version {
			return outdated(op, have, version)
		}
		return row.save(ctx, tx)
	})
	if err != nil {
		return directoryRow{}, s.fail(ctx, op, err)
	}
	return row, s.inForce(ctx, op, row.name)
}

// inForce takes the directory over after a change to the entry of this name, and
// fails if that does not count at this server.
func (s *DirectoryStore) inForce(ctx context.Context, op, name string) error {
	all, _, err := s.takeOver(context.WithoutCancel(ctx), false)
	for _, c := range all {
		if err == nil && c.next.Name == name {
			err = c.p.err("clearing.DirectoryStore", "the entry stays as it was")
		}
	}
	if err == nil {
		return nil
	}
	s.options.Logger.ErrorContext(ctx, "a change of the directory is not in force", "acquirer", name, "err", err) // Run tries again
	return &order.Error{Code: order.CodeUnavailable, Op: op, Err: err,
		Detail: "the change is stored and not in force at this server: what it claims, another entry has that is not valid here; see the log, mend that entry, and the change takes effect"}
}

func outdated(op string, have directoryRow, version int64) error {
	switch {
	case have.version == 0:
		return order.Errorf(order.CodeConflict, op, "%q is not stored: its version is 0, not %d", have.name, version)
	case have.document == "":
		return order.Errorf(order.CodeConflict, op, "%q was removed and its name is reserved: version %d restores the same acquirer, not %d", have.name, have.version, version)
	}
	return order.Errorf(order.CodeConflict, op, "%q has version %d by now, not %d: look at it and change that", have.name, have.version, version)
}

// fits tells what is wrong with one acquirer by itself and for the servers on
// the directory.
func (d *Directory) fits(p *problems, a Acquirer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	_, found := d.check([]Acquirer{a}, func(int) string { return "" })
	*p = append(*p, found...)
}

// beside tells what is wrong with an acquirer among the others that are stored.
// What is wrong with those is not its fault: one may be mended after the other.
func (s *DirectoryStore) beside(ctx context.Context, tx *sql.Tx, op string, a Acquirer) error {
	rows, err := loadDirectory(ctx, tx)
	if err != nil {
		return err
	}
	var p, others problems
	all, hosts := newEntries(), reaches{}
	for _, r := range rows {
		if r.name != a.Name && r.document != "" {
			other := r.entry(&others).Acquirer
			all.add(&others, "", other, s.directory.env)
			hosts.add("/"+r.name, other)
		}
	}
	all.add(&p, "", a, s.directory.env)
	hosts.add("", a)
	hosts.check(&p)
	return p.err(op, "the entry does not fit beside the others")
}

// reasons are what the audit needs to know.
func (p *problems) reasons(by, why string) {
	for _, text := range []struct {
		path, text, is string
		limit          int
	}{{"/by", by, "who makes the change", 128}, {"/why", why, "the reason of the change", 1000}} {
		p.text(text.path, text.text, text.limit)
		if text.text == "" {
			p.add(text.path, "is missing: want %s", text.is)
		}
	}
}
