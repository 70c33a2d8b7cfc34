package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// maxPrepared bounds the statements that a connection keeps. Our packages have
// about a hundred; the rest is for a caller's own.
const maxPrepared = 256

// prepared opens connections that keep their statements prepared: parsing and
// planning a statement costs SQLite more than running it. A statement whose
// tables changed meanwhile is planned anew by SQLite itself.
type prepared struct{ driver.Connector }

// Connect implements driver.Connector.
func (p prepared) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := connectOn(ctx, p.Connector)
	if err != nil {
		return nil, err
	}
	return &preparedConn{contextConn: c, idle: make(map[string]contextStmt)}, nil
}

// preparedConn is used by one goroutine at a time, as every connection of
// database/sql and the rows that come from it.
type preparedConn struct {
	contextConn
	idle map[string]contextStmt // by their text; one that runs is not among them
}

func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, err
	}
	return result, c.put(query, s)
}

func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		s.Close()
		return nil, err
	}
	typed, ok := rows.(typedRows)
	if !ok {
		rows.Close()
		s.Close()
		return nil, fmt.Errorf("the driver's %T does not tell types", rows)
	}
	return &preparedRows{typed, c, s, query}, nil
}

// Close implements driver.Conn.
func (c *preparedConn) Close() error {
	var errs []error
	for _, s := range c.idle {
		errs = append(errs, s.Close())
	}
	clear(c.idle)
	return errors.Join(append(errs, c.contextConn.Close())...)
}

// take returns the statement, which is the caller's until it is put back: the
// same text may run again while its rows are being read.
func (c *preparedConn) take(ctx context.Context, query string) (contextStmt, error) {
	if s, ok := c.idle[query]; ok {
		delete(c.idle, query)
		return s, nil
	}
	return prepareOn(ctx, c, query)
}

// put keeps the statement, if it is of the kind that may be kept. Where there
// are too many, any one makes room.
func (c *preparedConn) put(query string, s contextStmt) error {
	if _, twice := c.idle[query]; twice || !keeps(query) {
		return s.Close()
	}
	var err error
	if len(c.idle) >= maxPrepared {
		for text, old := range c.idle {
			delete(c.idle, text)
			err = old.Close()
			break
		}
	}
	c.idle[query] = s
	return err
}

// keeps reports whether a statement may run again as it was prepared. SQLite
// does some of a PRAGMA's work while it prepares it.
func keeps(query string) bool {
	word, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	switch strings.ToUpper(word) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK":
		return true
	}
	return false
}

// typedRows is what database/sql looks for in rows.
type typedRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// preparedRows give their statement back when they are closed.
type preparedRows struct {
	typedRows
	conn  *preparedConn
	stmt  contextStmt
	query string
}

// Close implements driver.Rows.
func (r *preparedRows) Close() error {
	if err := r.typedRows.Close(); err != nil {
		r.stmt.Close()
		return err
	}
	return r.conn.put(r.query, r.stmt)
}
