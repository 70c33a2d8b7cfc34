package store

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"time"
)

// Migrate brings the tables of one package up to date. name is that package's,
// so that several share a database; migrations holds, in its root, the files
// 0001_xxx.sql, 0002_xxx.sql and so on, usually embedded:
//
//	//go:embed migrations/*.sql
//	var files embed.FS
//
//	sub, err := fs.Sub(files, "migrations")
//
// Each file that the database has not seen runs in a transaction of its own,
// together with the row that records it, so that a crash leaves no half of
// one. Several processes may start at once: the database's write lock lets one
// of them apply a file and the others find it done. Files hold plain
// statements, without BEGIN or COMMIT.
//
// Where a database needs other statements, 0001_xxx.postgres.sql stands in for
// 0001_xxx.sql on PostgreSQL and is not looked at elsewhere.
//
// Errors are a [*MigrationError]: [ErrMigrationChanged] if a file that was
// applied has been edited since, [ErrDatabaseNewer] if the database has seen
// more files than there are.
func (s *Store) Migrate(ctx context.Context, name string, migrations fs.FS) error {
	steps, err := readMigrations(name, s.Dialect(), migrations)
	if err != nil {
		return err
	}
	for todo := true; todo; {
		err := s.migrating(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
			todo, err = migrateOne(ctx, tx, name, steps)
			return err
		})
		if err != nil {
			return migrationError(name, "", err)
		}
	}
	return nil
}

// migrating runs fn in a transaction, beside no other migration of the database
// and for as long as ctx allows.
func (s *Store) migrating(ctx context.Context, fn func(context.Context, *sql.Tx) error) error {
	if s.concurrent == nil {
		return s.Do(ctx, fn)
	}
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.pending.Done()
	unlimited := func() (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }
	return s.transact(ctx, unlimited, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, s.concurrent.Unbounded); err != nil {
			return err
		}
		if err := s.Lock(ctx, tx, "store_migrations"); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// migrateOne applies the first migration that is missing and reports whether
// there may be another. What was applied is read in the same transaction,
// since another process may just have been here.
func migrateOne(ctx context.Context, tx *sql.Tx, name string, steps []migration) (more bool, err error) {
	applied, err := appliedMigrations(ctx, tx, name)
	if err != nil {
		return false, err
	}
	for i, sum := range applied {
		switch {
		case i >= len(steps):
			return false, ErrDatabaseNewer
		case sum != steps[i].sum:
			return false, migrationError(name, steps[i].file, ErrMigrationChanged)
		}
	}
	if len(applied) == len(steps) {
		return false, nil
	}
	next := steps[len(applied)]
	if err := next.apply(ctx, tx, name, len(applied)+1); err != nil {
		return false, migrationError(name, next.file, err)
	}
	return true, nil
}

// appliedMigrations returns the checksums of the migrations that the database
// has seen, in order.
func appliedMigrations(ctx context.Context, tx *sql.Tx, name string) ([]string, error) {
	_, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS store_migrations (
		name    TEXT   NOT NULL,
		version BIGINT NOT NULL,
		file    TEXT   NOT NULL,
		sha256  TEXT   NOT NULL,
		applied BIGINT NOT NULL,
		PRIMARY KEY (name, version)
	)`)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, `SELECT sha256 FROM store_migrations WHERE name = $1 ORDER BY version`, name)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var sums []string
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return nil, err
		}
		sums = append(sums, sum)
	}
	return sums, rows.Err()
}

// apply runs the migration and records it.
func (m migration) apply(ctx context.Context, tx *sql.Tx, name string, version int) error {
	if _, err := tx.ExecContext(ctx, m.text); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx,
		`INSERT INTO store_migrations (name, version, file, sha256, applied) VALUES ($1, $2, $3, $4, $5)`,
		name, version, m.file, m.sum, time.Now().UnixMicro())
	return err
}

// migrationError wraps err unless it already says which migration it is about.
func migrationError(name, file string, err error) error {
	if _, ok := errors.AsType[*MigrationError](err); ok {
		return err
	}
	return &MigrationError{Name: name, File: file, Err: err}
}
