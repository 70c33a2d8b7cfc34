package sheet

import (
	"fmt"
	"math"
	"slices"

	"github.com/go-text/typesetting/shaping"

	"github.com/anyscan/anyscan/scan/barcode/print"
	"github.com/anyscan/anyscan/scan/barcode/print/internal/outline"
)

// The sheet in millimetres: A6 (ISO 216), upright.
const (
	width, height = 105.0, 148.0
	margin        = 8.0 // home printers need five
	leading       = 1.3 // from base line to base line, in sizes
	ascent        = 0.8 // of a capital with its accent, in sizes
	gap           = 4.0 // between two blocks
	minModule     = 0.5 // a step away, phones read no finer one
)

// style is how large a text may be, and in how many lines.
type style struct {
	largest, smallest float64 // sizes in millimetres; 1 mm is 2.8 points
	lines             int
}

// block is a text that is set.
type block struct {
	lines []line
	size  float64
}

func (b block) height() (h float64) {
	for _, l := range b.lines {
		h += (l.rise + l.fall) * b.size
	}
	return h
}

// blank reports whether nothing of a block is seen.
func (b block) blank() bool {
	return !slices.ContainsFunc(b.lines, func(l line) bool { return len(l.path) > 0 })
}

// fit sets a text as large as it fits, in one line where that is not much smaller
// than in more. A word is broken only where it is too long for a line in the
// smallest size.
func (s *setter) fit(field, text string, how style) (block, error) {
	if text == "" {
		return block{}, nil
	}
	for _, try := range []struct {
		style
		words shaping.LineBreakPolicy
	}{
		{style{how.largest, max(0.7*how.largest, how.smallest), 1}, shaping.Never},
		{how, shaping.Never},
		{how, shaping.WhenNecessary},
	} {
		b, err := s.within(field, text, try.style, try.words)
		if err == nil && b.lines != nil && b.blank() {
			err = &ContentError{field, "has nothing that is seen; leave it empty"}
		}
		if err != nil || b.lines != nil {
			return b, err
		}
	}
	return block{}, &ContentError{field, fmt.Sprintf("does not fit into lines of %.0f mm, %d at most; make it shorter", width-2*margin, how.lines)}
}

// within sets a text as large as a style lets it fit; without lines where it does
// not.
func (s *setter) within(field, text string, how style, words shaping.LineBreakPolicy) (block, error) {
	const step = 0.5
	for size := how.largest; size >= how.smallest; size -= step {
		lines, err := s.lines(field, text, (width-2*margin)/size, words)
		if err != nil {
			return block{}, err
		}
		if b := (block{lines, size}); len(lines) <= how.lines && b.widest() <= width-2*margin {
			return b, nil
		}
	}
	return block{}, nil
}

func (b block) widest() (w float64) {
	for _, l := range b.lines {
		w = max(w, l.width*b.size)
	}
	return w
}

// blocks are the texts of a sheet from the top.
type blocks struct {
	headline, merchant block
	notes              []block
}

// set sets the texts. The library for fonts checks files as it goes and panics at
// some that are broken: those are refused like any other that is no font.
func (c Content) set() (all blocks, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = &ContentError{"Fonts", fmt.Sprintf("has a font that is broken: %v", broken)}
		}
	}()
	bold, regular, err := loadFaces(c.Fonts)
	if err != nil {
		return blocks{}, err
	}
	strong, plain := setter{faces: bold}, setter{faces: regular}
	if all.headline, err = strong.fit("Headline", c.Headline, style{8, 4.5, 2}); err != nil {
		return blocks{}, err
	}
	if all.merchant, err = strong.fit("Merchant", c.Merchant, style{9, 4.5, 2}); err != nil {
		return blocks{}, err
	}
	for i, note := range c.Notes {
		b, err := plain.fit(fmt.Sprintf("Notes[%d]", i), note, style{4, 3, 1})
		if err != nil {
			return blocks{}, err
		}
		all.notes = append(all.notes, b)
	}
	return all, nil
}

// below is what stands under the code.
func (b blocks) below() []block { return append([]block{b.merchant}, b.notes...) }

// arrange gives everything its place: the code as large as the texts leave room,
// and the room that is left over shared out above, between and below.
func arrange(code *print.Code, b blocks) (*drawing, error) {
	d := &drawing{width: width, height: height}
	texts := b.headline.height()
	for _, text := range b.below() {
		texts += text.height()
	}
	size := code.Size()
	module := math.Min((width-2*margin)/float64(size.X), (height-2*margin-2*gap-texts)/float64(size.Y))
	if module < minModule {
		return nil, &CodeError{Problem: fmt.Sprintf("has %d x %d modules, which would be %.2f mm wide beside these texts; %g mm are right: a shorter text in the code, a lower level, or less text around it", size.X, size.Y, max(0, module), minModule)}
	}
	share := (height - 2*margin - texts - module*float64(size.Y)) / 4 // above, between twice, below
	y := d.write(b.headline, margin+share)
	y = d.place(code, module, y+share)
	y += share
	for _, text := range b.below() {
		y = d.write(text, y)
	}
	return d, nil
}

// write sets the lines of a block in the middle and tells where it ends.
func (d *drawing) write(b block, y float64) float64 {
	for _, l := range b.lines {
		at := point{(d.width - l.width*b.size) / 2, y + l.rise*b.size}
		d.paths = append(d.paths, l.path.shift(b.size, at))
		y += (l.rise + l.fall) * b.size
	}
	return y
}

// place sets a code in the middle and tells where it ends.
func (d *drawing) place(code *print.Code, module, y float64) float64 {
	size := code.Size()
	at := point{(d.width - module*float64(size.X)) / 2, y}
	var all path
	for _, loop := range outline.Loops(size, code.Dark) {
		for i, corner := range loop {
			all = append(all, segment{i == 0, []point{{float64(corner.X), float64(corner.Y)}}})
		}
	}
	d.paths = append(d.paths, all.shift(module, at))
	if logo, room := code.Logo(); logo != nil {
		d.logo = logo
		d.logoAt = box{at.x + module*float64(room.Min.X), at.y + module*float64(room.Min.Y), module * float64(room.Dx()), module * float64(room.Dy())}
	}
	return y + module*float64(size.Y)
}
