package webhook

import (
	"context"
	"database/sql"
	"time"

	"github.com/anyscan/anyscan/order"
)

const (
	kept        = 30 * 24 * time.Hour  // of a delivery that is not tried any more
	keptAudit   = 365 * 24 * time.Hour // of who did what
	pruneAtOnce = 4                    // of each table, for one row that is added
)

// prune removes the oldest deliveries and audit entries that are past their time:
// a few for each row that is added, so that no call pays for all. They are
// anybody's: an owner that left, and an endpoint that was deleted, add nothing
// any more.
func prune(ctx context.Context, tx *sql.Tx, now time.Time, added int) error {
	limit := pruneAtOnce * max(1, added)
	_, err := tx.ExecContext(ctx, `DELETE FROM webhook_deliveries WHERE id IN (
		SELECT id FROM webhook_deliveries WHERE created < $1 AND state <> $2 ORDER BY created LIMIT $3)`,
		now.Add(-kept).UnixMicro(), string(order.DeliveryPending), limit)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM webhook_audit WHERE (subject, seq) IN (
		SELECT subject, seq FROM webhook_audit WHERE at < $1 ORDER BY at LIMIT $2)`,
		now.Add(-keptAudit).UnixMicro(), limit)
	return err
}
