package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/anyscan/anyscan/order/store"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/vfs"
)

// A machine runs stores on one disk, one after another.
//
// A store of it is opened with the settings of [Open] and differs in the driver:
// another build of SQLite, which lets a test be the disk. A commit is the same
// writes and syncs in the same order with both. Nor are contexts kept from
// ending a statement, because none ends here.
type machine struct {
	t        *testing.T
	disk     *disk
	vfs      string
	extra    string // settings beside those of Open
	careless bool   // a commit is done before it is safe
	boots    int
	random   *rand.Rand
	stored   []string // the transactions that the last boot found, sorted
}

func newMachine(t *testing.T, seed uint64) *machine {
	t.Helper()
	if !vfs.SupportsSharedMemory {
		t.Skip("the driver does not share memory between connections here")
	}
	m := &machine{t: t, disk: newDisk(), random: rand.New(rand.NewPCG(seed, 0))}
	m.vfs = fmt.Sprintf("disk-%p", m.disk)
	vfs.Register(m.vfs, m.disk)
	t.Cleanup(func() { vfs.Unregister(m.vfs) })
	return m
}

// open does what [Open] does. Each time is in a new folder: what connections
// share is memory, which a power cut leaves nothing of.
func (m *machine) open() (*store.Store, error) {
	m.boots++
	dir := m.t.TempDir()
	m.disk.touch("x.db")
	for _, name := range m.disk.files() {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			return nil, err
		}
	}
	o, err := withDefaults(nil)
	if err != nil {
		return nil, err
	}
	writing, reading := dsns(filepath.Join(dir, "x.db"), o)
	if m.careless {
		writing = m.carelessly(writing)
	}
	write, err := m.pool(writing, 1)
	if err != nil {
		return nil, err
	}
	read, err := m.pool(reading, o.Readers)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	err = prepare(m.t.Context(), write, read, o)
	if m.careless {
		if err == nil {
			m.t.Fatal("the settings are checked, and synchronous=NORMAL passes")
		}
		err = nil
	}
	if err != nil {
		return nil, errors.Join(err, read.Close(), write.Close())
	}
	return store.New(write, read), nil
}

func (m *machine) carelessly(dsn string) string {
	other := strings.Replace(dsn, "synchronous(FULL)", "synchronous(NORMAL)", 1)
	if other == dsn {
		m.t.Fatalf("no synchronous(FULL) in %s", dsn)
	}
	return other
}

func (m *machine) pool(dsn string, conns int) (*sql.DB, error) {
	db, err := driver.Open(dsn + m.extra + "&vfs=" + m.vfs)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// boot opens the store and looks what is there: whole transactions only. It
// returns how many of those that were acknowledged are lost; and no store, if the
// power goes meanwhile.
func (m *machine) boot(acked []string) (s *store.Store, lost int) {
	s, err := m.open()
	if err == nil {
		err = s.Migrate(m.t.Context(), "machine", fstest.MapFS{
			"0001_rows.sql": {Data: []byte(`CREATE TABLE rows (id TEXT PRIMARY KEY, half BIGINT NOT NULL, content BYTEA NOT NULL)`)},
		})
	}
	if err == nil {
		lost, err = m.look(s, acked)
	}
	if err == nil {
		return s, lost
	}
	if !m.disk.isOff() {
		m.t.Fatalf("boot %d: %v", m.boots, err)
	}
	if s != nil {
		s.Close()
	}
	return nil, 0
}

// look reads all that is stored.
func (m *machine) look(s *store.Store, acked []string) (lost int, err error) {
	halves := map[string]int{}
	err = s.View(m.t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		var integrity string
		if err := tx.QueryRowContext(ctx, `PRAGMA integrity_check`).Scan(&integrity); err != nil {
			return err
		}
		if integrity != "ok" {
			return fmt.Errorf("integrity_check: %s", integrity)
		}
		rows, err := tx.QueryContext(ctx, `SELECT substr(id, 2), half FROM rows`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			var half int
			if err := rows.Scan(&id, &half); err != nil {
				return err
			}
			halves[id] += half
		}
		return rows.Err()
	})
	m.stored = m.stored[:0]
	for id, half := range halves {
		if half != 1+2 {
			err = errors.Join(err, fmt.Errorf("half of the transaction %s is there", id))
		}
		m.stored = append(m.stored, id)
	}
	slices.Sort(m.stored)
	for _, id := range acked {
		if _, found := slices.BinarySearch(m.stored, id); !found {
			lost++
		}
	}
	return lost, err
}

// pair stores a transaction of two rows of so many bytes each.
func (m *machine) pair(s *store.Store, id string, size int) error {
	return s.Do(m.t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO rows (id, half, content) VALUES ($1, 1, zeroblob($2))`, "a"+id, size)
		if err == nil {
			_, err = tx.ExecContext(ctx, `INSERT INTO rows (id, half, content) VALUES ($1, 2, zeroblob($2))`, "b"+id, size)
		}
		return err
	})
}

// write stores pairs from so many goroutines until each has stored n or the power
// is gone, and returns those that were acknowledged.
func (m *machine) write(s *store.Store, goroutines, n, size int) (acked []string) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			for i := range n {
				id := fmt.Sprintf("%d.%d.%d", m.boots, g, i)
				if m.pair(s, id, size) != nil {
					return
				}
				mu.Lock()
				acked = append(acked, id)
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return acked
}

// cutPower ends a boot at once: the store's own end finds no disk any more.
func (m *machine) cutPower(s *store.Store, left survival) {
	m.disk.powerOff()
	if s != nil {
		s.Close()
	}
	m.disk.powerOn(left, m.random)
}
