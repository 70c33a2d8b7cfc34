package clearing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/anyscan/anyscan/order"
)

// Issue implements [order.Issuer]. The code is signed before the transaction
// that logs it begins: a signer may be on another machine. One that was signed
// and not logged was given to nobody.
func (d *desk) Issue(ctx context.Context, r order.IssueRequest) (order.IssuedCode, error) {
	const op = "clearing.Issue"
	if err := r.Validate(); err != nil {
		return order.IssuedCode{}, d.fail(ctx, op, err)
	}
	if _, _, err := d.entry(op); err != nil {
		return order.IssuedCode{}, err
	}
	r.Expires = r.Expires.UTC().Truncate(time.Second)
	sum, err := requestSum(r)
	if err != nil {
		return order.IssuedCode{}, order.Errorf(order.CodeInvalid, op, "the request cannot be written as JSON")
	}
	code, known, err := d.issuedBefore(ctx, r.Key, sum)
	if known || err != nil {
		return code, d.fail(ctx, op, err)
	}
	now := d.now()
	address, err := d.sign(ctx, r, now)
	if err != nil {
		return order.IssuedCode{}, d.fail(ctx, op, d.refuse(ctx, r, now, err))
	}
	code = order.IssuedCode{ID: order.NewID(now), Kind: r.Kind, Merchant: r.Merchant, Address: address, Amount: r.Amount,
		Issued: now, Expires: r.Expires}
	err = d.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := d.store.Lock(ctx, tx, "clearing_code_keys "+d.acquirer+" "+r.Key); err != nil {
			return err
		}
		code, err = d.keepCode(ctx, tx, code, r.Key, sum)
		return err
	})
	if err != nil {
		return order.IssuedCode{}, d.fail(ctx, op, err)
	}
	return code, nil
}

// requestSum is the same for the same content, whatever the key.
func requestSum(r order.IssueRequest) ([]byte, error) {
	text, err := json.Marshal(r)
	sum := sha256.Sum256(text)
	return sum[:], err
}

// issuedBefore is what was given out under the key, as it stands now. The rules
// are for new codes: one that was given out stays so, whatever they say since.
func (d *desk) issuedBefore(ctx context.Context, key string, sum []byte) (code order.IssuedCode, known bool, err error) {
	err = d.store.View(ctx, func(ctx context.Context, tx *sql.Tx) error {
		code, known, err = d.underKey(ctx, tx, key, sum)
		return err
	})
	return code, known, err
}

func (d *desk) underKey(ctx context.Context, tx *sql.Tx, key string, sum []byte) (code order.IssuedCode, known bool, err error) {
	id, was, known, err := findCodeKey(ctx, tx, d.acquirer, key)
	switch {
	case err != nil || !known:
		return code, false, err
	case !bytes.Equal(was, sum):
		return code, true, order.Errorf(order.CodeIdempotencyKeyReused, "clearing.Issue", "the key stands for another code: use a new one")
	}
	row, known, err := loadCode(ctx, tx, id)
	return row.code, known, err
}

// keepCode logs a new code, unless the same request was answered meanwhile.
func (d *desk) keepCode(ctx context.Context, tx *sql.Tx, code order.IssuedCode, key string, sum []byte) (order.IssuedCode, error) {
	if was, known, err := d.underKey(ctx, tx, key, sum); known || err != nil {
		return was, err
	}
	message, err := json.Marshal(code)
	if err != nil {
		return code, err
	}
	if err := insertCodeKey(ctx, tx, d.acquirer, key, sum, code.ID); err != nil {
		return code, err
	}
	return code, codeEntry{code.ID, code.Issued, d.acquirer, codeIssued, string(message), d.signerID(), ""}.add(ctx, tx)
}

// Issued implements [order.Issuer].
func (d *desk) Issued(ctx context.Context, id order.ID) (order.IssuedCode, error) {
	const op = "clearing.Issued"
	return d.ownCode(ctx, op, id, d.store.View, func(context.Context, *sql.Tx, *codeRow) error { return nil })
}

// Revoke implements [order.Issuer].
func (d *desk) Revoke(ctx context.Context, id order.ID) (order.IssuedCode, error) {
	const op = "clearing.Revoke"
	alone := func(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
		return d.store.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
			if err := d.store.Lock(ctx, tx, "clearing_code_log "+string(id)); err != nil {
				return err
			}
			return fn(ctx, tx)
		})
	}
	return d.ownCode(ctx, op, id, alone, func(ctx context.Context, tx *sql.Tx, row *codeRow) error {
		if !row.code.Revoked.IsZero() {
			return nil
		}
		row.code.Revoked = d.now()
		return codeEntry{id, row.code.Revoked, d.acquirer, codeRevoked, "", "", ""}.add(ctx, tx)
	})
}

// ownCode does something with a code of the acquirer's own, in a transaction. Any
// other code is one that does not exist, and asking for it is recorded.
func (d *desk) ownCode(ctx context.Context, op string, id order.ID,
	in func(context.Context, func(context.Context, *sql.Tx) error) error,
	do func(context.Context, *sql.Tx, *codeRow) error) (order.IssuedCode, error) {
	if _, err := order.ParseID(string(id)); err != nil {
		return order.IssuedCode{}, errNoCode(op)
	}
	if _, _, err := d.entry(op); err != nil {
		return order.IssuedCode{}, err
	}
	var row codeRow
	err := in(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		row, _, err = loadCode(ctx, tx, id)
		if err == nil && row.acquirer != d.acquirer {
			err = errNoCode(op)
		}
		if err == nil {
			err = do(ctx, tx, &row)
		}
		return err
	})
	if order.CodeOf(err) == order.CodeNotFound {
		d.deny(ctx, op, "code "+string(id))
	}
	if err != nil {
		return order.IssuedCode{}, d.fail(ctx, op, err)
	}
	return row.code, nil
}

func errNoCode(op string) error { return order.Errorf(order.CodeNotFound, op, "there is no such code") }
