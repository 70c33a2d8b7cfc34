package clearing

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Directory is who takes part: the acquirers with their keys and merchants. It
// is live: [Directory.Replace] changes it while servers work with it. It is
// safe for concurrent use, and reading takes no lock.
//
// A Directory has one source: a program's own list, a file ([WatchDirectory]) or
// the store ([DirectoryStore]). The first replaces all of it or nothing, the others
// what is valid, entry by entry.
type Directory struct {
	now     func() time.Time
	env     func(string) (string, bool)
	current atomic.Pointer[entries]
	mu      sync.Mutex // one replacement at a time; guards needs
	needs   []need
}

// A need is what a server asks of every directory that it works with: for the
// acquirer of an index, of says where its problems go, and its path. It reads the
// directory at most.
type need func(e *entries, of func(i int) (*problems, string))

// into has the problems of all acquirers in one place.
func into(p *problems, at func(i int) string) func(i int) (*problems, string) {
	return func(i int) (*problems, string) { return p, at(i) }
}

// DirectoryOptions are the settings of [NewDirectory]. The zero value of a
// field, and a nil *DirectoryOptions, stand for the defaults.
type DirectoryOptions struct {
	// Now is the clock that keys are in force by. Default: time.Now.
	Now func() time.Time
	// LookupEnv finds the shared secrets that keys name, see [Key]. It answers at
	// once. Default: os.LookupEnv.
	LookupEnv func(name string) (value string, ok bool)
}

// NewDirectory checks the acquirers and makes a directory of them; it may be
// empty at first. o may be nil.
//
// The error is an *order.Error with [order.CodeInvalid] and every problem of
// every acquirer, such as /1/merchants/0/name for the second acquirer's first
// merchant.
func NewDirectory(acquirers []Acquirer, o *DirectoryOptions) (*Directory, error) {
	d := &Directory{now: time.Now, env: os.LookupEnv}
	if o != nil && o.Now != nil {
		d.now = o.Now
	}
	if o != nil && o.LookupEnv != nil {
		d.env = o.LookupEnv
	}
	if err := d.replace("clearing.NewDirectory", acquirers, byIndex); err != nil {
		return nil, err
	}
	return d, nil
}

// Replace makes these acquirers the whole directory, all at once: whoever reads
// sees all of the old entries or all of the new ones. Where anything is wrong
// with the new ones the old stay, and the error is that of [NewDirectory]; it
// also tells what servers that work with the directory cannot use, such as a
// component that is not configured.
func (d *Directory) Replace(acquirers []Acquirer) error {
	return d.replace("clearing.Directory.Replace", acquirers, byIndex)
}

func byIndex(i int) string { return fmt.Sprintf("/%d", i) }

func (d *Directory) replace(op string, acquirers []Acquirer, at func(i int) string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	next, p := d.check(acquirers, at)
	if err := p.err(op, "the directory is not valid"); err != nil {
		return err
	}
	d.current.Store(next)
	return nil
}

// check is what the directory would be of these acquirers. d.mu is held.
func (d *Directory) check(acquirers []Acquirer, at func(i int) string) (*entries, problems) {
	e := newEntries()
	var p problems
	hosts := reaches{}
	for i, a := range acquirers {
		e.add(&p, at(i), a, d.env)
		hosts.add(at(i), a)
	}
	hosts.check(&p)
	for _, need := range d.needs {
		need(e, into(&p, at))
	}
	return e, p
}

// require holds the directory to what a server needs from now on, unless it
// does not have it now.
func (d *Directory) require(n need, at func(i int) string) problems {
	d.mu.Lock()
	defer d.mu.Unlock()
	var p problems
	n(d.load(), into(&p, at))
	if len(p) == 0 {
		d.needs = append(d.needs, n)
	}
	return p
}

// load is the directory as it is now. What belongs together is read of one.
func (d *Directory) load() *entries { return d.current.Load() }
