package wire

import (
	"sync"
	"time"
)

const (
	guessEvery = time.Second
	maxGuessed = 1 << 12 // keys whose last guess is remembered
)

// guessing says for which keys mistakes may be guessed at now: a request with a
// wrong signature is cheap to make, and a guess is not. It is asked for known keys
// alone.
type guessing struct {
	now func() time.Time

	mu   sync.Mutex
	last map[string]time.Time // by the identifier of the key
}

func newGuessing(now func() time.Time) *guessing {
	return &guessing{now: now, last: map[string]time.Time{}}
}

// may reports whether a guess for the key is due, and takes it.
func (g *guessing) may(keyID string) bool {
	now := g.now()
	g.mu.Lock()
	defer g.mu.Unlock()
	if last, ok := g.last[keyID]; ok && !due(last, now) {
		return false
	}
	if len(g.last) >= maxGuessed {
		g.forget(now)
	}
	if len(g.last) >= maxGuessed {
		return false
	}
	g.last[keyID] = now
	return true
}

// forget takes out the keys for which a guess is due anyway.
func (g *guessing) forget(now time.Time) {
	for keyID, last := range g.last {
		if due(last, now) {
			delete(g.last, keyID)
		}
	}
}

// due is also true after the clock was set back.
func due(last, now time.Time) bool {
	return now.Before(last) || now.Sub(last) >= guessEvery
}
