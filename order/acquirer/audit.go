package acquirer

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/order"
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

// about is what an entry is about that tells of the order itself. One that tells of
// a refund is about the refund's ID.
const about = "order"

// An auditEntry is one step in the history of an order or of one of its refunds.
type auditEntry struct {
	at time.Time
	origin
	what, from, to string
	version        int64  // of the order, at the gateway
	seq            int64  // set by link, as is the next
	hash           string // over it and the entry before it
}

// enter writes how the order and its refunds stand now, together with the entries
// that say why, in the transaction that makes it true. It writes nothing when the
// stored order is another than was by now.
func (r *record) enter(ctx context.Context, tx *sql.Tx, was record, at time.Time, by origin) (entered bool, err error) {
	var entries []auditEntry
	if r.standing != was.standing {
		entries = append(entries, r.link(auditEntry{at: at, origin: by, what: about, from: string(was.state), to: string(r.state), version: r.version}))
	}
	steps := r.steps(was)
	for _, step := range steps {
		entries = append(entries, r.link(step.entry(at, by, r.version)))
	}
	if entered, err = r.update(ctx, tx, was.seq); err != nil || !entered {
		return false, err
	}
	for _, e := range entries {
		if err := e.insert(ctx, tx, r.order.ID); err != nil {
			return false, err
		}
	}
	for _, step := range steps {
		if err := step.keep(ctx, tx, r.order.ID); err != nil {
			return false, err
		}
	}
	return true, nil
}

// link makes the entry the latest one of the order.
func (r *record) link(e auditEntry) auditEntry {
	before := r.head
	if before == "" {
		before = audit.First(r.seq)
	}
	r.seq++
	r.head = AuditLog().Entry(before, string(r.order.ID), r.seq, strconv.FormatInt(e.at.UnixMicro(), 10), e.actor,
		e.what, e.from, e.to, strconv.FormatInt(e.version, 10), e.why)
	e.seq, e.hash = r.seq, r.head
	return e
}

// insert adds an entry that was linked to the order's history.
func (e auditEntry) insert(ctx context.Context, tx *sql.Tx, id order.ID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO acquirer_audit (order_id, seq, at, actor, what, from_state, to_state, version, why, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		string(id), e.seq, e.at.UnixMicro(), e.actor, e.what, e.from, e.to, e.version, e.why, e.hash)
	return err
}
