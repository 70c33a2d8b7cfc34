package acquirer_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order/acquirer"
	"github.com/anyscan/anyscan/order/store"
)

// Every statement in the source is explained by the database: none may read a
// whole table, however many orders there are.
func TestNoStatementScansATable(t *testing.T) {
	st := open(t, filepath.Join(t.TempDir(), "acquirer.db"))
	if _, err := acquirer.New(t.Context(), st, &peer{}, merchants(), base, nil); err != nil {
		t.Fatal(err)
	}
	if steps := plan(t, st, `SELECT order_id FROM acquirer_orders WHERE state = $1`); !strings.Contains(steps, "SCAN") {
		t.Fatalf("a scan is explained as %q: the test would not see one", steps)
	}
	statements := statements(t)
	if len(statements) < 6 {
		t.Fatalf("only %d statements were found", len(statements))
	}
	for _, statement := range statements {
		if steps := plan(t, st, statement); strings.Contains(steps, "SCAN") {
			t.Errorf("%s\nreads a whole table: %s", statement, steps)
		}
	}
}

// statements are the SQL of the package.
func statements(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	statement := regexp.MustCompile("(?s)`((?:SELECT|INSERT|UPDATE|DELETE) .*?)`")
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, match := range statement.FindAllStringSubmatch(string(source), -1) {
			all = append(all, match[1])
		}
	}
	return all
}

// plan is how the database would run a statement.
func plan(t *testing.T, st *store.Store, statement string) (steps string) {
	t.Helper()
	statement = regexp.MustCompile(`\$\d+`).ReplaceAllString(statement, "NULL")
	err := st.View(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+statement)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			steps += detail + "; "
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return steps
}
