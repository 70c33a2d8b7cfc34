package clearing

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/order/store"
)

// ReadDirectory reads the acquirers of a configuration file, as
// [ParseDirectory] describes it.
func ReadDirectory(file string) ([]Acquirer, error) {
	raw, err := readFile(file)
	if err != nil {
		return nil, err
	}
	return ParseDirectory(raw)
}

func readFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("clearing: reading the directory: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1)) // one more, so that ParseDirectory refuses it
	if err != nil {
		return nil, fmt.Errorf("clearing: reading the directory: %w", err)
	}
	return raw, nil
}

// WatchOptions are the settings of [WatchDirectory]. The zero value of a field,
// and a nil *WatchOptions, stand for the defaults.
type WatchOptions struct {
	// Interval is how often the file is looked at. Default: 3 s.
	Interval time.Duration
	// Logger learns what was taken over and what was not, each time it changes.
	// Default: discard.
	Logger *slog.Logger
}

// WatchDirectory keeps the directory as the configuration file says, until ctx
// ends; then it returns nil. A file that is not valid, or with which a server
// cannot work, is logged and changes nothing. Write the file whole, by renaming
// a new one over it: a half-written one may happen to be valid.
func WatchDirectory(ctx context.Context, d *Directory, file string, o *WatchOptions) error {
	const op = "clearing.WatchDirectory"
	if o == nil {
		o = &WatchOptions{}
	}
	w := &watched{directory: d, file: file}
	return keep(ctx, op, orDefault(o.Interval, 3*time.Second), o.Logger, w.look)
}

// watched is a file and how it was when it was taken over last.
type watched struct {
	directory *Directory
	file      string
	modified  time.Time
	size      int64
	read      time.Time // when it was read
	sum       [sha256.Size]byte
}

// settled is how long a file has to be left alone until its time of change and
// its size prove that it is the same: file systems count time in steps.
const settled = 2 * time.Second

// look takes the file over if it has changed.
func (w *watched) look(context.Context) (news string, err error) {
	info, err := os.Stat(w.file)
	if err != nil {
		return "", fmt.Errorf("clearing: looking at the directory: %w", err)
	}
	same := info.ModTime().Equal(w.modified) && info.Size() == w.size
	if same && w.modified.Add(settled).Before(w.read) {
		return "", nil
	}
	read := time.Now()
	raw, err := readFile(w.file)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	if sum != w.sum {
		all, err := ParseDirectory(raw)
		if err == nil {
			err = w.directory.replace("clearing.WatchDirectory", all, func(i int) string { return "/acquirers" + byIndex(i) })
		}
		if err != nil {
			return "", err
		}
		news = fmt.Sprintf("%d acquirers of %s", len(all), w.file)
	}
	w.modified, w.size, w.read, w.sum = info.ModTime(), info.Size(), read, sum
	return news, nil
}

// keep looks at a directory's source at once and then at each interval, until
// ctx ends or the store is closed. It logs news, and errors when they change.
func keep(ctx context.Context, op string, interval time.Duration, logger *slog.Logger, look func(context.Context) (news string, err error)) error {
	if interval < 0 {
		return order.Errorf(order.CodeInvalid, op, "the interval is %v: want more than 0", interval)
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	tick := time.NewTicker(interval)
	defer tick.Stop()
	last := ""
	for {
		news, err := look(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, store.ErrClosed):
			return err
		case err != nil && err.Error() != last:
			logger.ErrorContext(ctx, "the directory stays as it was", "err", err)
			last = err.Error()
		case err == nil:
			last = ""
		}
		if news != "" {
			logger.InfoContext(ctx, "the directory is new", "of", news)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
