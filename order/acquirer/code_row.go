package acquirer

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order"
)

// A codeKey is a code that was asked for under a key.
type codeKey struct {
	merchant, key string
	fingerprint   []byte             // of what was asked
	request       order.IssueRequest // to the clearing institution, with the key there
	code          order.ID           // "" while the answer is not known
}

func findCodeKey(ctx context.Context, tx *sql.Tx, merchant, key string) (k codeKey, found bool, err error) {
	k = codeKey{merchant: merchant, key: key}
	var request, there string
	err = tx.QueryRowContext(ctx, `SELECT fingerprint, request, there, code_id FROM acquirer_code_keys
		WHERE merchant = $1 AND idempotency = $2`, merchant, key).Scan(&k.fingerprint, &request, &there, &k.code)
	if errors.Is(err, sql.ErrNoRows) {
		return k, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(request), &k.request)
	}
	k.request.Key = there
	return k, err == nil, err
}

func (k codeKey) insert(ctx context.Context, tx *sql.Tx) error {
	request, err := json.Marshal(k.request)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO acquirer_code_keys (merchant, idempotency, fingerprint, request, there, code_id)
		VALUES ($1, $2, $3, $4, $5, '')`, k.merchant, k.key, k.fingerprint, string(request), k.request.Key)
	return err
}

// remove frees the key, unless it was answered or used anew meanwhile.
func (k codeKey) remove(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM acquirer_code_keys WHERE merchant = $1 AND idempotency = $2 AND there = $3 AND code_id = ''`,
		k.merchant, k.key, k.request.Key)
	return err
}

// keepCode stores what was issued for the key. The same answer may come twice.
func keepCode(ctx context.Context, tx *sql.Tx, k codeKey, c order.IssuedCode, now time.Time) error {
	was, known, err := findCodeKey(ctx, tx, k.merchant, k.key)
	if err != nil || known && was.code == c.ID {
		return err
	}
	revoked := c.Revoked
	c.Revoked = time.Time{}
	message, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO acquirer_codes (code_id, address, message, revoked) VALUES ($1, $2, $3, $4)`,
		string(c.ID), codeSum(c.Address), string(message), stamp(revoked))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE acquirer_code_keys SET code_id = $1 WHERE merchant = $2 AND idempotency = $3`,
		string(c.ID), k.merchant, k.key)
	if err != nil {
		return err
	}
	return auditCode(ctx, tx, c.ID, now, "issued")
}

// loadCode reads a code; one that is not there is [order.CodeNotFound].
func loadCode(ctx context.Context, tx *sql.Tx, op string, id order.ID) (c order.IssuedCode, err error) {
	var message string
	var revoked int64
	err = tx.QueryRowContext(ctx, `SELECT message, revoked FROM acquirer_codes WHERE code_id = $1`, string(id)).Scan(&message, &revoked)
	if errors.Is(err, sql.ErrNoRows) {
		return c, order.Errorf(order.CodeNotFound, op, "there is no such code")
	}
	if err == nil {
		err = json.Unmarshal([]byte(message), &c)
	}
	c.Revoked = unstamp(revoked)
	return c, err
}

// revokedAt is when the code at an address was taken back; zero if it was not,
// or if the code is not known here.
func revokedAt(ctx context.Context, tx *sql.Tx, sum []byte) (time.Time, error) {
	var revoked int64
	err := tx.QueryRowContext(ctx, `SELECT revoked FROM acquirer_codes WHERE address = $1`, sum).Scan(&revoked)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, nil
	}
	return unstamp(revoked), err
}

// auditCode adds to the code's history.
func auditCode(ctx context.Context, tx *sql.Tx, id order.ID, at time.Time, what string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO acquirer_code_audit (code_id, seq, at, what)
		SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3 FROM acquirer_code_audit WHERE code_id = $1`, string(id), at.UnixMicro(), what)
	return err
}

// codeOrder is the latest order of a dynamic code, "" for none.
func codeOrder(ctx context.Context, tx *sql.Tx, sum []byte) (id order.ID, err error) {
	err = tx.QueryRowContext(ctx, `SELECT order_id FROM acquirer_code_orders WHERE address = $1`, sum).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

func setCodeOrder(ctx context.Context, tx *sql.Tx, sum []byte, id order.ID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO acquirer_code_orders (address, order_id) VALUES ($1, $2)
		ON CONFLICT (address) DO UPDATE SET order_id = excluded.order_id`, sum, string(id))
	return err
}

// stamp and unstamp keep a time that may be zero.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func unstamp(t int64) time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(t).UTC()
}

// codeAmount is the amount of the code with that address which was issued for us;
// no money if there is none.
func codeAmount(ctx context.Context, tx *sql.Tx, sum []byte) (order.Money, error) {
	var message string
	err := tx.QueryRowContext(ctx, `SELECT message FROM acquirer_codes WHERE address = $1`, sum).Scan(&message)
	if errors.Is(err, sql.ErrNoRows) {
		return order.Money{}, nil
	}
	var c order.IssuedCode
	if err == nil {
		err = json.Unmarshal([]byte(message), &c)
	}
	return c.Amount, err
}
