package print

import (
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

// Finer bars than minScale are not trusted by readers; above maxScale the
// largest code is a larger picture than package barcode takes.
const minScale, maxScale = 2, 32

// Options says how a code looks. nil means the defaults.
type Options struct {
	// Level is the error correction of a QR code; Code 128 has none.
	// Default: LevelM.
	Level Level

	// Scale is the side of a module, the smallest square of a code, in
	// pixels: 2 to 32. Default: 8 for QR, 4 for Code 128.
	Scale int
}

// filled gives the options with every default in place.
func (o *Options) filled(scale int) (Options, error) {
	f := Options{Level: LevelM, Scale: scale}
	if o != nil && o.Level != "" {
		f.Level = o.Level
	}
	if o != nil && o.Scale != 0 {
		f.Scale = o.Scale
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
