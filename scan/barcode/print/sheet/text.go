package sheet

import (
	"fmt"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// em is the size that text is shaped in, in units of the shaper; it is made as
// large as it is wanted afterwards.
const em = 1024

// line is a line of letters on the base line that begins at 0,0, one unit a
// size.
type line struct {
	path       path
	width      float64
	rise, fall float64 // the room that it takes above the base line and below
}

// roomy gives a line the room that all its ink takes. Letters of some scripts, and
// accents on accents, reach further than a line of Latin letters; they would be
// drawn over the line before, or over the code. Space at its ends takes none.
func (l line) roomy() line {
	ink := l.path.bounds()
	return line{
		path:  l.path.shift(1, point{-ink.x, 0}),
		width: ink.width,
		rise:  max(ascent+(leading-1)/2, -ink.y),
		fall:  max(leading-ascent-(leading-1)/2, ink.y+ink.height),
	}
}

// setter sets text in some faces.
type setter struct {
	faces  faces
	shaper shaping.HarfbuzzShaper
}

// lines sets a text in lines that are at most width wide, in units of a size, or as
// wide as a word that may not be broken. Some keyboards write é as an e and an
// accent; fonts rather have the two as one.
func (s *setter) lines(field, text string, width float64, words shaping.LineBreakPolicy) ([]line, error) {
	text = norm.NFC.String(text)
	if r, missing := s.faces.lacks(text); missing {
		return nil, &ContentError{field, fmt.Sprintf("has %q (%U), which no font here has: give one that does in Fonts", r, r)}
	}
	runes := []rune(text)
	in := shaping.Input{Text: runes, RunEnd: len(runes), Direction: direction(runes), Size: fixed.I(em)}
	var runs []shaping.Output
	var segmenter shaping.Segmenter
	parts := segmenter.Split(in, s.faces)
	levels := resolve(in.Direction, runes, parts)
	for _, run := range levels.split(parts) {
		runs = append(runs, s.shaper.Shape(run))
	}
	var wrapper shaping.LineWrapper
	how := shaping.WrapConfig{Direction: in.Direction, BreakPolicy: words, DisableTrailingWhitespaceTrim: true}
	wrapped, _ := wrapper.WrapParagraph(how, int(width*em), runes, shaping.NewSliceIterator(runs))
	set := make([]line, len(wrapped))
	for i, runs := range wrapped {
		var ok bool
		if set[i], ok = outlines(levels.sort(runs)); !ok {
			return nil, &ContentError{field, "has letters that the fonts here do not draw together: give one that does in Fonts"}
		}
	}
	return set, nil
}

// direction is that of the first letter that has one (Unicode Standard Annex 9,
// rule P2).
func direction(text []rune) di.Direction {
	for _, r := range text {
		switch class(r) {
		case bidi.L:
			return di.DirectionLTR
		case bidi.R, bidi.AL:
			return di.DirectionRTL
		}
	}
	return di.DirectionLTR
}

// outlines gives those of a line whose runs are in the order in which they are seen,
// and false where a glyph has none.
func outlines(runs shaping.Line) (l line, ok bool) {
	for _, run := range runs {
		scale := 1 / float64(run.Face.Upem())
		for _, g := range run.Glyphs {
			outline, ok := run.Face.GlyphDataOutline(g.GlyphID)
			if !ok || g.GlyphID == 0 {
				return line{}, false
			}
			at := point{l.width + units(g.XOffset), -units(g.YOffset)}
			for _, s := range outline.Segments {
				l.path = append(l.path, fromFont(s).shift(scale, at)...)
			}
			l.width += units(g.Advance)
		}
	}
	return l.roomy(), true
}

func units(v fixed.Int26_6) float64 { return float64(v) / 64 / em }

// fromFont turns a segment of a font round: there, y grows upward.
func fromFont(s opentype.Segment) path {
	p := segment{begins: s.Op == opentype.SegmentOpMoveTo}
	for _, at := range s.ArgsSlice() {
		p.points = append(p.points, point{float64(at.X), -float64(at.Y)})
	}
	return path{p}
}
