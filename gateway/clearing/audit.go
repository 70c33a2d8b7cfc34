package clearing

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/anyscan/anyscan/order/audit"
)

// Who acts, in the audit table. Acquirers, components and operators have their
// name behind the colon.
const (
	actorAcquirer  = "acquirer:"
	actorComponent = "component:"
	actorTerminal  = "terminal"
	actorGateway   = "gateway"
	actorOperator  = "operator:"
)

// AuditLog is the history of the orders that a Server keeps in its store, for
// audit.Verify and audit.NewNotary.
func AuditLog() audit.Log {
	return audit.Log{Name: "clearing", Key: "order_key", Seq: "audit_seq",
		Content: []string{"at", "actor", "what", "from_state", "to_state", "why"}}
}

// A chain is where an order's history ends.
type chain struct {
	seq  int64  // of the latest entry
	head string // its hash
	root int64  // the latest that covers the order, 0 for none yet, audit.None for no chain yet
}

// An auditEntry is one step in an order's history.
type auditEntry struct {
	at                         time.Time
	actor, what, from, to, why string
}

// append adds the entry to the order's history, in the transaction that makes it
// true. The order's row is written later.
func (c *chain) append(ctx context.Context, tx *sql.Tx, key orderKey, e auditEntry) error {
	before := c.head
	if c.root == audit.None {
		err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM clearing_audit WHERE order_key = $1`, string(key)).Scan(&c.seq)
		if err != nil {
			return err
		}
		before = audit.First(c.seq)
	}
	c.link(key, before, e)
	return e.insert(ctx, tx, key, *c)
}

// link makes the entry the latest one.
func (c *chain) link(key orderKey, before string, e auditEntry) {
	seq := c.seq + 1
	at := strconv.FormatInt(e.at.UnixMicro(), 10)
	*c = chain{seq: seq, head: AuditLog().Entry(before, string(key), seq, at, e.actor, e.what, e.from, e.to, e.why)}
}

func (e auditEntry) insert(ctx context.Context, tx *sql.Tx, key orderKey, c chain) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clearing_audit (order_key, seq, at, actor, what, from_state, to_state, why, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		string(key), c.seq, e.at.UnixMicro(), e.actor, e.what, e.from, e.to, e.why, c.head)
	return err
}
