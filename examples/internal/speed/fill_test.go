package speed

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anyscan/anyscan/order"
)

// One order in a hundred is open and was made in the last day, which leaves a
// day's jobs; all others were paid in the month before.
const (
	openOne = 100
	day     = 24 * time.Hour
	month   = 30 * day
)

// A life is an order that went through both servers, by the names under which
// their tables know it.
type life struct{ order, key, idempotency string }

// names are the life's, by the column of copies that takes their place.
func (l life) names() map[string]string {
	return map[string]string{"copies.id": l.order, "copies.key": l.key, "copies.idempotency": l.idempotency}
}

// fill stores n orders in the file, which has its tables, by multiplying two
// lives that another file holds: every row of theirs in every table, with names
// and times of its own. It stores what the servers themselves had stored, in the
// order of time, and knows no table. key makes the idempotency keys.
func fill(b *testing.B, file, lives string, paid, opened life, n int, key keys) {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(file))
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	f := filler{b, db}
	// It is made anew if it breaks: nothing has to be flushed in between.
	f.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
		PRAGMA temp_store = MEMORY; PRAGMA cache_size = -1000000`)
	f.exec(`ATTACH $1 AS lives`, lives)
	f.exec(`BEGIN`)
	f.copies(n, key)
	for _, table := range f.column(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`) {
		f.multiply(table, paid, fmt.Sprintf("copies.n %% %d <> 0", openOne))
		f.multiply(table, opened, fmt.Sprintf("copies.n %% %d = 0", openOne))
	}
	f.exec(`COMMIT`)
	if err := errors.Join(db.Close(), flush(file)); err != nil {
		b.Fatal(err)
	}
}

// flush brings the file to the disk, so that this is done when measuring begins.
func flush(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

type filler struct {
	*testing.B
	db *sql.DB
}

func (f filler) exec(query string, args ...any) {
	f.Helper()
	if _, err := f.db.ExecContext(context.Background(), query, args...); err != nil {
		f.Fatalf("%s: %v", query, err)
	}
}

func (f filler) column(query string, args ...any) (all []string) {
	f.Helper()
	rows, err := f.db.QueryContext(context.Background(), query, args...)
	if err != nil {
		f.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			f.Fatal(err)
		}
		all = append(all, text)
	}
	if rows.Err() != nil {
		f.Fatal(rows.Err())
	}
	return all
}

// copies makes the table of all that tells one order from another.
func (f filler) copies(n int, key keys) {
	f.exec(`CREATE TEMP TABLE copies (n INTEGER PRIMARY KEY, id TEXT, key TEXT, idempotency TEXT, later INTEGER)`)
	insert, err := f.db.PrepareContext(context.Background(), `INSERT INTO copies VALUES ($1, $2, $3, $4, $5)`)
	if err != nil {
		f.Fatal(err)
	}
	defer insert.Close()
	now := time.Now()
	for i := range n {
		at := now.Add(-month - day + month/time.Duration(n)*time.Duration(i))
		if i%openOne == 0 {
			at = now.Add(-day + day/time.Duration(n)*time.Duration(i))
		}
		if _, err := insert.Exec(i, string(order.NewID(at)), string(order.NewID(at)), key(at), at.Sub(now).Microseconds()); err != nil {
			f.Fatal(err)
		}
	}
}

// multiply adds, for each copy that the condition selects, the rows of a table
// that name the life.
func (f filler) multiply(table string, l life, condition string) {
	f.Helper()
	columns := f.column(`SELECT name FROM pragma_table_info($1)`, table)
	var named []string
	for _, c := range columns {
		for _, name := range l.names() {
			named = append(named, fmt.Sprintf("instr(%s, '%s') > 0", c, name))
		}
	}
	f.exec(`DROP TABLE IF EXISTS temp.model`)
	f.exec(fmt.Sprintf(`CREATE TEMP TABLE model AS SELECT %s FROM lives.%s WHERE %s`,
		strings.Join(columns, ", "), table, strings.Join(named, " OR ")))
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = f.value(table, c, l)
	}
	f.exec(fmt.Sprintf(`INSERT INTO main.%s (%s) SELECT %s FROM copies CROSS JOIN model WHERE %s`,
		table, strings.Join(columns, ", "), strings.Join(values, ", "), condition))
}

// value is what a column of the model is for a copy.
func (f filler) value(table, column string, l life) string {
	value := "model." + column
	var kinds []string
	for with, name := range l.names() {
		if f.any("instr(%s, '%s') > 0", column, name) {
			value = fmt.Sprintf("replace(%s, '%s', %s)", value, name, with)
		}
	}
	if kinds = f.column(fmt.Sprintf(`SELECT DISTINCT typeof(%s) FROM model`, column)); slices.Contains(kinds, "blob") {
		return fmt.Sprintf("randomblob(length(%s))", value) // a checksum is as good as random
	}
	const year2001 = 1_000_000_000_000_000 // in microseconds: what is more is a time
	if f.any("typeof(%s) = 'integer' AND %[1]s > %d", column, year2001) {
		later := "copies.later"
		if table == "outbox_jobs" {
			later = fmt.Sprintf("copies.later + %d", day.Microseconds()) // due within the next day
		}
		value = fmt.Sprintf("CASE WHEN %[1]s > %[2]d THEN %[1]s + %[3]s ELSE %[1]s END", value, year2001, later)
	}
	return value
}

// any reports whether a row of the model fulfils the condition.
func (f filler) any(condition string, args ...any) bool {
	return len(f.column(`SELECT 1 FROM model WHERE `+fmt.Sprintf(condition, args...)+` LIMIT 1`)) > 0
}
