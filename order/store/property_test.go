package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
)

// However requests fail, alone or in the middle of a group, exactly those that
// got nil are stored, and whole.
func TestStoredIsWhatWasAcknowledged(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { storedIsAcknowledged(t, open(t, "")) })
	t.Run("PostgreSQL", func(t *testing.T) { storedIsAcknowledged(t, openPostgres(t, pgtest.Start(t))) })
}

func storedIsAcknowledged(t *testing.T, s *store.Store) {
	rapid.Check(t, func(rt *rapid.T) {
		fates := rapid.SliceOfN(rapid.SampledFrom([]string{"ok", "ok", "error", "panic", "duplicate"}), 1, 40).Draw(rt, "fates")
		execSQL(t, s, `DELETE FROM rows`)
		execSQL(t, s, `INSERT INTO rows (id) VALUES ('taken')`)
		errs := make([]error, len(fates))
		var wg sync.WaitGroup
		for i, fate := range fates {
			wg.Go(func() {
				errs[i] = s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
					return act(ctx, tx, fmt.Sprintf("%03d", i), fate)
				})
			})
		}
		wg.Wait()
		want := []string{"taken"}
		for i, fate := range fates {
			if (errs[i] == nil) != (fate == "ok") {
				rt.Fatalf("member %d (%s) got %v", i, fate, errs[i])
			}
			if errs[i] == nil {
				want = append(want, fmt.Sprintf("%03d.a", i), fmt.Sprintf("%03d.b", i))
			}
		}
		wantIDs(t, s, want...)
		if t.Failed() {
			rt.Fatalf("after %v", fates)
		}
	})
}

// act writes two rows and then meets its fate.
func act(ctx context.Context, tx *sql.Tx, id, fate string) error {
	if err := errors.Join(insert(id+".a")(ctx, tx), insert(id+".b")(ctx, tx)); err != nil {
		return err
	}
	switch fate {
	case "error":
		return errors.New(fate)
	case "panic":
		panic(fate)
	case "duplicate":
		return insert("taken")(ctx, tx)
	}
	return nil
}
