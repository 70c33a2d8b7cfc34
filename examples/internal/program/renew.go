package program

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// lookEvery is how long handshakes go on with a certificate until one looks
	// whether there is a new one.
	lookEvery = 3 * time.Second
	// settled is how long a file has to be left alone until its time and its size
	// prove that it is the same: file systems count time in steps.
	settled = 2 * time.Second
)

// Renewed is a server's certificate and key, which follow their files: a handshake
// takes over what was renewed, as soon as it is whole and valid. Until then the old
// pair stays, and the log says once why. It is used by many handshakes at once.
type Renewed struct {
	chain, key string // files
	log        *slog.Logger
	now        func() time.Time
	host       string // which every certificate has to be for
	pair       atomic.Pointer[tls.Certificate]

	mu     sync.Mutex // of the one handshake that looks
	looked time.Time
	read   time.Time // when the files were that the pair is of
	is     marks     // of these files
	told   marks     // of the files that were last complained of
}

// OpenRenewed reads the pair, as [Certificate] does. The log learns of every new
// one, and of files that are not taken over.
func OpenRenewed(chain, key string, log *slog.Logger) (*Renewed, error) {
	return openRenewed(chain, key, log, time.Now)
}

func openRenewed(chain, key string, log *slog.Logger, now func() time.Time) (*Renewed, error) {
	pair, err := certificateAt(chain, key, now())
	if err != nil {
		return nil, err
	}
	r := &Renewed{chain: chain, key: key, log: log, now: now}
	r.pair.Store(&pair)
	return r, nil
}

// current is the pair to show in a handshake: a tls.Config's GetCertificate. A
// handshake never waits for another one that reads files.
func (r *Renewed) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if r.mu.TryLock() {
		defer r.mu.Unlock()
		if now := r.now(); r.looked.IsZero() || now.Sub(r.looked) >= lookEvery {
			r.looked = now
			r.look(now)
		}
	}
	return r.pair.Load(), nil
}

// look takes the files over if they have changed. After a fault it reads them
// again each time: a certificate may come into force, or a key's mode be put right.
func (r *Renewed) look(now time.Time) {
	is, err := r.marks()
	if err == nil && is == r.is && is.newest().Add(settled).Before(r.read) {
		return
	}
	if err == nil {
		err = r.takeOver(now)
	}
	if err == nil {
		r.is, r.read, r.told = is, now, marks{}
		return
	}
	if r.told != is {
		r.told = is
		r.log.Error("the renewed certificate is not taken, the old one stays", "until", r.pair.Load().Leaf.NotAfter, "err", err)
	}
}

func (r *Renewed) takeOver(now time.Time) error {
	pair, err := certificateAt(r.chain, r.key, now)
	if err != nil {
		return err
	}
	if err := pair.Leaf.VerifyHostname(r.host); err != nil {
		return fmt.Errorf("%s: %w", r.chain, err)
	}
	if !slices.EqualFunc(pair.Certificate, r.pair.Load().Certificate, bytes.Equal) {
		r.pair.Store(&pair)
		r.log.Info("the certificate is new", "of", r.chain, "until", pair.Leaf.NotAfter)
	}
	return nil
}

// marks are what tells files from those that were there before: of a file that
// cannot be looked at, it is that.
type marks struct{ chain, key mark }

type mark struct {
	modified int64 // ns
	size     int64
	mode     fs.FileMode
	missing  bool
}

func (m marks) newest() time.Time { return time.Unix(0, max(m.chain.modified, m.key.modified)) }

func (r *Renewed) marks() (marks, error) {
	chain, err1 := marked(r.chain)
	key, err2 := marked(r.key)
	return marks{chain, key}, errors.Join(err1, err2)
}

// marked looks at a file. One that is not regular, such as a pipe, can be read at
// the start alone.
func marked(file string) (mark, error) {
	info, err := os.Stat(file)
	if err != nil {
		return mark{missing: true}, err
	}
	m := mark{info.ModTime().UnixNano(), info.Size(), info.Mode(), false}
	if !info.Mode().IsRegular() {
		return m, fmt.Errorf("%s is not a regular file: it was read at the start, and is not again", file)
	}
	return m, nil
}
