package joint

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
	"github.com/anyscan/anyscan/order/store/sqlite"
)

// A setting gives each script two databases without rows, the acquirer's and the
// gateway's. Their tables are made once for all scripts.
type setting func(t *testing.T) (acquirers, gateways database)

// furnish lets servers make their tables.
func furnish(t *testing.T, acquirers, gateways database) {
	synctest.Test(t, func(t *testing.T) { newWorld(t, acquirers, gateways, planted{}).end() })
}

// files are SQLite files, copies of two that have tables.
func files(t *testing.T) setting {
	const a, g = "acquirer.db", "gateway.db"
	in := func(dir, name string) database {
		return func(ctx context.Context) (*store.Store, error) {
			return sqlite.Open(ctx, filepath.Join(dir, name), nil)
		}
	}
	furnished := t.TempDir()
	furnish(t, in(furnished, a), in(furnished, g))
	return func(t *testing.T) (acquirers, gateways database) {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(furnished)); err != nil {
			t.Fatal(err)
		}
		return in(dir, a), in(dir, g)
	}
}

// schemas are two places of a PostgreSQL server, emptied for each script.
func schemas(t *testing.T) setting {
	c := pgtest.Start(t)
	in := func(dsn string) database {
		return func(ctx context.Context) (*store.Store, error) { return postgres.Open(ctx, dsn, nil) }
	}
	a, g := c.Database(t), c.Database(t)
	furnish(t, in(a), in(g))
	return func(t *testing.T) (acquirers, gateways database) {
		clean(t, a)
		clean(t, g)
		return in(a), in(g)
	}
}

// clean deletes all rows but those about the tables themselves.
func clean(t *testing.T, dsn string) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(t.Context(), `DO $$ DECLARE name TEXT; BEGIN
		FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema AND tablename NOT LIKE '%migrations' LOOP
			EXECUTE 'DELETE FROM ' || name;
		END LOOP; END $$`)
	if err != nil {
		t.Fatal(err)
	}
}
