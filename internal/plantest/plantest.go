package plantest

import (
	"testing"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
)

// Run lets use work with the package that the test is of, once on SQLite and
// once on PostgreSQL, so that all SQL of the package runs. use opens stores of
// the one as it needs them, and returns one that has the tables of all that ran.
//
// The test fails for each statement of ours that would read a whole table, and
// for SQL in the package's source that did not run. allowed are the tables that
// may be read as a whole, each with the reason. Where PostgreSQL is missing, its
// half is skipped, and so is the search for SQL that did not run.
func Run(t *testing.T, allowed map[string]string, use func(t *testing.T, open func(testing.TB) *store.Store) *store.Store) {
	t.Helper()
	if testing.Short() {
		t.Skip("short: runs a package's tests on two databases again")
	}
	r := &recorder{ran: map[statement]map[place]bool{}}
	t.Run("SQLite", func(t *testing.T) {
		r.check(t, use(t, r.sqlite), allowed)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		c := pgtest.Start(t)
		r.check(t, use(t, func(t testing.TB) *store.Store { return r.postgres(t, c) }), allowed)
	})
	t.Run("source", r.complete)
}
