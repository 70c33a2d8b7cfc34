package webhook

import (
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// Who acts, in the audit table. Owners have their name behind the colon.
const (
	actorOwner    = "acquirer:"
	actorEndpoint = "endpoint"
)

// audit adds to the history of an endpoint or delivery, in the transaction that
// makes it true.
func audit(ctx context.Context, tx *sql.Tx, subject order.ID, at time.Time, actor, what, why string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO webhook_audit (subject, seq, at, actor, what, why)
		SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5 FROM webhook_audit WHERE subject = $1`,
		string(subject), at.UnixMicro(), actor, what, why)
	return err
}

// tell logs once the change is true.
func (d *Dispatcher) tell(ctx context.Context, text string, args ...any) {
	store.AfterCommit(ctx, func() { d.options.Logger.Log(context.WithoutCancel(ctx), slog.LevelWarn, text, args...) })
}
