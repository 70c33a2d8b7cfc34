package plantest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"

	"github.com/anyscan/anyscan/order/store"
)

// sqlite opens a recorded store in a new file, which is closed with the test. It
// has one writer and a few readers, as order/store/sqlite has; settings that have
// no part in how statements are run are left as they are.
func (r *recorder) sqlite(t testing.TB) *store.Store {
	t.Helper()
	name := "file:" + filepath.ToSlash(filepath.Join(t.TempDir(), "plans.db")) + "?_busy_timeout=5000&_journal_mode=WAL&_synchronous=OFF&"
	open := func(extra string, conns int) *sql.DB {
		c, err := sqlite.NewConnector(name + extra)
		if err != nil {
			t.Fatal(err)
		}
		db := sql.OpenDB(recorded{c, r})
		db.SetMaxOpenConns(conns)
		return db
	}
	write, read := open("_txlock=immediate", 1), open("_query_only=1", 4)
	if err := write.PingContext(t.Context()); err != nil { // makes the file
		t.Fatal(err)
	}
	s := store.New(write, read)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// recorded opens connections that tell the recorder what runs on them.
type recorded struct {
	driver.Connector
	recorder *recorder
}

// Connect implements driver.Connector.
func (c recorded) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if inner, ok := inner.(contextConn); ok {
		return conn{inner, c.recorder}, nil
	}
	return nil, fmt.Errorf("the driver's %T does not take contexts", inner)
}

// contextConn is what database/sql looks for in a connection.
type contextConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type conn struct {
	contextConn
	recorder *recorder
}

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.recorder.note(statement{"", query})
	return c.contextConn.ExecContext(ctx, query, args)
}

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.recorder.note(statement{"", query})
	return c.contextConn.QueryContext(ctx, query, args)
}

func (c conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	c.recorder.note(statement{"", query})
	return c.contextConn.PrepareContext(ctx, query)
}
