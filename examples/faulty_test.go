package examples_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"

	"github.com/anyscan/anyscan/order/store"
)

// openFaulty opens a SQLite file with the settings of order/store/sqlite and a bug
// between the store and the file.
func openFaulty(ctx context.Context, path, bug string) (*store.Store, error) {
	name := (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String() +
		"?_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
	state := &unfinished{}
	open := func(extra string, conns int, writes bool) (*sql.DB, error) {
		c, err := sqlite.NewConnector(name + extra)
		if err != nil {
			return nil, err
		}
		db := sql.OpenDB(faulty{c, bug, state, writes})
		db.SetMaxOpenConns(conns)
		db.SetMaxIdleConns(conns)
		return db, nil
	}
	write, err := open("&_txlock=immediate", 1, true)
	if err != nil {
		return nil, err
	}
	if err := write.PingContext(ctx); err != nil { // makes the file
		return nil, err
	}
	read, err := open("&_pragma=query_only(1)", 4, false)
	if err != nil {
		return nil, err
	}
	return store.New(write, read), nil
}

// unfinished is a commit that was acknowledged and is still under way.
type unfinished struct {
	mu      sync.Mutex
	commits chan struct{} // closed when it is through; nil before the first
}

func (u *unfinished) set(commits chan struct{}) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.commits = commits
}

// wait lets everybody see what was acknowledged, as long as the process lives.
func (u *unfinished) wait() {
	u.mu.Lock()
	commits := u.commits
	u.mu.Unlock()
	if commits != nil {
		<-commits
	}
}

// faulty opens connections with the bug.
type faulty struct {
	driver.Connector
	bug    string
	state  *unfinished
	writes bool
}

// Connect implements driver.Connector.
func (f faulty) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := f.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c, ok := inner.(contextConn)
	if !ok {
		return nil, fmt.Errorf("the driver's %T does not take contexts", inner)
	}
	return &faultyConn{contextConn: c, faulty: f}, nil
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

type faultyConn struct {
	contextConn
	faulty
	owed []func() error // what is done once the transaction is committed
}

// ResetSession implements driver.SessionResetter: it comes before all other use.
func (c *faultyConn) ResetSession(ctx context.Context) error {
	c.state.wait()
	return c.contextConn.ResetSession(ctx)
}

func (c *faultyConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	c.state.wait()
	c.owed = nil
	tx, err := c.contextConn.BeginTx(ctx, o)
	if err != nil || !c.writes {
		return tx, err
	}
	return faultyTx{tx, c}, nil
}

func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	run := func() (driver.Result, error) {
		return c.contextConn.ExecContext(context.WithoutCancel(ctx), query, args)
	}
	if c.bug == seedOutbox && strings.HasPrefix(strings.TrimSpace(query), "INSERT INTO outbox_jobs") {
		c.owed = append(c.owed, func() error { _, err := run(); return err })
		return driver.RowsAffected(1), nil
	}
	return run()
}

type faultyTx struct {
	driver.Tx
	conn *faultyConn
}

func (t faultyTx) Commit() error {
	if t.conn.bug == seedAcknowledge {
		through := make(chan struct{})
		t.conn.state.set(through)
		go func() {
			defer close(through)
			_ = t.Tx.Commit()
		}()
		return nil
	}
	err := t.Tx.Commit()
	for _, do := range t.conn.owed {
		err = errors.Join(err, do())
	}
	return err
}
