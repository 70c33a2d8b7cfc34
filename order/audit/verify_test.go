package audit_test

import (
	"flag"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/internal/pgtest"
	"github.com/anyscan/anyscan/order/audit"
)

// table is one that somebody may change behind our back.
type table struct {
	name    string
	key     []string // its primary key
	columns []string // all that are protected
}

func tables(l audit.Log) []table {
	return []table{
		{l.Name + "_audit", []string{l.Key, "seq"}, append([]string{l.Key, "seq", "hash"}, l.Content...)},
		{l.Name + "_orders", []string{l.Key}, []string{l.Key, "state", l.Seq, "audit_head", "audit_root"}},
		{l.Name + "_audit_roots", []string{"number"}, []string{"number", "day", "upto", "orders", "heads", "complete", "statement"}},
		{l.Name + "_audit_heads", []string{"root", l.Key}, []string{"root", l.Key, "seq", "hash"}},
	}
}

// where addresses a row by its primary key, with placeholders from $n on.
func (t table) where(n int) string {
	var terms []string
	for i, column := range t.key {
		terms = append(terms, fmt.Sprintf("%s = $%d", column, n+i))
	}
	return strings.Join(terms, " AND ")
}

// keyOf is the primary key of a row of [table.all].
func (t table) keyOf(row []any) (key []any) {
	for _, column := range t.key {
		key = append(key, row[slices.Index(t.columns, column)])
	}
	return key
}

// all are the rows of a table.
func (l *lab) all(t table) [][]any {
	return l.rows(`SELECT ` + strings.Join(t.columns, ", ") + ` FROM ` + t.name + ` ORDER BY ` + strings.Join(t.key, ", "))
}

// Whatever somebody who has the database does to one row, or exchanges between
// two, is found, and where it is.
func TestAnyMutationIsFound(t *testing.T) {
	fewerChecks(t, 12)
	for _, kind := range kinds() {
		t.Run(kind.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { mutate(rt, kind.make(t, openStore(t))) })
		})
	}
}

func TestAnyMutationIsFoundOnPostgres(t *testing.T) {
	fewerChecks(t, 12)
	c := pgtest.Start(t)
	for _, kind := range kinds() {
		t.Run(kind.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) { mutate(rt, kind.make(t, c.Store(t))) })
		})
	}
}

// mutations is how many are tried, one by one, on each history.
const mutations = 12

func mutate(rt *rapid.T, l *lab) {
	l.history(rt)
	kept := l.roots()
	if r := l.verify(kept...); len(r.Findings) > 0 || r.Orders == 0 || r.Entries < r.Orders || r.Roots != int64(len(kept)) {
		rt.Fatalf("before: %+v", r)
	}
	for range mutations {
		of := rapid.SampledFrom(tables(l.log)).Draw(rt, "table")
		before := l.all(of)
		if len(before) == 0 {
			continue // nothing is signed yet
		}
		row := rapid.SampledFrom(before).Draw(rt, "row")
		what := rapid.SampledFrom([]func(*rapid.T, *lab, table, []any) bool{remove, change, change, change, change, insert, exchange}).Draw(rt, "mutation")
		if _, err := l.exec(`CREATE TABLE kept AS SELECT * FROM ` + of.name); err != nil {
			rt.Fatal(err)
		}
		if what(rt, l, of, row) {
			var trusted []string
			if of.name == l.log.Name+"_audit_roots" {
				trusted = kept // that the latest root is gone shows nowhere else
			}
			l.found(rt, of, before, l.verify(trusted...))
		}
		for _, statement := range []string{`DELETE FROM ` + of.name, `INSERT INTO ` + of.name + ` SELECT * FROM kept`, `DROP TABLE kept`} {
			if _, err := l.exec(statement); err != nil {
				rt.Fatal(err)
			}
		}
	}
}

// found wants a finding about an order, or a root, that was touched.
func (l *lab) found(rt *rapid.T, of table, before [][]any, r audit.Report) {
	if len(r.Findings) == 0 {
		rt.Fatalf("nothing is found: %+v", r)
	}
	after := l.all(of)
	if !slices.ContainsFunc(r.Findings, func(f audit.Finding) bool { return touches(l.log, of, before, after, f) }) {
		rt.Fatalf("found elsewhere: %v", r.Findings)
	}
}

