package audit

import (
	"context"
	"crypto"
	"time"

	"github.com/anyscan/anyscan/internal/outbox"
)

// Work does what the notary's job does, and says when it is due again.
func (n *Notary) Work(ctx context.Context) (again time.Time, err error) {
	return n.work(ctx, outbox.Task{})
}

// Uncovered is the statement that finds what a root is to cover.
func (l Log) Uncovered() string { return l.uncovered() }

// Head is [Log.head].
func (l Log) Head(before, key string, seq int64, hash string) string {
	return l.head(before, key, seq, hash)
}

// Sign writes a root's statement.
func (r *Root) Sign(key crypto.Signer) error { return r.sign(key) }

const AtOnce, OrdersAtOnce, HeadsAtOnce = atOnce, ordersAtOnce, headsAtOnce

// Digest is what the next root has as its Previous.
func Digest(statement string) string { return digest(statement) }

// Batch covers some orders with the root of yesterday.
func (n *Notary) Batch(ctx context.Context) error {
	_, err := n.batch(ctx, n.now().UTC().AddDate(0, 0, -1).Format(dayLayout))
	return err
}
