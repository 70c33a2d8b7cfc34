package wire

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/anyscan/anyscan/internal/flood"
)

// What of a stranger's request is written into a log.
const (
	maxRefusedText  = 200 // characters of what the request says
	maxRefusedError = 1000
)

// refusals tells a log of requests that were not verified, up to a limit, and then
// how many were left out.
type refusals struct {
	now   func() time.Time
	lines flood.Lines
}

// tell writes a line about the refusal, or counts it.
func (f *refusals) tell(ctx context.Context, log *slog.Logger, r *http.Request, err error) {
	leftOut, ok := f.lines.Take(f.now())
	if !ok {
		return
	}
	args := []any{"method", flood.Cut(r.Method, maxRefusedText), "path", flood.Cut(r.URL.Path, maxRefusedText), "error", flood.Cut(err.Error(), maxRefusedError)}
	if leftOut > 0 {
		args = append(args, "left_out", leftOut)
	}
	log.WarnContext(ctx, "request not verified", args...)
}
