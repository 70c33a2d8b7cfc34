package feed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/anyscan/anyscan/verify"
)

const maxETag = 1024 // bytes; the server that sent a longer one may not take it back

// Options are for [New]. nil means all defaults.
type Options struct {
	// Client asks; its redirects are never followed. Default: one that goes where
	// http.DefaultTransport does. Without a time-out it has 10 minutes for a whole
	// document.
	Client *http.Client
	// Every is how long [Feed.Run] waits between two questions; up to a tenth less,
	// at random, so that not all terminals ask at once. Default: 15 minutes.
	Every time.Duration
	// Retry is how long it waits after a failure. It doubles with each, up to
	// Every. Default: 5 seconds.
	Retry time.Duration
	// MaxBytes is the largest document. Default: 16 MiB; a file of domains needs
	// more.
	MaxBytes int64
	// Logger gets what failed. Default: none.
	Logger *slog.Logger
	// Development lets http pass for *.localhost. Never set it in what is shipped.
	Development bool
}

// Document is what is published, on the side that uses it.
type Document interface {
	// Take takes a new one over. After an error the same is asked for again.
	Take(ctx context.Context, document io.Reader) error
	// Unchanged hears that the one that was taken last is still current.
	Unchanged()
}

// TakeFunc is a Document that has no need to hear that it is unchanged.
type TakeFunc func(ctx context.Context, document io.Reader) error

// Take calls the function.
func (f TakeFunc) Take(ctx context.Context, document io.Reader) error { return f(ctx, document) }

// Unchanged does nothing.
func (TakeFunc) Unchanged() {}

// Feed asks for one document.
type Feed struct {
	address  verify.Address
	document Document
	options  Options

	mu   sync.Mutex
	etag string // of what was taken
}

// New makes a feed of the document at address, which passes the door of package
// verify. It asks for nothing yet. The error is a *[verify.AddressError], or says
// that document is nil.
func New(address string, document Document, o *Options) (*Feed, error) {
	f := &Feed{document: document}
	if o != nil {
		f.options = *o
	}
	if document == nil {
		return nil, errors.New("feed: document is nil: who uses what is published?")
	}
	var err error
	f.address, err = verify.Parse(address, &verify.Options{Development: f.options.Development})
	if err != nil {
		return nil, err
	}
	f.options.fill()
	return f, nil
}

func (o *Options) fill() {
	var client http.Client
	if o.Client != nil {
		client = *o.Client
	}
	if client.Timeout <= 0 {
		client.Timeout = 10 * time.Minute
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.Client = &client
	if o.Every <= 0 {
		o.Every = 15 * time.Minute
	}
	if o.Retry <= 0 {
		o.Retry = 5 * time.Second
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 16 << 20
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// StatusError is an answer that is neither a document nor that it has not changed;
// nothing can be unchanged that was never taken.
type StatusError struct{ Status int }

func (e *StatusError) Error() string {
	if e.Status == http.StatusNotModified {
		return "feed: the server answers with status 304, but no document was taken yet: want 200"
	}
	return fmt.Sprintf("feed: the server answers with status %d: want 200 or 304", e.Status)
}

// Refresh asks for the document now. changed is false where the server says that it
// is the one that was taken last. The error is that of the connection, of take, or a
// [*StatusError].
func (f *Feed) Refresh(ctx context.Context) (changed bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer, err := f.ask(ctx)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	switch {
	case answer.StatusCode == http.StatusNotModified && f.etag != "":
		f.document.Unchanged()
		return false, nil
	case answer.StatusCode != http.StatusOK:
		return false, &StatusError{answer.StatusCode}
	}
	if answer.ContentLength > f.options.MaxBytes {
		return false, tooLong(f.options.MaxBytes)
	}
	if err := f.document.Take(ctx, &limited{answer.Body, f.options.MaxBytes, f.options.MaxBytes}); err != nil {
		return false, err
	}
	f.etag = answer.Header.Get("ETag")
	if len(f.etag) > maxETag {
		f.etag = ""
	}
	return true, nil
}

func (f *Feed) ask(ctx context.Context) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, f.address.String(), nil)
	if err != nil {
		return nil, err
	}
	if f.etag != "" {
		r.Header.Set("If-None-Match", f.etag)
	}
	return f.options.Client.Do(r)
}

// Run asks until the context ends, at first at once. It returns the context's
// error.
func (f *Feed) Run(ctx context.Context) error {
	failures := 0
	for {
		_, err := f.Refresh(ctx)
		failures++
		if err == nil {
			failures = 0
		} else if ctx.Err() == nil {
			f.options.Logger.WarnContext(ctx, "what is published could not be taken", "address", f.address.Host(), "err", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(f.pause(failures)):
		}
	}
}

// pause is how long to wait after so many failures in a row.
func (f *Feed) pause(failures int) time.Duration {
	pause := f.options.Every
	if failures > 0 {
		pause = min(f.options.Retry, pause)
		for i := 1; i < failures && pause < f.options.Every; i++ {
			pause += min(pause, f.options.Every-pause) // never more than fits
		}
	}
	return pause - rand.N(pause/10+1)
}

func tooLong(limit int64) error {
	return fmt.Errorf("feed: the document has more than %d bytes, the most that is taken", limit)
}

// limited fails where a document is too long, instead of ending it there.
type limited struct {
	io.Reader
	left, limit int64
}

func (r *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > r.left+1 {
		p = p[:r.left+1]
	}
	n, err := r.Reader.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return 0, tooLong(r.limit)
	}
	return n, err
}
