package clearing_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
)

// Where one migration stands in for another on PostgreSQL, both leave the same
// tables: every column has its name, its type and whether it may be missing.
func TestTablesAreTheSameOnBothDatabases(t *testing.T) {
	w := newWorld(t, nil)
	lite, big := openStore(t, tempFile(t)), pgtest.Start(t).Store(t)
	for _, s := range []*store.Store{lite, big} {
		newServer(t, s, keys(1), w.setup, clearing.Options{})
	}
	want := columns(t, lite, `SELECT t.name || '.' || c.name, c.type || CASE WHEN c."notnull" OR c.pk > 0 THEN ' NOT NULL' ELSE '' END
		FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table'`)
	got := columns(t, big, `SELECT table_name || '.' || column_name, upper(data_type) || CASE WHEN is_nullable = 'NO' THEN ' NOT NULL' ELSE '' END
		FROM information_schema.columns WHERE table_schema = current_schema()`)
	if len(want) < 50 {
		t.Fatalf("only %d columns were found: %v", len(want), want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-SQLite +PostgreSQL):\n%s", diff)
	}
}

func columns(t *testing.T, s *store.Store, query string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var name, kind string
			if err := rows.Scan(&name, &kind); err != nil {
				return err
			}
			all[name] = kind
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
