package clearing

import (
	"context"
	"database/sql"
	"errors"

	"github.com/anyscan/anyscan/order"
)

// maxBeginnings bounds the keys under which one order was begun, and with them
// what somebody who has its address can make the store keep.
const maxBeginnings = 1000

// A beginning is what stands under the key of a terminal's request.
type beginning struct {
	fingerprint []byte // of what was asked
	number      int    // of the attempt that it led to
}

func loadBeginning(ctx context.Context, tx *sql.Tx, key orderKey, beginKey string) (b beginning, found bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT fingerprint, number FROM clearing_beginnings WHERE order_key = $1 AND begin_key = $2`,
		string(key), beginKey).Scan(&b.fingerprint, &b.number)
	if errors.Is(err, sql.ErrNoRows) {
		return b, false, nil
	}
	return b, err == nil, err
}

func (b beginning) insert(ctx context.Context, tx *sql.Tx, op string, key orderKey, beginKey string) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM clearing_beginnings WHERE order_key = $1`, string(key)).Scan(&n)
	if err == nil && n >= maxBeginnings {
		err = order.Errorf(order.CodeRefused, op, "the order was begun under %d keys: no more are taken", n)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO clearing_beginnings (order_key, begin_key, fingerprint, number) VALUES ($1, $2, $3, $4)`,
			string(key), beginKey, b.fingerprint, b.number)
	}
	return err
}