// touches reports whether a finding is about an order or a root of which a row
// differs.
func touches(l audit.Log, of table, before, after [][]any, f audit.Finding) bool {
	seen := map[string]int{}
	for _, row := range before {
		seen[fmt.Sprint(row...)]++
	}
	differ := before[:0:0]
	for _, row := range after {
		if seen[fmt.Sprint(row...)]--; seen[fmt.Sprint(row...)] < 0 {
			differ = append(differ, row)
		}
	}
	for _, row := range before {
		if seen[fmt.Sprint(row...)] > 0 {
			differ = append(differ, row)
		}
	}
	return slices.ContainsFunc(differ, func(row []any) bool {
		for i, column := range of.columns {
			is := fmt.Sprint(row[i])
			if column == l.Key && is == f.Order || column == "root" && is == fmt.Sprint(f.Root) ||
				column == "number" && (is == fmt.Sprint(f.Root) || is == fmt.Sprint(f.Root-1)) {
				return true
			}
		}
		return false
	})
}

func remove(rt *rapid.T, l *lab, of table, row []any) (done bool) {
	l.must(`DELETE FROM `+of.name+` WHERE `+of.where(1), of.keyOf(row)...)
	return true
}

// change gives one column another value: one that is close, none, or that of
// another row.
func change(rt *rapid.T, l *lab, of table, row []any) (done bool) {
	i := rapid.IntRange(0, len(of.columns)-1).Draw(rt, "column")
	was := row[i]
	values := []any{rapid.SampledFrom(l.all(of)).Draw(rt, "other")[i]}
	switch was := was.(type) {
	case int64:
		values = append(values, was+1, was-1, int64(0), int64(-1), -was, was+1<<40)
	case bool:
		values = append(values, !was)
	case string:
		values = append(values, "", was+" ", was+"x", strings.ToUpper(was), strings.Replace(was, "a", "b", 1), "é")
		if was != "" {
			values = append(values, was[1:], was[:len(was)-1])
		}
	default:
		rt.Fatalf("%s.%s holds a %T", of.name, of.columns[i], was)
	}
	values = slices.DeleteFunc(values, func(v any) bool { return v == was })
	if len(values) == 0 {
		return false
	}
	is := rapid.SampledFrom(values).Draw(rt, "value")
	if of.columns[i] == l.log.Key && is == "" {
		return false // no server reads an order without a key
	}
	args := append([]any{is}, of.keyOf(row)...)
	_, err := l.exec(`UPDATE `+of.name+` SET `+of.columns[i]+` = $1 WHERE `+of.where(2), args...)
	return err == nil // or there is a row with that key
}

// insert adds a row like one that is there, under another key.
func insert(rt *rapid.T, l *lab, of table, row []any) (done bool) {
	row = slices.Clone(row)
	i := slices.Index(of.columns, rapid.SampledFrom(of.key).Draw(rt, "key"))
	switch was := row[i].(type) {
	case int64:
		row[i] = rapid.SampledFrom([]int64{was + 1, was - 1, 0, -1, was + 7}).Draw(rt, "number")
	case string:
		row[i] = rapid.SampledFrom([]string{was[:len(was)-1] + "0", "0" + was[1:], "v" + was[1:]}).Draw(rt, "text")
	}
	var columns, values []string
	for i, column := range of.columns {
		columns, values = append(columns, column), append(values, fmt.Sprintf("$%d", i+1))
	}
	if of.name == l.log.Name+"_orders" { // it has more columns, which nobody protects
		more := map[string][]string{"acquirer": {"message", "version", "changed", "address", "payment"},
			"clearing": {"acquirer", "message", "version", "changed", "secret", "attempts", "paid_by"}}[l.log.Name]
		columns = append(columns, more...)
		for range more {
			values = append(values, "'0'")
		}
	}
	_, err := l.exec(`INSERT INTO `+of.name+` (`+strings.Join(columns, ", ")+`) VALUES (`+strings.Join(values, ", ")+`)`, row...)
	return err == nil // or there is a row with that key
}

// exchange swaps what two rows of a table say.
func exchange(rt *rapid.T, l *lab, of table, row []any) (done bool) {
	other := rapid.SampledFrom(l.all(of)).Draw(rt, "other")
	same := true
	set := func(to, from []any) {
		var terms []string
		var args []any
		for i, column := range of.columns {
			if !slices.Contains(of.key, column) {
				args = append(args, from[i])
				terms = append(terms, fmt.Sprintf("%s = $%d", column, len(args)))
				same = same && from[i] == to[i]
			}
		}
		l.must(`UPDATE `+of.name+` SET `+strings.Join(terms, ", ")+` WHERE `+of.where(len(args)+1), append(args, of.keyOf(to)...)...)
	}
	set(row, other)
	set(other, row)
	return !same
}

// fewerChecks keeps the usual run short; -rapid.checks asks for more.
func fewerChecks(t *testing.T, n int) {
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "rapid.checks" })
	if asked {
		return
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
}
