package clearing_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/internal/plantest"
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
)

// No statement may read a whole table, however many orders there are.
func TestNoStatementReadsAWholeTable(t *testing.T) {
	plantest.Run(t, map[string]string{
		"clearing_directory": "a row for each acquirer, held in memory as a whole",
	}, func(t *testing.T, open func(testing.TB) *store.Store) *store.Store {
		t.Run("contract", func(t *testing.T) {
			keepsTheContract(t, func(t *testing.T) *store.Store { return open(t) })
		})
		for _, test := range []func(*testing.T, *store.Store){filesOfDays, movedCutOff, aFileIsMadeByOne, statementsAreMatched, reviewsOpenAndClose, decisionsAreRecorded} {
			test(t, open(t))
		}
		st := open(t)
		keepDirectory(t, st)
		placeAgain(t, st)
		goOn(t, st)
		return st
	})
}

// keepDirectory does what a directory in the store can do.
func keepDirectory(t *testing.T, st *store.Store) {
	t.Helper()
	k := newShelf(t, st)
	k.put(north(), 0)
	k.put(north(), 1)
	_, err1 := k.History(t.Context(), "north")
	_, err2 := k.List(t.Context())
	if err := errors.Join(err1, err2, k.Remove(t.Context(), "north", 2, "ada", "a test"), k.TakeOver()); err != nil {
		t.Error(err)
	}
}

// placeAgain places an order again whose secret has gone, asks what was denied, and
// cancels.
func placeAgain(t *testing.T, st *store.Store) {
	t.Helper()
	w := newWorld(t, nil)
	o := w.newOrder()
	for version := range 2 {
		s := newServer(t, st, keys(version+1), w.setup, clearing.Options{})
		desk, err := s.For("north")
		if err != nil {
			t.Fatal(err)
		}
		_, err1 := desk.Place(t.Context(), o)
		if _, err := desk.Query(t.Context(), order.NewID(w.clock())); !errors.Is(err, order.CodeNotFound) {
			t.Errorf("an order that never was: %v", err)
		}
		denied, err2 := s.Denials(t.Context(), "", w.clock())
		_, err3 := desk.Cancel(t.Context(), o.ID)
		if err := errors.Join(err1, err2, err3); err != nil || len(denied) != version+1 {
			t.Errorf("%d denials, %v", len(denied), err)
		}
	}
}

// goOn cancels an order from before histories had chains.
func goOn(t *testing.T, st *store.Store) {
	t.Helper()
	w := newWorld(t, nil)
	o := w.newOrder()
	desk, err := newServer(t, st, keys(1), w.setup, clearing.Options{}).For("north")
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := desk.Place(t.Context(), o)
	err2 := st.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err1 := tx.ExecContext(ctx, `UPDATE clearing_orders SET audit_seq = 0, audit_head = '', audit_root = $1`, audit.None)
		_, err2 := tx.ExecContext(ctx, `UPDATE clearing_audit SET hash = ''`)
		return errors.Join(err1, err2)
	})
	_, err3 := desk.Cancel(t.Context(), o.ID)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Error(err)
	}
}
