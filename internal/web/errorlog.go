package web

import (
	"log"
	"log/slog"
	"strings"
	"time"

	"github.com/anyscan/anyscan/internal/flood"
)

// maxTrouble is how many characters of a line are kept: with a panic, where it began.
const maxTrouble = 4000

// errorLog is for http.Server, which tells of connections that came to nothing, most
// of them strangers'. logger may be nil, which discards.
func errorLog(logger *slog.Logger, now func() time.Time) *log.Logger {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return log.New(&troubles{log: logger, now: now}, "", 0)
}

type troubles struct {
	log   *slog.Logger
	now   func() time.Time
	lines flood.Lines
}

// Write writes a line, or counts it.
func (t *troubles) Write(line []byte) (int, error) {
	if leftOut, ok := t.lines.Take(t.now()); ok {
		args := []any{"error", flood.Cut(strings.TrimSpace(string(line)), maxTrouble)}
		if leftOut > 0 {
			args = append(args, "left_out", leftOut)
		}
		t.log.Warn("connection in trouble", args...)
	}
	return len(line), nil
}
