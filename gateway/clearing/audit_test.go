package clearing_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order/audit"
	"github.com/anyscan/anyscan/order/store"
)

// wholeAudit is how every test ends: whatever happened, the histories in the
// store are as they were written, and tell how orders and attempts stand. A test
// may have closed the store.
func wholeAudit(t testing.TB, s *store.Store) {
	t.Helper()
	r, err := audit.Verify(context.Background(), s, clearing.AuditLog(), audit.Trust{})
	if err == nil {
		err = s.View(context.Background(), allTold)
	}
	if len(r.Findings) > 0 || err != nil && !errors.Is(err, store.ErrClosed) {
		t.Errorf("the audit of %d orders: %v, %v", r.Orders, r.Findings, err)
	}
}

// allTold is an error if there is an entry without who, when and why, or an
// attempt whose state is another than the latest entry about it says.
func allTold(ctx context.Context, tx *sql.Tx) error {
	const digits = `SUBSTR('0123456789abcdefghijklmnopqrstuv', CAST(1 + a.number / 32 AS INTEGER), 1) ||
		SUBSTR('0123456789abcdefghijklmnopqrstuv', CAST(1 + a.number % 32 AS INTEGER), 1)`
	var silent, untold int
	err := tx.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM clearing_audit WHERE actor = '' OR at = 0 OR why = ''),
		(SELECT COUNT(*) FROM clearing_attempts a WHERE a.state <> COALESCE((SELECT to_state FROM clearing_audit e
			WHERE e.order_key = a.order_key AND e.what = a.order_key || `+digits+` ORDER BY seq DESC LIMIT 1), ''))`).Scan(&silent, &untold)
	if err == nil && silent+untold > 0 {
		err = fmt.Errorf("%d entries without who, when or why, %d attempts that stand otherwise than their latest entry", silent, untold)
	}
	return err
}
