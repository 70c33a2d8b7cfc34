package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

const remembered = 24 * time.Hour // of the answer to a write

// once does a write of an owner, or finds what was answered to it under the same
// key. asked is what was asked for, without the key; answer, a pointer, is what
// do made of it, or what was made of it then.
func (o *desk) once(ctx context.Context, op, key string, asked, answer any, do func(context.Context, *sql.Tx, time.Time) error) error {
	raw, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	return o.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := lock(ctx, tx, o.store, o.owner); err != nil {
			return err
		}
		now := o.now()
		if err := errors.Join(forget(ctx, tx, o.owner, now.Add(-remembered)), prune(ctx, tx, now, 1)); err != nil {
			return err
		}
		found, err := recall(ctx, tx, o.owner, op, key, sum[:], answer)
		if found || err != nil {
			return err
		}
		if err := do(ctx, tx, now); err != nil {
			return err
		}
		return remember(ctx, tx, o.owner, op, key, sum[:], answer, now)
	})
}

// lock lets nobody else change the endpoints and deliveries of the owner before
// tx ends: endpoints are counted, and what a delivery meets changes its endpoint.
func lock(ctx context.Context, tx *sql.Tx, st *store.Store, owner string) error {
	return st.Lock(ctx, tx, "webhook_endpoints "+owner)
}

func forget(ctx context.Context, tx *sql.Tx, owner string, before time.Time) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM webhook_answers WHERE owner = $1 AND at <= $2`, owner, before.UnixMicro())
	return err
}

func recall(ctx context.Context, tx *sql.Tx, owner, op, key string, sum []byte, answer any) (found bool, err error) {
	var fingerprint []byte
	var text string
	err = tx.QueryRowContext(ctx, `SELECT fingerprint, answer FROM webhook_answers WHERE owner = $1 AND operation = $2 AND key = $3`,
		owner, op, key).Scan(&fingerprint, &text)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case !bytes.Equal(fingerprint, sum):
		return false, order.Errorf(order.CodeIdempotencyKeyReused, op, "the key stands for another request")
	}
	return true, json.Unmarshal([]byte(text), answer)
}

func remember(ctx context.Context, tx *sql.Tx, owner, op, key string, sum []byte, answer any, now time.Time) error {
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO webhook_answers (owner, operation, key, at, fingerprint, answer) VALUES ($1, $2, $3, $4, $5, $6)`,
		owner, op, key, now.UnixMicro(), sum, string(text))
	return err
}
