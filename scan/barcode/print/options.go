package print

import (
	"cmp"
	"fmt"
	"image"
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
//	UseLogo    level H  version 13  77 modules  at 50 mm 0.65 mm each
//
// With the signature in its path and by [Address] the same code is a version
// smaller. The border is 4 modules in every use: ISO/IEC 18004 asks for no more,
// and readers fail with less.
type Use string

const (
	UseScreen Use = "screen" // clean and bright, and gone in minutes
	UsePaper  Use = "paper"  // stickers, stands and receipts: scratches, fat, rain, the edge of a cash desk
	UseLogo   Use = "logo"   // paper with a picture over the middle: see Options.Logo
)

// Finer bars than minScale are not trusted by readers; above maxScale the
// largest code is a larger picture than package barcode takes.
const minScale, maxScale = 2, 32

// Options says how a code looks. nil means the defaults.
type Options struct {
	// Use says where the code will be seen. Default: UseLogo with a Logo,
	// UseScreen without.
	Use Use

	// Logo is drawn over the middle of a QR code, on a light ground that is a
	// fifth of the code wide. Level H makes good what it hides, and beside it a
	// stain on 3 % of the code, in most versions on 10 %. At most 1,024 pixels
	// a side; where it is transparent it is white. A logo that reads as a code
	// itself is refused. Whoever lays a logo over the code himself sets UseLogo
	// and no Logo. Default: none.
	Logo image.Image

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

const (
	minModule      = 0.25
	maxMillimetres = 2000
	maxLogo        = 1024
)

// filled gives the options with every default in place.
func (o *Options) filled(scale int) (Options, error) {
	var f Options
	if o != nil {
		f = *o
	}
	if f.Logo != nil {
		f.Use = cmp.Or(f.Use, UseLogo)
	}
	f.Use, f.Scale = cmp.Or(f.Use, UseScreen), cmp.Or(f.Scale, scale)
	level, known := map[Use]Level{UseScreen: LevelM, UsePaper: LevelQ, UseLogo: LevelH}[f.Use]
	if !known {
		return Options{}, &OptionError{"Use", fmt.Sprintf("is %.20q; %s, %s and %s are possible", string(f.Use), UseScreen, UsePaper, UseLogo)}
	}
	f.Level = cmp.Or(f.Level, level)
	if f.Scale < minScale || f.Scale > maxScale {
		return Options{}, &OptionError{"Scale", fmt.Sprintf("is %d; %d to %d are possible", f.Scale, minScale, maxScale)}
	}
	if f.Logo != nil {
		return f, f.checkLogo()
	}
	return f, nil
}

func (o *Options) checkLogo() error {
	size := o.Logo.Bounds().Size()
	switch {
	case o.Level != LevelH:
		return &OptionError{"Logo", fmt.Sprintf("hides more than level %.20q makes good: leave Use and Level empty", string(o.Level))}
	case size.X < 1 || size.Y < 1 || size.X > maxLogo || size.Y > maxLogo:
		return &OptionError{"Logo", fmt.Sprintf("has %d x %d pixels; 1 to %d a side are possible", size.X, size.Y, maxLogo)}
	}
	return nil
}
