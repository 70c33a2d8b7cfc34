package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order/store"
	"modernc.org/sqlite"
)

// Options are the settings of [Open]. The zero value of a field, and a nil
// *Options, stand for the defaults.
type Options struct {
	// BusyTimeout is how long a write waits for another process to release
	// the file. Default 5 s.
	BusyTimeout time.Duration
	// Readers is how many views may run at once; more wait. Default 4.
	Readers int
}

// An OpenError says why a file could not be opened as a store.
type OpenError struct {
	Path string
	Err  error // what went wrong, often the driver's error
}

func (e *OpenError) Error() string { return fmt.Sprintf("sqlite: open %s: %v", e.Path, e.Err) }

// Unwrap returns what went wrong.
func (e *OpenError) Unwrap() error { return e.Err }

// Open opens the SQLite file at path, and creates it, but not its folder, if
// it does not exist. It fails with an [*OpenError] if the file cannot be made
// to keep the promises of the package: a setting that does not take effect is
// an error. ctx bounds the opening alone.
//
// path is a file name. URIs and SQLite's in-memory names are refused.
func Open(ctx context.Context, path string, opts *Options) (*store.Store, error) {
	s, err := open(ctx, path, opts)
	if err != nil {
		return nil, &OpenError{Path: path, Err: err}
	}
	return s, nil
}

func open(ctx context.Context, path string, opts *Options) (*store.Store, error) {
	o, err := withDefaults(opts)
	if err != nil {
		return nil, err
	}
	file, err := create(path)
	if err != nil {
		return nil, err
	}
	writing, reading := dsns(file, o)
	w, err := sqlite.NewConnector(writing)
	if err != nil {
		return nil, err
	}
	r, err := sqlite.NewConnector(reading)
	if err != nil {
		return nil, err
	}
	write, read := pool(prepared{uncancelled{w}}, 1), pool(prepared{r}, o.Readers)
	if err := prepare(ctx, write, read, o); err != nil {
		return nil, errors.Join(err, read.Close(), write.Close())
	}
	return store.New(write, read), nil
}

func withDefaults(opts *Options) (Options, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.BusyTimeout < 0 || o.BusyTimeout.Milliseconds() > math.MaxInt32 {
		return o, fmt.Errorf("Options.BusyTimeout is %v: give 0 for the default, or up to %d ms", o.BusyTimeout, math.MaxInt32)
	}
	if o.Readers < 0 {
		return o, fmt.Errorf("Options.Readers is %d: give 0 for the default, or more", o.Readers)
	}
	if o.BusyTimeout == 0 {
		o.BusyTimeout = 5 * time.Second
	}
	if o.Readers == 0 {
		o.Readers = 4
	}
	return o, nil
}

// create makes sure that path is a regular file and returns its full name.
// SQLite itself would create it readable for everyone. A file that exists is
// not opened here, because closing it would drop the locks that this process
// has on it.
func create(path string) (string, error) {
	if path == "" || strings.HasPrefix(path, ":memory:") || strings.HasPrefix(path, "file:") {
		return "", errors.New("not a file name: there is no in-memory mode and no URI, tests use a file in t.TempDir()")
	}
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	f, err := os.OpenFile(full, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return full, f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	info, err := os.Stat(full)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("not a regular file but %v", info.Mode())
	}
	return full, err
}

func pool(c driver.Connector, conns int) *sql.DB {
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}
