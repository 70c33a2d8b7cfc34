package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"
)

// Each setting is one that SQLite would otherwise ignore in silence.
func TestSettingsThatDoNotTakeEffectAreErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	good, err := withDefaults(nil)
	if err != nil {
		t.Fatal(err)
	}
	connect := func(query string) *sql.DB {
		db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?"+query)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	const (
		memory = "&_pragma=temp_store(memory)"
		all    = "_synchronous=FULL&_foreign_keys=1&_busy_timeout=5000" + memory
	)
	tests := map[string]struct {
		write, read string
		ok          bool
	}{
		"all":             {all, "_query_only=1", true},
		"not synchronous": {"_synchronous=NORMAL&_foreign_keys=1&_busy_timeout=5000" + memory, "_query_only=1", false},
		"no foreign keys": {"_synchronous=FULL&_busy_timeout=5000" + memory, "_query_only=1", false},
		"no busy timeout": {"_synchronous=FULL&_foreign_keys=1" + memory, "_query_only=1", false},
		"undo on disk":    {"_synchronous=FULL&_foreign_keys=1&_busy_timeout=5000", "_query_only=1", false},
		"readers write":   {all, "", false},
		"writer reads":    {all + "&_query_only=1", "_query_only=1", false},
	}
	for name, test := range tests {
		err := prepare(t.Context(), connect(test.write), connect(test.read), good)
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWALThatIsImpossibleIsAnError(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := enableWAL(t.Context(), db, time.Second); err == nil {
		t.Error("a database without a file claims to be in WAL mode")
	}
}

// A process that keeps the whole file locked is waited for, and not for ever.
func TestWALWaitsForALock(t *testing.T) {
	path := filepath.ToSlash(filepath.Join(t.TempDir(), "x.db"))
	holder, err := sql.Open("sqlite", "file:"+path+"?_txlock=exclusive")
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close()
	tx, err := holder.Begin()
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := enableWAL(t.Context(), db, time.Millisecond); err == nil {
		t.Error("switched to WAL under another's lock")
	}
	time.AfterFunc(time.Millisecond, func() { tx.Rollback() })
	if err := enableWAL(t.Context(), db, time.Minute); err != nil {
		t.Error(err)
	}
}
