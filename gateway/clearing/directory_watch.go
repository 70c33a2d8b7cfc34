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
// ends; then it returns nil. It does so entry by entry: one that is not valid, or
// that a server cannot use, is logged and stays as it was, while the others are
// taken over and those that are not in the file leave. A file that is not one of a
// directory changes nothing. Write the file whole, by renaming a new one over it: a
// half-written one may happen to be valid.
//
// Of two acquirers that claim one key or host, one that has it keeps it. Who it is
// that an entry is of says its name: with a mistake in that, it is another's.
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
	told      [sha256.Size]byte // of the one that was told as news last, valid or not
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
		news, err = w.takeOver(raw, sum)
		if err != nil {
			return news, err // and look again: what was missing may come
		}
	}
	w.modified, w.size, w.read, w.sum = info.ModTime(), info.Size(), read, sum
	return news, nil
}

// takeOver makes the directory what the file says, as far as it is valid.
func (w *watched) takeOver(raw []byte, sum [sha256.Size]byte) (news string, err error) {
	const op = "clearing.WatchDirectory"
	all, p := proposals(raw)
	if err := p.err(op, "the configuration file is not valid"); err != nil {
		return "", err
	}
	w.directory.adopt(all)
	in, err := outcome(op, all)
	if sum != w.told {
		w.told, news = sum, fmt.Sprintf("%d acquirers of %s", in, w.file)
	}
	return news, err
}

// outcome is how many of the proposals are in force after [Directory.adopt], and
// what keeps the others from it.
func outcome(op string, all []proposal) (in int, err error) {
	var p problems
	for _, c := range all {
		p = append(p, c.p...)
		if len(c.p) == 0 {
			in++
		}
	}
	return in, p.err(op, "entries of the directory are not valid and stay as they were")
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
			logger.ErrorContext(ctx, "what is not valid stays as it was in the directory", "err", err)
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
