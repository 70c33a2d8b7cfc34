package barcode

import (
	"context"
	"errors"
)

// meter counts work and looks at the context while it does. Its unit is about
// a pixel looked at, a nanosecond or two.
type meter struct {
	ctx   context.Context
	left  int // what may still be spent
	since int // spent since the last look at the context

	curves int // how many curves may still be followed, each some hundred times the work of reading a flat code
}

// lookEvery is how much work passes between two looks at the context: a
// fraction of a millisecond.
const lookEvery = 1 << 16

// errSpent says that the effort is used up. It never leaves the package: the
// caller gets what was read until then.
var errSpent = errors.New("effort spent")

// spend counts n units. It gives errSpent when there are none left, or the
// error of a context that has ended.
func (m *meter) spend(n int) error {
	m.since += n
	if m.since >= lookEvery {
		m.since = 0
		if err := ended(m.ctx); err != nil {
			return err
		}
	}
	m.left -= n
	if m.left < 0 {
		return errSpent
	}
	return nil
}

// arena lends byte slices that are used again for the next picture. What it
// lends is valid until reset; its content is whatever was there before.
type arena struct {
	slices [][]byte
	lent   int
}

func (a *arena) bytes(n int) []byte {
	if a.lent == len(a.slices) {
		a.slices = append(a.slices, nil)
	}
	if cap(a.slices[a.lent]) < n {
		a.slices[a.lent] = make([]byte, n)
	}
	a.lent++
	return a.slices[a.lent-1][:n]
}

// mark and reset bracket a use: all that was lent after the mark is free again.
func (a *arena) mark() int       { return a.lent }
func (a *arena) reset(start int) { a.lent = start }
