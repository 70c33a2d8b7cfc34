package pgtest_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/anyscan/anyscan/internal/pgtest"
)

func ask(t *testing.T, dsn, query string) (n int) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatWasCommittedOutlivesAKill(t *testing.T) {
	c := pgtest.Start(t)
	one, two := c.Database(t), c.Database(t)
	db, err := sql.Open("pgx", one)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE n AS SELECT 42 AS n`); err != nil {
		t.Fatal(err)
	}
	c.Kill()
	c.Kill() // of a server that is not running
	if err := db.PingContext(context.WithoutCancel(t.Context())); err == nil {
		t.Error("a killed server answers")
	}
	c.Restart(t)
	if n := ask(t, one, `SELECT n FROM n`); n != 42 {
		t.Errorf("after the kill n = %d, want 42", n)
	}
	if n := ask(t, two, `SELECT count(to_regclass('n'))`); n != 0 {
		t.Error("two places share a table")
	}
}
