package domaindb

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/anyscan/anyscan/verify"
)

// Options are for [Open]. nil means all defaults.
type Options struct {
	// MaxBytes is the largest file that is installed. Default: 1 GiB.
	MaxBytes int64
	// Now is the clock for a new file's dates. Default: time.Now.
	Now func() time.Time
}

// Database is a legal-domain database (method 1) whose file can be replaced while
// it is asked. It is a [verify.Method]. A check that began before a replacement
// ends with the old file.
type Database struct {
	path    string
	keys    []verify.Key
	options Options
	mu      sync.Mutex // one installation at a time
	current atomic.Pointer[edition]
}

var _ verify.Method = (*Database)(nil)

type edition struct {
	file    *File
	fresh   time.Time
	domains *verify.Domains
}

// Open opens the database whose file is at path. Where there is none yet, it
// refuses every address until one is installed. keys are those that files are
// signed with; two in force at a time allow rotation.
//
// The error is that of [OpenFile], or says which key is none.
func Open(path string, keys []verify.Key, o *Options) (*Database, error) {
	if err := checkKeys(keys); err != nil {
		return nil, err
	}
	d := &Database{path: path, keys: append([]verify.Key(nil), keys...)}
	if o != nil {
		d.options = *o
	}
	if d.options.MaxBytes <= 0 {
		d.options.MaxBytes = 1 << 30
	}
	if d.options.Now == nil {
		d.options.Now = time.Now
	}
	f, err := OpenFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	d.use(f)
	return d, nil
}

func (d *Database) use(f *File) {
	d.current.Store(&edition{f, f.info().FreshUntil, verify.NewDomainsOf(f)})
}

// Install puts the file that r gives in the place of the current one: its
// signature is checked, all of it is read once, and it is newer and still fresh.
// Whatever is wrong, the current one stays, in use and on the disk; it also stays,
// and nothing is wrong, where it has come again. Checks go on meanwhile.
//
// The error is a [*FileError], or that of reading and writing.
func (d *Database) Install(ctx context.Context, r io.Reader) (Info, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, err := d.install(ctx, r, d.options.Now())
	if err != nil {
		return Info{}, err
	}
	d.use(f)
	return f.info(), nil
}

// Info returns what the current file says of itself; ok is false where there is
// none.
func (d *Database) Info() (info Info, ok bool) {
	e := d.current.Load()
	if e == nil {
		return Info{}, false
	}
	return e.file.info(), true
}

// Name returns "domain".
func (d *Database) Name() string { return "domain" }

// Check accepts hosts that a rule of the current file covers. Without a file, or
// with one that is no longer fresh, it refuses with [verify.CodeStale].
func (d *Database) Check(ctx context.Context, a verify.Address, now time.Time) (verify.Match, error) {
	e := d.current.Load()
	if e == nil || !now.Before(e.fresh) {
		return verify.Match{}, &verify.Reason{Code: verify.CodeStale, Detail: verify.CodeStale.Text("en")}
	}
	return e.domains.Check(ctx, a, now)
}
