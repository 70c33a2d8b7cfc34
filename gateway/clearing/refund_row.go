package clearing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/anyscan/anyscan/component"
	"github.com/anyscan/anyscan/order"
)

// A refundRow is money of an attempt that goes back to its payer.
type refundRow struct {
	key       orderKey
	number    int // from 1, within the order
	attempt   int // number of the attempt whose money it is
	component string
	amount    int64
	excess    bool     // the order never had that money
	asked     order.ID // the acquirer's, "" for money in excess
	reason    string
	state     order.RefundState
	failure   string // why it failed, a word
	reference string // the provider's
	created   time.Time
	changed   time.Time
	moved     time.Time // when the provider gave it back, zero for not
}

// id names the refund at its provider.
func (r *refundRow) id() string { return refundID(r.key, r.number) }

// brief is what the component is told.
func (r *refundRow) brief(currency string) component.Refund {
	return component.Refund{ID: r.id(), Amount: order.Money{Amount: r.amount, Currency: currency}, Reason: r.reason}
}

// refundMark stands between the order's key and the number, so that a refund's ID
// is never an attempt's.
const refundMark = "r"

// refundID names an order's refund: the order key and the refund's number in two
// characters.
func refundID(key orderKey, number int) string {
	return string(key) + refundMark + attemptID("", number)
}

// parseRefundID accepts what refundID makes.
func parseRefundID(s string) (key orderKey, number int, ok bool) {
	front, back, _ := strings.Cut(s[min(orderKeyLength, len(s)):], refundMark)
	if front != "" || len(s) != attemptIDLength+len(refundMark) {
		return "", 0, false
	}
	return parseAttemptID(s[:orderKeyLength] + back)
}

const refundColumns = `order_key, number, attempt, component, amount, excess, asked, reason, state, failure, reference, created, changed, moved`

func loadRefund(ctx context.Context, tx *sql.Tx, key orderKey, number int) (r refundRow, found bool, err error) {
	r, err = scanRefund(tx.QueryRowContext(ctx, `SELECT `+refundColumns+` FROM clearing_refunds WHERE order_key = $1 AND number = $2`, string(key), number))
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, err
}

func scanRefund(row interface{ Scan(...any) error }) (r refundRow, err error) {
	var created, changed, moved int64
	err = row.Scan(&r.key, &r.number, &r.attempt, &r.component, &r.amount, &r.excess, &r.asked, &r.reason, &r.state, &r.failure, &r.reference,
		&created, &changed, &moved)
	r.created, r.changed, r.moved = micro(created), micro(changed), micro(moved)
	return r, err
}

// existingRefund is one that a job promises.
func existingRefund(ctx context.Context, tx *sql.Tx, key orderKey, number int) (refundRow, error) {
	r, found, err := loadRefund(ctx, tx, key, number)
	if err == nil && !found {
		err = fmt.Errorf("clearing: the refund %s is missing from its table", refundID(key, number))
	}
	return r, err
}

// insert stores the refund under the order's next number.
func (r *refundRow) insert(ctx context.Context, tx *sql.Tx) error {
	err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(number), 0) + 1 FROM clearing_refunds WHERE order_key = $1`, string(r.key)).Scan(&r.number)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO clearing_refunds (`+refundColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', '', $10, $10, 0)`,
		string(r.key), r.number, r.attempt, r.component, r.amount, r.excess, string(r.asked), r.reason, string(r.state), r.created.UnixMicro())
	return err
}

// update writes what may change. A final state stays.
func (r *refundRow) update(ctx context.Context, tx *sql.Tx) error {
	var moved int64
	if !r.moved.IsZero() {
		moved = r.moved.UnixMicro()
	}
	return exactlyOne(tx.ExecContext(ctx, `UPDATE clearing_refunds
		SET state = $1, failure = $2, reference = $3, changed = $4, moved = $5 WHERE order_key = $6 AND number = $7 AND state = $8`,
		string(r.state), r.failure, r.reference, r.changed.UnixMicro(), moved, string(r.key), r.number, string(order.RefundPending)))
}
