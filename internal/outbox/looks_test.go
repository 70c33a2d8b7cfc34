package outbox

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/store"
)

// A lookPlan is a statement that finds what is due, the index that it has to use,
// and how far: up to this column.
type lookPlan struct {
	query  string
	args   []any
	index  string
	column string
}

func lookPlans(s *store.Store) []lookPlan {
	return []lookPlan{
		{selectFirst, []any{"q", 17}, "outbox_jobs_ready", "queue"},
		{selectOwners, []any{"q"}, "outbox_jobs_owner", "owner"},
		{leaseDue(s), []any{"lease", 1, "q", "one", 2, 16}, "outbox_jobs_owner", "ready"},
	}
}

// A queue with many jobs, a database with many queues, and an owner with many jobs
// must not be read through to find what is due.
func TestLooksAreIndexed(t *testing.T) {
	s := openStore(t, "")
	flood(t, s, 1000)
	for _, test := range lookPlans(s) {
		plan := explained(t, s, "", test)
		uses := regexp.MustCompile(test.index + ` \((queue=\?|.* )` + strings.TrimPrefix(test.column+"[=<>]", "queue[=<>]"))
		// The owners are no table, but what the statement makes.
		read := strings.NewReplacer("SCAN CONSTANT ROW", "", "SCAN owners", "").Replace(plan)
		if !uses.MatchString(plan) || strings.Contains(read, "SCAN") || strings.Contains(plan, "TEMP") {
			t.Errorf("%s\nis planned as\n%s", test.query, plan)
		}
	}
}

// PostgreSQL plans by what it knows of the rows. What it knows here is the worst: all
// are of one owner, and due.
func TestLooksOnPostgresAreIndexed(t *testing.T) {
	s := pgtest.Start(t).Store(t)
	if err := Migrate(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	flood(t, s, 20_000)
	for _, test := range lookPlans(s) {
		for _, mode := range []string{"force_generic_plan", "force_custom_plan"} {
			plan := explained(t, s, mode, test)
			read := strings.ReplaceAll(plan, "Filter: (owner IS NOT NULL)", "") // of what the statement makes
			uses := regexp.MustCompile(test.index + `.*\n *Index Cond: .*\b` + test.column + " [=<>]")
			if !uses.MatchString(plan) || regexp.MustCompile(`Seq Scan|Bitmap|Sort|Filter`).MatchString(read) {
				t.Errorf("%s: %s\nis planned as\n%s", mode, test.query, plan)
			}
		}
	}
}

// flood fills the queue with due jobs of one owner.
func flood(t testing.TB, s *store.Store, n int) {
	t.Helper()
	o := New(s, map[string]Handler{"q": nil}, nil)
	err := s.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		for i := range n {
			if err := o.Put(ctx, tx, Job{Queue: "q", Key: fmt.Sprint(i), Owner: "all"}); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `ANALYZE outbox_jobs`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// explained is how the database runs a statement. mode is which plan PostgreSQL is to
// make, empty for SQLite.
func explained(t *testing.T, s *store.Store, mode string, test lookPlan) string {
	t.Helper()
	var plan []string
	err := s.View(t.Context(), func(ctx context.Context, tx *sql.Tx) (err error) {
		if mode == "" {
			plan, err = steps(tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+test.query, test.args...))
			return err
		}
		for _, statement := range []string{"SET LOCAL plan_cache_mode = " + mode, "PREPARE look AS " + test.query} {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
		args := make([]string, len(test.args))
		for i, arg := range test.args {
			args[i] = fmt.Sprintf("'%v'", arg)
		}
		if plan, err = steps(tx.QueryContext(ctx, "EXPLAIN EXECUTE look ("+strings.Join(args, ", ")+")")); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DEALLOCATE look")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(plan, "\n")
}

// steps reads the last column.
func steps(rows *sql.Rows, err error) (all []string, _ error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		var step string
		row := make([]any, len(columns))
		for i := range row {
			row[i] = new(any)
		}
		row[len(row)-1] = &step
		if err := rows.Scan(row...); err != nil {
			return nil, err
		}
		all = append(all, step)
	}
	return all, rows.Err()
}
