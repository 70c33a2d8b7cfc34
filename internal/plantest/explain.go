package plantest

import (
	"context"
	"database/sql"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/anyscan/anyscan/order/store"
)

// check fails the test for each statement that ran on stores of the same kind as
// s and would read a whole table of s, which has all their tables. It needs no
// rows: what is asked is what the database can do with its indexes.
//
// allowed are the tables that may be read as a whole, each with the reason.
func (r *recorder) check(t testing.TB, s *store.Store, allowed map[string]string) {
	t.Helper()
	ran := r.statements(s.Dialect())
	if len(ran) == 0 {
		t.Error("no statement of ours was recorded")
	}
	for _, ran := range ran {
		if !planned(ran.text) {
			continue
		}
		whole, plan, err := explain(t.Context(), s, ran.text)
		if err != nil {
			t.Errorf("%s:\n%s\ncannot be explained: %v", r.where(ran), ran.text, err)
		}
		for _, table := range whole {
			if allowed[table] == "" {
				t.Errorf("%s:\n%s\nreads all of %s: %s", r.where(ran), ran.text, table, plan)
			}
		}
	}
}

// planned reports whether a statement is one that has a plan.
func planned(text string) bool {
	return regexp.MustCompile(`(?i)^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|VALUES)\b`).MatchString(text)
}

// explain returns the tables of which a statement reads every row, and how the
// database says that it runs it.
func explain(ctx context.Context, s *store.Store, text string) (whole []string, plan string, err error) {
	how := explainSQLite
	if s.Dialect() == postgresDialect {
		how = explainPostgres
	}
	err = s.View(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		whole, plan, err = how(ctx, tx, text)
		return err
	})
	return whole, plan, err
}

// parameters is how many a statement has.
func parameters(text string) (n int) {
	for _, p := range regexp.MustCompile(`\$(\d+)`).FindAllStringSubmatch(text, -1) {
		if i, err := strconv.Atoi(p[1]); err == nil {
			n = max(n, i)
		}
	}
	return n
}

// explainSQLite: a plan is a list of steps, and SCAN is the one that goes through
// a table or an index from one end to the other, or what the statement itself
// makes by recursion, which is no table.
func explainSQLite(ctx context.Context, tx *sql.Tx, text string) (whole []string, plan string, err error) {
	rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, make([]any, parameters(text))...)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	own := regexp.MustCompile(`(?i)\bWITH RECURSIVE (\w+)`).FindStringSubmatch(text)
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return nil, "", err
		}
		plan += step + "; "
		if of, scans := strings.CutPrefix(step, "SCAN "); scans && of != "CONSTANT ROW" {
			if table, _, _ := strings.Cut(of, " "); !slices.Contains(own, table) {
				whole = append(whole, table)
			}
		}
	}
	return whole, plan, rows.Err()
}

// A node is one step of PostgreSQL's plan.
type node struct {
	Type      string `json:"Node Type"`
	Table     string `json:"Relation Name"`
	Index     string `json:"Index Name"`
	Condition string `json:"Index Cond"`
	Filter    string `json:"Filter"`
	Plans     []node `json:"Plans"`
}

// few reports whether a step ends after the first rows of an index, whatever they
// are.
func (n node) few() bool {
	return n.Type == "Limit" && len(n.Plans) == 1 && n.Plans[0].Index != "" && n.Plans[0].Filter == ""
}

// explainPostgres asks for the plan that holds for all arguments, with sequential
// scans made so expensive that one is left only where there is no other way. An
// index without a condition on its first column is read from one end to the
// other, too.
func explainPostgres(ctx context.Context, tx *sql.Tx, text string) (whole []string, plan string, err error) {
	for _, s := range []string{"SET LOCAL enable_seqscan = off", "SET LOCAL plan_cache_mode = force_generic_plan", "PREPARE explained AS " + text} {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return nil, "", err
		}
	}
	execute := "EXPLAIN (FORMAT JSON) EXECUTE explained"
	if n := parameters(text); n > 0 {
		execute += "(NULL" + strings.Repeat(", NULL", n-1) + ")"
	}
	if err := tx.QueryRowContext(ctx, execute).Scan(&plan); err != nil {
		return nil, "", err
	}
	if _, err := tx.ExecContext(ctx, "DEALLOCATE explained"); err != nil {
		return nil, plan, err
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(plan), &plans); err != nil {
		return nil, plan, err
	}
	for _, p := range plans {
		found, err := p.Plan.whole(ctx, tx)
		if err != nil {
			return nil, plan, err
		}
		whole = append(whole, found...)
	}
	return whole, plan, nil
}

// whole are the tables that the step and those below it read as a whole.
func (n node) whole(ctx context.Context, tx *sql.Tx) (all []string, err error) {
	switch {
	case n.few():
		return nil, nil
	case n.Type == "Seq Scan":
		all = append(all, n.Table)
	case n.Index != "":
		table, column, err := leads(ctx, tx, n.Index)
		if err != nil {
			return nil, err
		}
		if !regexp.MustCompile(`\b` + regexp.QuoteMeta(column) + `\b`).MatchString(n.Condition) {
			all = append(all, table)
		}
	}
	for _, below := range n.Plans {
		found, err := below.whole(ctx, tx)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// leads is the table of an index and its first column.
func leads(ctx context.Context, tx *sql.Tx, index string) (table, column string, err error) {
	err = tx.QueryRowContext(ctx, `SELECT i.indrelid::regclass::text, a.attname FROM pg_index i
		JOIN pg_attribute a ON a.attrelid = i.indexrelid AND a.attnum = 1 WHERE i.indexrelid = to_regclass($1)`, index).Scan(&table, &column)
	return table, column, err
}
