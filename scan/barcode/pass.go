package barcode

import (
	"fmt"
	"math"
	"slices"
)

// pass is one way of looking at a picture. A code that one pass misses, for
// its size, its noise, its light or its colours, another often reads.
type pass struct {
	shrink  int  // average squares of this many pixels a side, at least 1
	double  bool // then double both sides; after shrinking this softens noise
	sharpen bool // then sharpen edges
	invert  bool // then swap dark and light
	global  bool // one threshold for the whole picture, not one for each region
}

func (p pass) String() string {
	s := fmt.Sprintf("1/%d", p.shrink)
	for _, name := range []struct {
		on   bool
		name string
	}{{p.double, "doubled"}, {p.sharpen, "sharpened"}, {p.invert, "inverted"}, {p.global, "one threshold"}} {
		if name.on {
			s += " " + name.name
		}
	}
	return s
}

// passes lists what is tried on a picture of w × h pixels, the most promising
// first. The first sees at most a megapixel: enough for a code held before a
// camera, a tenth of the work of a whole photograph.
func passes(w, h int) []pass {
	fit, most := shrinkTo(w, h, 1_000_000), shrinkTo(w, h, 4_000_000)
	return firstOfEach([]pass{
		{shrink: fit},
		{shrink: 2 * fit},
		{shrink: fit, global: true},
		{shrink: fit, double: true},
		{shrink: most},
		{shrink: fit, sharpen: true},
		{shrink: 2 * fit, double: true},
		{shrink: 2 * fit, sharpen: true},
		{shrink: 4 * fit},
		{shrink: fit, invert: true},
		{shrink: fit, double: true, global: true},
		{shrink: 2 * fit, global: true},
		{shrink: 2 * fit, invert: true},
		{shrink: fit, double: true, sharpen: true},
		{shrink: fit, global: true, invert: true},
		{shrink: fit, double: true, invert: true},
	})
}

// shrinkTo gives the smallest whole factor that brings a picture down to so
// many pixels, and no side above 4096.
func shrinkTo(w, h, pixels int) int {
	area := math.Sqrt(float64(w) * float64(h) / float64(pixels))
	return int(math.Ceil(max(1, area, float64(max(w, h))/4096)))
}

func firstOfEach(list []pass) []pass {
	var unique []pass
	for _, p := range list {
		if !slices.Contains(unique, p) {
			unique = append(unique, p)
		}
	}
	return unique
}

// look is a pass over one picture: its view, and what has been worked out.
type look struct {
	m *meter
	*scratch
	plan plan
	pass pass
	view raster
	bits bitmap
}

// tiny says whether a view is too small for a code; it may have no pixels at all.
func tiny(g raster) bool { return g.w < 8 || g.h < 8 }

// open makes the view. A tiny one is not worked on.
func (l *look) open(picture raster) error {
	g, p := picture, l.pass
	var err error
	if p.shrink > 1 {
		if g, err = g.shrink(l.m, &l.arena, p.shrink); err != nil {
			return err
		}
	}
	if p.double {
		if g, err = g.enlarge(l.m, &l.arena); err != nil {
			return err
		}
	}
	l.view = g
	if tiny(g) {
		return nil
	}
	if p.sharpen {
		if g, err = g.sharpen(l.m, &l.arena); err != nil {
			return err
		}
	}
	if p.invert {
		g = g.inverted(&l.arena)
	}
	l.view = g
	if p.global {
		l.bits, err = g.level(l.m, &l.arena)
	} else {
		l.bits, err = g.threshold(l.m, &l.arena)
	}
	return err
}

// scale is how many pixels of the picture one of the view stands for.
func (p pass) scale() float64 {
	if p.double {
		return float64(p.shrink) / 2
	}
	return float64(p.shrink)
}
