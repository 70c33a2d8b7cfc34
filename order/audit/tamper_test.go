package audit_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
)

// A tampering is what somebody does who has the database, and what is to be found.
type tampering struct {
	statements []string // about an order with three entries, whose key is $1
	finding    audit.Finding
}

// tamperings cover their traces as far as that takes no key.
func tamperings() map[string]tampering {
	return map[string]tampering{
		"a reason is changed": {
			[]string{`UPDATE acquirer_audit SET why = 'asked' WHERE order_id = $1 AND seq = 2`},
			audit.Finding{Problem: audit.Changed, Entry: 2}},
		"who acted is changed": {
			[]string{`UPDATE acquirer_audit SET actor = 'terminal' WHERE order_id = $1 AND seq = 3`},
			audit.Finding{Problem: audit.Changed, Entry: 3}},
		"an entry in the middle is removed": {
			[]string{`DELETE FROM acquirer_audit WHERE order_id = $1 AND seq = 2`},
			audit.Finding{Problem: audit.Removed, Entry: 2}},
		"and the later one moved up": {
			[]string{`DELETE FROM acquirer_audit WHERE order_id = $1 AND seq = 2`,
				`UPDATE acquirer_audit SET seq = 2 WHERE order_id = $1 AND seq = 3`,
				`UPDATE acquirer_orders SET seq = 2 WHERE order_id = $1`},
			audit.Finding{Problem: audit.Changed, Entry: 2}},
		"two entries change places": {
			[]string{`UPDATE acquirer_audit SET seq = 9 WHERE order_id = $1 AND seq = 2`,
				`UPDATE acquirer_audit SET seq = 2 WHERE order_id = $1 AND seq = 3`,
				`UPDATE acquirer_audit SET seq = 3 WHERE order_id = $1 AND seq = 9`},
			audit.Finding{Problem: audit.Changed, Entry: 2}},
		"the last entry never was": {
			[]string{`DELETE FROM acquirer_audit WHERE order_id = $1 AND seq = 3`,
				`UPDATE acquirer_orders SET state = 'open', seq = 2, audit_root = 0,
					audit_head = (SELECT hash FROM acquirer_audit a WHERE a.order_id = acquirer_orders.order_id AND a.seq = 2) WHERE order_id = $1`},
			audit.Finding{Problem: audit.Removed, Entry: 3, Root: 1}},
		"the order never was": {
			[]string{`DELETE FROM acquirer_audit WHERE order_id = $1`, `DELETE FROM acquirer_orders WHERE order_id = $1`},
			audit.Finding{Problem: audit.Removed, Entry: 3, Root: 1}},
		"nor for the root": {
			[]string{`DELETE FROM acquirer_audit WHERE order_id = $1`, `DELETE FROM acquirer_orders WHERE order_id = $1`,
				`DELETE FROM acquirer_audit_heads WHERE order_id = $1`},
			audit.Finding{Problem: audit.Forged, Root: 1}},
		"the order is from before there were chains": {
			[]string{`UPDATE acquirer_audit SET hash = '' WHERE order_id = $1`,
				`UPDATE acquirer_orders SET audit_head = '', audit_root = -1 WHERE order_id = $1`},
			audit.Finding{Problem: audit.Changed, Entry: 3, Root: 1}},
		"a root is gone": {
			[]string{`DELETE FROM acquirer_audit_roots WHERE number = 1 AND $1 <> ''`},
			audit.Finding{Problem: audit.Removed, Root: 1}},
		"a signature is gone": {
			[]string{`UPDATE acquirer_audit_roots SET statement = '' WHERE number = 1 AND $1 <> ''`},
			audit.Finding{Problem: audit.Unsigned, Root: 1}},
		"a signature is wrong": {
			[]string{`UPDATE acquirer_audit_roots SET statement = SUBSTR(statement, 1, LENGTH(statement) - 4) || 'AAAA' WHERE number = 1 AND $1 <> ''`},
			audit.Finding{Problem: audit.Forged, Root: 1}},
	}
}

// What is changed, removed or put elsewhere under a root is found, on both
// databases, and called what it is.
func TestTamperingUnderARootIsNamed(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { findTamperings(t, func(t *testing.T) *store.Store { return openStore(t) }) })
	t.Run("postgres", func(t *testing.T) {
		c := pgtest.Start(t)
		findTamperings(t, func(t *testing.T) *store.Store { return c.Store(t) })
	})
}

func findTamperings(t *testing.T, open func(*testing.T) *store.Store) {
	for name, test := range tamperings() {
		t.Run(name, func(t *testing.T) {
			l := newAcquirerLab(t, open(t))
			l.act(0)
			l.act(1)
			key := l.first()
			l.act(0) // another order, which is whole
			l.nextDay()
			l.nextDay()
			if r := l.verify(); len(r.Findings) > 0 || r.Roots != 2 {
				t.Fatalf("before: %+v", r)
			}
			for _, statement := range test.statements {
				l.must(statement, key)
			}
			want := test.finding
			if want.Entry != 0 {
				want.Order = key
			}
			r := l.verify()
			if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { f.Detail = ""; return f == want }) {
				t.Errorf("found %v, want %s", r.Findings, strings.TrimSuffix(want.String(), ": "))
			}
		})
	}
}
