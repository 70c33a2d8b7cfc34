package acquirer

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/order/audit"
)

// Who acts, in the audit table.
const (
	actorTerminal = "terminal" // whoever confirmed
	actorAcquirer = "acquirer"
	actorGateway  = "gateway"
)

// AuditLog is the history of the orders that a Server keeps in its store, for
// audit.Verify and audit.NewNotary.
func AuditLog() audit.Log {
	return audit.Log{Name: "acquirer", Key: "order_id", Seq: "seq",
		Content: []string{"at", "actor", "what", "from_state", "to_state", "version", "why"}}
}

// An origin is who changes an order, and why.
type origin struct{ actor, why string }

// about is what an entry is about that tells of the order itself.
const about = "order"

// An auditEntry is one step in an order's history.
type auditEntry struct {
	at time.Time
	origin
	what, from, to string
	version        int64 // of the order, at the gateway
}

// enter writes how the order stands now together with the entry that says why, in
// the transaction that makes it true. It writes nothing when the stored order is
// another by now.
func (r *record) enter(ctx context.Context, tx *sql.Tx, e auditEntry) (entered bool, err error) {
	r.link(e)
	if entered, err = r.update(ctx, tx); err != nil || !entered {
		return false, err
	}
	return true, e.insert(ctx, tx, *r)
}

// link makes the entry the latest one of the order.
func (r *record) link(e auditEntry) {
	before := r.head
	if before == "" {
		before = audit.First(r.seq)
	}
	r.seq++
	r.head = AuditLog().Entry(before, string(r.order.ID), r.seq, strconv.FormatInt(e.at.UnixMicro(), 10), e.actor,
		e.what, e.from, e.to, strconv.FormatInt(e.version, 10), e.why)
}

// insert adds the entry that was linked last to the order's history.
func (e auditEntry) insert(ctx context.Context, tx *sql.Tx, r record) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO acquirer_audit (order_id, seq, at, actor, what, from_state, to_state, version, why, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		string(r.order.ID), r.seq, e.at.UnixMicro(), e.actor, e.what, e.from, e.to, e.version, e.why, r.head)
	return err
}
