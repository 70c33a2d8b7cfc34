package clearing

import (
	"context"
	"database/sql"
	"time"
)

// Who acts, in the audit table. Acquirers and components have their name
// behind the colon.
const (
	actorAcquirer  = "acquirer:"
	actorComponent = "component:"
	actorTerminal  = "terminal"
	actorGateway   = "gateway"
)

// audit adds to the order's history, in the transaction that makes it true.
func audit(ctx context.Context, tx *sql.Tx, key orderKey, at time.Time, actor, what, from, to, why string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clearing_audit (order_key, seq, at, actor, what, from_state, to_state, why)
		SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6, $7 FROM clearing_audit WHERE order_key = $1`,
		string(key), at.UnixMicro(), actor, what, from, to, why)
	return err
}
