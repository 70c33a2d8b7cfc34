package print

import (
	"context"
	"fmt"
	"image"

	"github.com/anyscan/anyscan/scan/barcode"
)

// Code is a finished code, with the light border (quiet zone) that its format
// asks for.
type Code struct {
	text    string
	modules [][]bool // rows from the top; true is dark
	scale   int
	mm      float64     // 0 where an SVG is as wide as the picture
	logo    *image.RGBA // nil for none; what it hides is light
}

// newCode makes a code of its modules, as the options want it.
func newCode(text string, modules [][]bool, o Options) (*Code, error) {
	c := &Code{text: text, modules: modules, scale: o.Scale, mm: o.Millimetres}
	if least := minModule * float64(c.Size().X); o.Millimetres != 0 && !(o.Millimetres >= least && o.Millimetres <= maxMillimetres) {
		return nil, &OptionError{"Millimetres", fmt.Sprintf("is %g; this code has %d modules with its border, %g to %d are possible",
			o.Millimetres, c.Size().X, least, maxMillimetres)}
	}
	if o.Logo != nil {
		c.makeRoom(o.Logo)
	}
	return c, nil
}

// proven is the code, once our own reader has read its text from its picture, and
// nothing from its logo.
func (c *Code) proven(format barcode.Format) (*Code, error) {
	if c.logo != nil {
		if err := proveLogo(c.logo); err != nil {
			return nil, err
		}
	}
	only := &barcode.Options{Formats: []barcode.Format{format}}
	symbols, err := barcode.Decode(context.Background(), c.Image(), only)
	if err != nil {
		return nil, &ReadBackError{Format: format, Err: err}
	}
	if len(symbols) != 1 || symbols[0].Text != c.text {
		return nil, &ReadBackError{Format: format}
	}
	return c, nil
}

// Text is what the code says. Of [Address] it is the address as it was written.
func (c *Code) Text() string { return c.text }

// Size is the code's width and height in modules, border included.
func (c *Code) Size() image.Point {
	return image.Pt(len(c.modules[0]), len(c.modules))
}

// Dark reports whether the module in column x and row y, from the upper left, is
// dark: for whoever draws the code on something that this package does not know.
// Outside of the code nothing is.
func (c *Code) Dark(x, y int) bool {
	return y >= 0 && y < len(c.modules) && x >= 0 && x < len(c.modules[y]) && c.modules[y][x]
}
