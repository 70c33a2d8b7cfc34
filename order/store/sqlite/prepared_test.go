package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"modernc.org/sqlite"
	"pgregory.net/rapid"
)

// connect opens one connection to a new file, as wrapped.
func connect(t testing.TB, wrap func(driver.Connector) driver.Connector) *sql.DB {
	t.Helper()
	c, err := sqlite.NewConnector("file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "x.db")))
	if err != nil {
		t.Fatal(err)
	}
	db := pool(wrap(c), 1)
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func keeping(c driver.Connector) driver.Connector { return prepared{uncancelled{c}} }

// idle are the statements that the connection keeps.
func idle(t testing.TB, db *sql.DB) (n int) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(c any) error {
		n = len(c.(*preparedConn).idle)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Whatever ran before, a statement that was kept answers as one that is new:
// with rows, errors, undone savepoints and changed tables in between, and while
// the same statement's rows are still being read.
func TestKeptStatementsAnswerAsNewOnes(t *testing.T) {
	statements := []string{
		`SELECT * FROM t WHERE id >= $1 ORDER BY id`,
		`SELECT count(*), max(v) FROM t WHERE id = $1`,
		`INSERT INTO t (id, v) VALUES ($1, 'new')`, // fails the second time
		`INSERT INTO t (id, v) VALUES ($1, 'new'), ($1 + 100, 'other') ON CONFLICT DO NOTHING RETURNING id, v`,
		"\n\tUPDATE t SET v = v || $1 WHERE id < $1",
		`DELETE FROM t WHERE id = $1`,
		`SAVEPOINT s`, `ROLLBACK TO s`, `RELEASE s`, // fail without the first
		`ALTER TABLE t ADD COLUMN c TEXT DEFAULT 'more'`, // fails the second time
		`DROP TABLE t; CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)`,
		`PRAGMA user_version`, `PRAGMA user_version = 7`,
		`SELECT nothing FROM nowhere`,
	}
	rapid.Check(t, func(rt *rapid.T) {
		kept := connect(t, keeping)
		fresh := connect(t, func(c driver.Connector) driver.Connector { return c })
		for _, db := range []*sql.DB{kept, fresh} {
			if _, err := db.ExecContext(t.Context(), `CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)`); err != nil {
				t.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			s := rapid.SampledFrom(statements).Draw(rt, "statement")
			arg := rapid.Int64Range(0, 5).Draw(rt, "argument")
			within := rapid.Bool().Draw(rt, "while its rows are read")
			got, want := answer(t.Context(), kept, s, arg, within), answer(t.Context(), fresh, s, arg, within)
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("%s with %d (-new +kept):\n%s", s, arg, diff)
			}
		}
		if err := kept.Close(); err != nil {
			rt.Error(err)
		}
		fresh.Close()
	})
}

// answer is all that a statement gives on the one connection of db: run for its
// effect and run for its rows, which within reads while rows of the same
// statement are open.
func answer(ctx context.Context, db *sql.DB, statement string, arg int64, within bool) (all []string) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return []string{err.Error()}
	}
	defer conn.Close()
	var args []any
	if strings.Contains(statement, "$1") {
		args = []any{arg}
	}
	if within && strings.HasPrefix(statement, "SELECT") {
		outer, err := conn.QueryContext(ctx, statement, args...)
		if err == nil {
			outer.Next()
			defer outer.Close()
		}
	}
	if !strings.HasPrefix(statement, "SELECT") {
		if result, err := conn.ExecContext(ctx, statement, args...); err != nil {
			all = append(all, err.Error())
		} else {
			n, err := result.RowsAffected()
			all = append(all, fmt.Sprint(n, err))
		}
	}
	return append(all, texts(conn.QueryContext(ctx, statement, args...))...)
}

// texts are the rows and their columns, or why there are none.
func texts(rows *sql.Rows, err error) (all []string) {
	if err != nil {
		return []string{err.Error()}
	}
	defer rows.Close()
	columns, err := rows.Columns()
	all = append(all, fmt.Sprint(columns, err))
	for rows.Next() {
		values := make([]any, len(columns))
		for i := range values {
			values[i] = new(any)
		}
		err := rows.Scan(values...)
		for _, v := range values {
			all = append(all, fmt.Sprint(*v.(*any), err))
		}
	}
	return append(all, fmt.Sprint(rows.Err()))
}

func TestNumberOfKeptStatementsIsBounded(t *testing.T) {
	db := connect(t, keeping)
	for i := range maxPrepared + 10 {
		var n int
		if err := db.QueryRowContext(t.Context(), fmt.Sprint("SELECT ", i)).Scan(&n); err != nil || n != i {
			t.Fatalf("SELECT %d = %d, %v", i, n, err)
		}
	}
	if n := idle(t, db); n != maxPrepared {
		t.Errorf("%d statements are kept, want %d", n, maxPrepared)
	}
}

// SQLite answers some PRAGMAs while it prepares them: kept, they would tell what
// was.
func TestPragmasAreNotKept(t *testing.T) {
	db := connect(t, keeping)
	for _, want := range []string{"0", "1"} {
		var got string
		if err := db.QueryRowContext(t.Context(), `PRAGMA foreign_keys`).Scan(&got); err != nil || got != want {
			t.Errorf("foreign_keys = %s, %v; want %s", got, err, want)
		}
		if _, err := db.ExecContext(t.Context(), `PRAGMA foreign_keys = 1`); err != nil {
			t.Error(err)
		}
	}
	if n := idle(t, db); n != 0 {
		t.Errorf("%d statements are kept, want 0", n)
	}
}
