package pgtest

import (
	"testing"

	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

// Store opens a store on an empty place, which is closed with the test.
func (c *Cluster) Store(t testing.TB) *store.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), c.Database(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
