package sqlite

import (
	"context"
	"database/sql/driver"
	"fmt"
)

// uncancelled opens connections on which the end of a context does not stop a
// statement that already runs. SQLite would undo the whole transaction with
// it, and with that everyone who shares it. database/sql still refuses to
// start a statement whose context has ended.
type uncancelled struct{ driver.Connector }

// Connect implements driver.Connector.
func (u uncancelled) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := connectOn(ctx, u.Connector)
	if err != nil {
		return nil, err
	}
	return conn{c}, nil
}

// connectOn opens a connection that takes contexts.
func connectOn(ctx context.Context, connector driver.Connector) (contextConn, error) {
	inner, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	c, ok := inner.(contextConn)
	if !ok {
		inner.Close()
		return nil, fmt.Errorf("the driver's %T does not take contexts", inner)
	}
	return c, nil
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

type conn struct{ contextConn }

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return c.contextConn.ExecContext(context.WithoutCancel(ctx), query, args)
}

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	return c.contextConn.QueryContext(context.WithoutCancel(ctx), query, args)
}

func (c conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	s, err := prepareOn(context.WithoutCancel(ctx), c.contextConn, query)
	if err != nil {
		return nil, err
	}
	return stmt{s}, nil
}

// prepareOn prepares a statement that takes contexts.
func prepareOn(ctx context.Context, c driver.ConnPrepareContext, query string) (contextStmt, error) {
	inner, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, ok := inner.(contextStmt)
	if !ok {
		inner.Close()
		return nil, fmt.Errorf("the driver's %T does not take contexts", inner)
	}
	return s, nil
}

// contextStmt is what database/sql looks for in a prepared statement.
type contextStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type stmt struct{ contextStmt }

func (s stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	return s.contextStmt.ExecContext(context.WithoutCancel(ctx), args)
}

func (s stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	return s.contextStmt.QueryContext(context.WithoutCancel(ctx), args)
}
