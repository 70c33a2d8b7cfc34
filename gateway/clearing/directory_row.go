package clearing

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A directoryRow is one acquirer in the store, as one change left it.
type directoryRow struct {
	name     string
	document string // JSON, '' for a removed acquirer
	version  int64
	changed  time.Time
	by, why  string
}

// directoryColumns are those of a directoryRow, of both tables that hold them.
const directoryColumns = `name, document, version, changed, changed_by, why`

func scanDirectory(scan func(...any) error) (r directoryRow, err error) {
	var changed int64
	err = scan(&r.name, &r.document, &r.version, &changed, &r.by, &r.why)
	r.changed = micro(changed)
	return r, err
}

// directoryVersion is the version of the whole directory, 0 for one that never
// had an entry.
func directoryVersion(ctx context.Context, tx *sql.Tx) (seq int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM clearing_directory_audit`).Scan(&seq)
	return seq, err
}

// loadDirectory are all rows by name, those of removed acquirers too.
func loadDirectory(ctx context.Context, tx *sql.Tx) ([]directoryRow, error) {
	return queryDirectory(ctx, tx, `SELECT `+directoryColumns+` FROM clearing_directory ORDER BY name`)
}

// loadHistory are the latest changes of one acquirer, the newest first.
func loadHistory(ctx context.Context, tx *sql.Tx, name string, limit int) ([]directoryRow, error) {
	return queryDirectory(ctx, tx, `SELECT `+directoryColumns+` FROM clearing_directory_audit
		WHERE name = $1 ORDER BY version DESC LIMIT $2`, name, limit)
}

func queryDirectory(ctx context.Context, tx *sql.Tx, query string, args ...any) (all []directoryRow, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := scanDirectory(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// loadDirectoryRow is one row; one that is not there has the version 0.
func loadDirectoryRow(ctx context.Context, tx *sql.Tx, name string) (directoryRow, error) {
	r, err := scanDirectory(tx.QueryRowContext(ctx, `SELECT `+directoryColumns+` FROM clearing_directory WHERE name = $1`, name).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return directoryRow{name: name}, nil
	}
	return r, err
}

// save writes the row in place of the version before it, and the audit entry.
func (r directoryRow) save(ctx context.Context, tx *sql.Tx) error {
	args := []any{r.name, r.document, r.version, r.changed.UnixMicro(), r.by, r.why}
	statement := `INSERT INTO clearing_directory (` + directoryColumns + `) VALUES ($1, $2, $3, $4, $5, $6)`
	if r.version > 1 {
		statement = `UPDATE clearing_directory SET document = $2, version = $3, changed = $4, changed_by = $5, why = $6
			WHERE name = $1 AND version = $3 - 1`
	}
	if err := exactlyOne(tx.ExecContext(ctx, statement, args...)); err != nil {
		return err
	}
	seq, err := directoryVersion(ctx, tx)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO clearing_directory_audit (`+directoryColumns+`, seq)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, append(args, seq+1)...)
	return err
}
