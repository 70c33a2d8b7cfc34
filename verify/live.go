package verify

import (
	"context"
	"sync/atomic"
	"time"
)

// Live is a method that is replaced while it is asked: a [Signature] with the next
// keys or revocations, [Domains] with other rules. A check that began before a
// replacement ends with the old method. Package verify/feed keeps one current.
type Live struct {
	name    string
	current atomic.Pointer[dated]
}

var _ Method = (*Live)(nil)

type dated struct {
	method Method
	until  time.Time
}

// NewLive makes a Live of methods with that name, "signature" for example. Until
// the first one is set it refuses everything.
func NewLive(name string) *Live { return &Live{name: name} }

// Set replaces the method. From until on everything is refused with [CodeStale],
// unless it is zero: what has not been heard of for so long may be revoked. The
// error is an [*ArgumentError], and the old method stays.
func (l *Live) Set(m Method, until time.Time) error {
	switch {
	case m == nil:
		return argumentError("method", "is nil")
	case m.Name() != l.name:
		return argumentError("method", "has the name "+quote(m.Name())+"; "+quote(l.name)+" is right")
	}
	l.current.Store(&dated{m, until.Round(0)}) // by the calendar: other clocks stand still while a terminal sleeps
	return nil
}

// Name returns the name that it was made with.
func (l *Live) Name() string { return l.name }

// Check asks the current method.
func (l *Live) Check(ctx context.Context, a Address, now time.Time) (Match, error) {
	d := l.current.Load()
	if d == nil || !d.until.IsZero() && !now.Before(d.until) {
		return Match{}, refuse(CodeStale)
	}
	return d.method.Check(ctx, a, now)
}
