// Package flood bounds what strangers may write into a log: what they send costs
// them nothing, and a disk is soon full.
//
// Who uses it: package wire, for requests that are not verified, and package web, for
// connections that come to nothing.
//
//	stranger → server → Lines.Take → slog
//	                (you are here)
//
// # Errors
//
// There are none.
//
// # Concurrency
//
// A Lines is safe for concurrent use.
//
// # Security
//
// What is left out is counted, and told with the next line that is not.
package flood

import (
	"fmt"
	"sync"
	"time"
)

// MaxLines is how many lines of a second are taken.
const MaxLines = 100

// Lines counts the lines of a log. The zero value is ready to use.
type Lines struct {
	mu      sync.Mutex
	since   time.Time // when the present second began
	lines   int       // in it
	leftOut int       // since the last line
}

// Take is how many lines were left out before the one at the time now; ok is false
// where it is to be left out too. A clock that is set back begins another second.
func (l *Lines) Take(now time.Time) (leftOut int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.since) >= time.Second || now.Before(l.since) {
		l.since, l.lines = now, 0
	}
	if l.lines++; l.lines > MaxLines {
		l.leftOut++
		return 0, false
	}
	leftOut, l.leftOut = l.leftOut, 0
	return leftOut, true
}

// Cut is the text up to a limit of characters.
func Cut(text string, limit int) string { return fmt.Sprintf("%.*s", limit, text) }
