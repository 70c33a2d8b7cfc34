package acquirer_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/acquirer"
)

// Confirming commits twice: the order before it is placed, and its address
// afterwards. Requests at the same time share commits.
func BenchmarkConfirm(b *testing.B) {
	st := open(b, filepath.Join(b.TempDir(), "acquirer.db"))
	s, err := acquirer.New(b.Context(), st, nowhere{}, merchants(), base, nil)
	if err != nil {
		b.Fatal(err)
	}
	c := coffee(b, s, "")
	before := st.Stats()
	var n atomic.Int64
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			mine := c
			mine.Key = fmt.Sprint("key-", n.Add(1))
			if _, err := s.Confirm(b.Context(), s.CodeAddress("cafe"), mine); err != nil {
				b.Error(err)
			}
		}
	})
	commits := st.Stats().Commits - before.Commits
	b.ReportMetric(float64(n.Load())/float64(commits), "orders/commit")
}

// A notification that an order is paid commits once. Notifications at the same time
// share commits.
func BenchmarkNotify(b *testing.B) {
	st := open(b, filepath.Join(b.TempDir(), "acquirer.db"))
	s, err := acquirer.New(b.Context(), st, nowhere{}, merchants(), base, nil)
	if err != nil {
		b.Fatal(err)
	}
	var all []order.Status
	c := coffee(b, s, "")
	for n := range b.N {
		c.Key = fmt.Sprint("key-", n)
		all = append(all, told(status(b, s, confirm(b, s, c).Order).Order, order.StatePaid, 2))
	}
	b.ResetTimer()
	before := st.Stats()
	var n atomic.Int64
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := s.Notify(b.Context(), all[n.Add(1)-1]); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(n.Load())/float64(st.Stats().Commits-before.Commits), "orders/commit")
}
