package clearing

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/jwk"
	"github.com/anyscan/anyscan/order/reconcile"
)

// Whole reports what in a directory, as it is at this moment, does not fit
// together.
func Whole(d *Directory) error {
	e := d.load()
	keys, merchants := 0, 0
	for _, a := range e.list {
		if diff := cmp.Diff(a, e.acquirers[a.Name]); diff != "" {
			return fmt.Errorf("%q is there twice: %s", a.Name, diff)
		}
		for _, k := range a.Keys {
			id, err := jwk.ID(k.Public)
			if diff := cmp.Diff(k, e.keys[id].key); err != nil || diff != "" || e.keys[id].acquirer != a.Name {
				return fmt.Errorf("key %s of %q is %q's: %v %s", id, a.Name, e.keys[id].acquirer, err, diff)
			}
			keys++
		}
		for _, m := range a.Merchants {
			if have, ok := e.merchant(a.Name, m.ID); !ok || have.Name != m.Name || have.Name != a.Disabled {
				return fmt.Errorf("merchant %q of %q, which says %q, is %q", m.ID, a.Name, a.Disabled, have.Name)
			}
			merchants++
		}
	}
	if len(e.acquirers) != len(e.list) || len(e.keys) != keys || len(e.merchants) != merchants {
		return fmt.Errorf("there are %d acquirers, %d keys and %d merchants, want %d, %d and %d",
			len(e.acquirers), len(e.keys), len(e.merchants), len(e.list), keys, merchants)
	}
	return nil
}

// TakeOver is one look of Run.
func (s *DirectoryStore) TakeOver() error {
	all, _, err := s.takeOver(context.Background(), false)
	if err == nil {
		_, err = outcome("clearing.DirectoryStore", all)
	}
	return err
}

// MakeFile makes the clearing file of a day, whenever it ends.
func (s *Server) MakeFile(ctx context.Context, acquirer string, date reconcile.Date) error {
	day, err := s.options.Files.Calendar.Day(date)
	if err != nil {
		return err
	}
	return s.makeFile(ctx, acquirer, date, day)
}

// Overtaken begins to make a file, lets another server make it, and tells what then
// becomes of a part and of the end of the first one.
func (s *Server) Overtaken(ctx context.Context, acquirer string, date reconcile.Date) (part, end error) {
	day, err := s.options.Files.Calendar.Day(date)
	if err != nil {
		return err, err
	}
	row, err := s.takeFile(ctx, acquirer, date, day)
	if err == nil {
		err = s.makeFile(ctx, acquirer, date, day)
	}
	if err != nil {
		return err, err
	}
	w := &partWriter{s: s, ctx: ctx, row: row, format: reconcile.CSV, waiting: []byte("late")}
	return w.store(), s.finishFile(ctx, row)
}

// Adopt is what a file or a store does with these.
func Adopt(d *Directory, acquirers []Acquirer) error {
	var all []proposal
	for i, a := range acquirers {
		all = append(all, proposal{path: byIndex(i), next: a})
	}
	d.adopt(all)
	_, err := outcome("clearing.Adopt", all)
	return err
}

// List are the acquirers of a directory in their order.
func List(d *Directory) []Acquirer { return d.load().list }
