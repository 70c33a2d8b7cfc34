package audit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/internal/plantest"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
)

// No statement may read a whole table, however many orders there are.
func TestNoStatementReadsAWholeTable(t *testing.T) {
	plantest.Run(t, nil, func(t *testing.T, open func(testing.TB) *store.Store) *store.Store {
		s := open(t)
		for _, kind := range kinds() {
			l := kind.make(t, s)
			l.act(0)
			l.nextDay()
			if kind.name == "acquirer" {
				l.fill(audit.OrdersAtOnce + 1)
			}
			l.nextDay()
			if r := l.verify(l.roots()...); len(r.Findings) > 0 {
				t.Errorf("%+v", r)
			}
		}
		return s
	})
}

// What a root has to cover is found by the index of such orders: by their keys
// alone, all orders would be read.
func TestWhatChangedIsFoundByItsIndex(t *testing.T) {
	l := newClearingLab(t, openStore(t))
	plan := ""
	for _, row := range l.rows("EXPLAIN QUERY PLAN " + strings.NewReplacer("$1", "''", "$2", "1").Replace(l.log.Uncovered())) {
		plan += row[3].(string) + "; "
	}
	if n := strings.Count(plan, "INDEX clearing_orders_uncovered"); n == 0 {
		t.Errorf("found by %s", plan)
	}
}

// A root costs what the orders cost that changed, however many there are that did
// not.
func BenchmarkRoot(b *testing.B) {
	const changed, others = 200, 20_000
	l := newAcquirerLab(b, openStore(b))
	cover := func() (best time.Duration) {
		best = time.Hour
		for range 10 {
			l.fill(changed)
			l.now = l.now.Add(24 * time.Hour)
			notary := l.notary()
			start := time.Now()
			if _, err := notary.Work(b.Context()); err != nil {
				b.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	alone := cover()
	l.fill(others)
	l.nextDay()
	among := cover()
	start := time.Now()
	if r := l.verify(); len(r.Findings) > 0 || r.Orders < others {
		b.Fatalf("%+v", r)
	}
	verified := time.Since(start)
	micro := func(d time.Duration, orders int) float64 {
		return float64(d) / float64(orders) / float64(time.Microsecond)
	}
	b.ReportMetric(micro(among, changed), "µs/changed-order")
	b.ReportMetric(micro(verified, others), "verify-µs/order")
	b.ReportMetric(float64(among)/float64(alone), "among-x-alone")
	fmt.Printf("ratio %.3f limit <=1.5: a root over %d orders among %d others, against one without them\n", float64(among)/float64(alone), changed, others)
}
