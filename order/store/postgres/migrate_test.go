package postgres_test

import (
	"errors"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/anyscan/anyscan/order/store"
	"github.com/anyscan/anyscan/order/store/postgres"
)

func files(pairs ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		fsys[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return fsys
}

func migrateAtOnce(t *testing.T, dsn string) {
	steps := files("0001_a.sql", `CREATE TABLE a (id BIGINT); INSERT INTO a VALUES (1)`, "0002_b.sql", `INSERT INTO a VALUES (2)`)
	s := open(t, dsn, nil)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			other, err := postgres.Open(t.Context(), dsn, nil)
			if err != nil {
				t.Error(err)
				return
			}
			if err := errors.Join(other.Migrate(t.Context(), "a", steps), other.Close()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	exec(t, s, `INSERT INTO numbers (name, n) SELECT 'rows', count(*) FROM a`)
	want(t, s, map[string]int64{"rows": 2})
}

func migrateInstead(t *testing.T, dsn string) {
	s := open(t, dsn, nil)
	steps := files("0001_a.sql", `CREATE TABLE a (id BIGINT PRIMARY KEY) WITHOUT ROWID`,
		"0001_a.postgres.sql", `CREATE TABLE a (id BIGINT PRIMARY KEY)`)
	for range 2 {
		if err := s.Migrate(t.Context(), "a", steps); err != nil {
			t.Fatal(err)
		}
	}
	changed := files("0001_a.sql", "", "0001_a.postgres.sql", `CREATE TABLE b (id BIGINT)`)
	err := s.Migrate(t.Context(), "a", changed)
	if m, ok := errors.AsType[*store.MigrationError](err); !ok || m.File != "0001_a.postgres.sql" || !errors.Is(err, store.ErrMigrationChanged) {
		t.Errorf("Migrate with a changed file = %v, want an error about 0001_a.postgres.sql", err)
	}
	if err := s.Migrate(t.Context(), "b", files("0001_a.sql", "", "0002_b.postgres.sql", "")); err == nil {
		t.Error("a file that stands in for none was accepted")
	}
}

func migrateLong(t *testing.T, dsn string) {
	s := connect(t, dsn, &postgres.Options{Limit: time.Second})
	if err := s.Migrate(t.Context(), "a", files("0001_a.sql", `SELECT pg_sleep(1.5)`)); err != nil {
		t.Error(err)
	}
}
