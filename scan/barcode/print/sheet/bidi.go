package sheet

import (
	"slices"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/text/unicode/bidi"
)

// levels are those of the runs' letters (Unicode Standard Annex 9, BD2): in text
// from the left 0, what runs from the right in it 1, and numbers within that 2; in
// text from the right 1, and what runs from the left in it 2. There are no more,
// since the controls that make them are refused.
type levels []int

// resolve gives the levels of a text that is cut into runs by direction. The number
// that follows letters from the right belongs to them, though it is one run with
// letters from the left that come after: "קפה 24 Bar".
func resolve(base di.Direction, text []rune, runs []shaping.Input) levels {
	all := make(levels, len(text))
	for _, run := range runs {
		level := 0
		switch {
		case run.Direction == di.DirectionRTL:
			level = 1
		case base == di.DirectionRTL:
			level = 2
		}
		for i := run.RunStart; i < run.RunEnd; i++ {
			all[i] = level
		}
	}
	for i := 1; i < len(all); i++ {
		if all[i-1] == 1 && all[i] == 0 {
			for end := i + number(text[:i], text[i:]); i < end; i++ {
				all[i] = 2
			}
		}
	}
	return all
}

// number is how many letters the number has that a text begins with, by what comes
// before it: rules W1 to W5, for what rules N1 and N2 have left to the left.
func number(before, text []rune) (length int) {
	arabic := false
	for _, r := range before {
		switch class(r) {
		case bidi.AL:
			arabic = true
		case bidi.R, bidi.L:
			arabic = false
		}
	}
	for i, r := range text {
		switch class(r) {
		case bidi.EN, bidi.AN:
			length = i + 1
		case bidi.ET: // a sign of percent or of a currency
			if length == i && i > 0 && !arabic {
				length = i + 1
			}
		case bidi.NSM, bidi.BN:
			if length == i && i > 0 {
				length = i + 1
			}
		case bidi.ES, bidi.CS: // in a number if digits follow
		default:
			return length
		}
	}
	return length
}

func class(r rune) bidi.Class {
	p, _ := bidi.LookupRune(r)
	return p.Class()
}

// split cuts runs where the level changes.
func (l levels) split(runs []shaping.Input) (cut []shaping.Input) {
	for _, run := range runs {
		for i := run.RunStart + 1; i < run.RunEnd; i++ {
			if l[i] != l[i-1] {
				head := run
				head.RunEnd, run.RunStart = i, i
				cut = append(cut, head)
			}
		}
		cut = append(cut, run)
	}
	return cut
}

// sort puts the runs of a line in the order in which they are seen from the left
// (rule L2).
func (l levels) sort(runs shaping.Line) shaping.Line {
	runs = slices.Clone(runs)
	for level := 2; level > 0; level-- {
		for i := 0; i < len(runs); i++ {
			end := i
			for end < len(runs) && l.of(runs[end]) >= level {
				end++
			}
			slices.Reverse(runs[i:end])
			i = max(i, end-1)
		}
	}
	return runs
}

func (l levels) of(run shaping.Output) int { return l[run.Runes.Offset] }
