package print

import (
	"cmp"
	"context"
	"fmt"
	"image"

	"github.com/anyscan/anyscan/scan/barcode"
)

// Level is how much of a QR code may be dirty or torn and still be read.
type Level string

const (
	LevelL Level = "L" // about 7 % of it, for text of up to 2953 bytes
	LevelM Level = "M" // about 15 %, up to 2331 bytes
	LevelQ Level = "Q" // about 25 %, up to 1663 bytes
	LevelH Level = "H" // about 30 %, up to 1273 bytes
)

// Use is where a code will be seen, which says how much of it has to survive. The
// address of a signed code has about 170 characters; of those a QR code makes,
// border included:
//
//	UseScreen  level M  version 9   61 modules  at 50 mm 0.82 mm each
//	UsePaper   level Q  version 11  69 modules  at 50 mm 0.72 mm each
//
// Level H would be version 13, 77 modules of 0.65 mm: it withstands 30 % dirt
// instead of 25 %, and has to be held closer. The border is 4 modules in every
// use: ISO/IEC 18004 asks for no more, and readers fail with less.
type Use string

const (
	UseScreen Use = "screen" // clean and bright, and gone in minutes
	UsePaper  Use = "paper"  // stickers, stands and receipts: scratches, fat, rain, the edge of a cash desk
)

// Finer bars than minScale are not trusted by readers; above maxScale the
// largest code is a larger picture than package barcode takes.
const minScale, maxScale = 2, 32

// Options says how a code looks. nil means the defaults.
type Options struct {
	// Use says where the code will be seen. Default: UseScreen.
	Use Use

	// Level is the error correction of a QR code; Code 128 has none.
	// Default: that of Use.
	Level Level

	// Scale is the side of a module, the smallest square of a code, in
	// pixels: 2 to 32. Default: 8 for QR, 4 for Code 128.
	Scale int

	// Millimetres is how wide an SVG is printed, border included, so that a
	// module has at least 0.25 mm, which is as fine as phones read; 0.5 mm and
	// more for who stands a step away. Default: as many pixels as a PNG has.
	Millimetres float64
}

const minModule, maxMillimetres = 0.25, 2000

// filled gives the options with every default in place.
func (o *Options) filled(scale int) (Options, error) {
	var f Options
	if o != nil {
		f = *o
	}
	f.Use, f.Scale = cmp.Or(f.Use, UseScreen), cmp.Or(f.Scale, scale)
	switch f.Use {
	case UseScreen:
		f.Level = cmp.Or(f.Level, LevelM)
	case UsePaper:
		f.Level = cmp.Or(f.Level, LevelQ)
	default:
		return Options{}, &OptionError{"Use", fmt.Sprintf("is %.20q; %s and %s are possible", string(f.Use), UseScreen, UsePaper)}
	}
	if f.Scale < minScale || f.Scale > maxScale {
		return Options{}, &OptionError{"Scale", fmt.Sprintf("is %d; %d to %d are possible", f.Scale, minScale, maxScale)}
	}
	return f, nil
}

// Code is a finished code, with the light border (quiet zone) that its format
// asks for.
type Code struct {
	modules [][]bool // rows from the top; true is dark
	scale   int
	mm      float64 // 0 where an SVG is as wide as the picture
}

// newCode makes a code of its modules, as the options want it.
func newCode(modules [][]bool, o Options) (*Code, error) {
	c := &Code{modules, o.Scale, o.Millimetres}
	if least := minModule * float64(c.size().X); o.Millimetres != 0 && !(o.Millimetres >= least && o.Millimetres <= maxMillimetres) {
		return nil, &OptionError{"Millimetres", fmt.Sprintf("is %g; this code has %d modules with its border, %g to %d are possible",
			o.Millimetres, c.size().X, least, maxMillimetres)}
	}
	return c, nil
}

// readBack makes sure that the code says text.
func (c *Code) readBack(format barcode.Format, text string) error {
	only := &barcode.Options{Formats: []barcode.Format{format}}
	symbols, err := barcode.Decode(context.Background(), c.Image(), only)
	if err != nil {
		return &ReadBackError{Format: format, Err: err}
	}
	if symbols[0].Text != text {
		return &ReadBackError{Format: format}
	}
	return nil
}

// size is the code's width and height in modules, border included.
func (c *Code) size() image.Point {
	return image.Pt(len(c.modules[0]), len(c.modules))
}
