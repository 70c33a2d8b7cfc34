package clearing

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/anyscan/anyscan/order"
)

// What stands in the log of codes.
const (
	codeIssued  = "issued"
	codeRevoked = "revoked"
	codeRefused = "refused" // was never signed; not every one is logged, see logRefusal
)

// A codeEntry is one entry of the log of codes.
type codeEntry struct {
	id       order.ID
	at       time.Time
	acquirer string // who asked
	what     string
	message  string // JSON, "" for none
	signer   string // identifier of the key, "" for none
	why      string
}

// add appends the entry. The database refuses to change or remove it later.
func (e codeEntry) add(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clearing_code_log (code_id, seq, at, acquirer, what, message, signer, why)
		SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6, $7 FROM clearing_code_log WHERE code_id = $1`,
		string(e.id), e.at.UnixMicro(), e.acquirer, e.what, e.message, e.signer, e.why)
	return err
}

// A codeRow is a code as its entries in the log say it stands.
type codeRow struct {
	acquirer string // "" where there is no such code
	code     order.IssuedCode
}

func loadCode(ctx context.Context, tx *sql.Tx, id order.ID) (row codeRow, found bool, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT at, acquirer, what, message FROM clearing_code_log WHERE code_id = $1 ORDER BY seq`, string(id))
	if err != nil {
		return row, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var at int64
		var acquirer, what, message string
		if err := rows.Scan(&at, &acquirer, &what, &message); err != nil {
			return row, false, err
		}
		switch what {
		case codeIssued:
			row.acquirer = acquirer
			if err := json.Unmarshal([]byte(message), &row.code); err != nil {
				return row, false, err
			}
		case codeRevoked:
			row.code.Revoked = micro(at)
		}
	}
	return row, row.acquirer != "", rows.Err()
}

func findCodeKey(ctx context.Context, tx *sql.Tx, acquirer, key string) (id order.ID, sum []byte, found bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT code_id, fingerprint FROM clearing_code_keys WHERE acquirer = $1 AND idempotency = $2`,
		acquirer, key).Scan(&id, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, false, nil
	}
	return id, sum, err == nil, err
}

func insertCodeKey(ctx context.Context, tx *sql.Tx, acquirer, key string, sum []byte, id order.ID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO clearing_code_keys (acquirer, idempotency, fingerprint, code_id) VALUES ($1, $2, $3, $4)`,
		acquirer, key, sum, string(id))
	return err
}
