package wire

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// What strangers may write into a log: their requests cost them nothing, and a disk
// is soon full.
const (
	maxRefusals     = 100 // lines a second
	maxRefusedText  = 200 // characters of what the request says
	maxRefusedError = 1000
)

// refusals tells a log of requests that were not verified, up to a limit, and then
// how many were left out.
type refusals struct {
	now func() time.Time

	mu      sync.Mutex
	since   time.Time // when the present second began
	lines   int       // in it
	leftOut int       // since the last line
}

// tell writes a line about the refusal, or counts it.
func (f *refusals) tell(ctx context.Context, log *slog.Logger, r *http.Request, err error) {
	leftOut, ok := f.take()
	if !ok {
		return
	}
	args := []any{"method", cut(r.Method, maxRefusedText), "path", cut(r.URL.Path, maxRefusedText), "error", cut(err.Error(), maxRefusedError)}
	if leftOut > 0 {
		args = append(args, "left_out", leftOut)
	}
	log.WarnContext(ctx, "request not verified", args...)
}

func cut(s string, limit int) string { return fmt.Sprintf("%.*s", limit, s) }

// take is how many were left out before this line; ok is false where it is to be
// left out too.
func (f *refusals) take() (leftOut int, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := f.now(); now.Sub(f.since) >= time.Second || now.Before(f.since) {
		f.since, f.lines = now, 0
	}
	if f.lines++; f.lines > maxRefusals {
		f.leftOut++
		return 0, false
	}
	leftOut, f.leftOut = f.leftOut, 0
	return leftOut, true
}
