package clearing

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/internal/jwk"
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
	_, err := s.takeOver(context.Background(), false)
	return err
}
