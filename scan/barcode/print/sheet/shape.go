package sheet

import (
	"image"
	"math"
)

// point is a place on the sheet in millimetres, from its upper left.
type point struct{ x, y float64 }

// toward is the point a part of the way to another.
func (p point) toward(q point, part float64) point {
	return point{p.x + part*(q.x-p.x), p.y + part*(q.y-p.y)}
}

// segment is a piece of a path: a point to begin a loop or for a straight line to
// end in, one more before it for a curve of the second degree, two for the third.
type segment struct {
	begins bool
	points []point
}

// path is one dark shape made of closed loops, filled by the rule that SVG calls
// nonzero.
type path []segment

// shift is the path, made scale times as large and then moved.
func (p path) shift(scale float64, by point) path {
	moved := make(path, len(p))
	for i, s := range p {
		points := make([]point, len(s.points))
		for k, at := range s.points {
			points[k] = point{by.x + scale*at.x, by.y + scale*at.y}
		}
		moved[i] = segment{s.begins, points}
	}
	return moved
}

// bounds is the smallest box around all points of a path: those that pull at its
// curves can lie a little outside of its ink.
func (p path) bounds() box {
	if len(p) == 0 {
		return box{}
	}
	low, high := point{math.Inf(1), math.Inf(1)}, point{math.Inf(-1), math.Inf(-1)}
	for _, s := range p {
		for _, at := range s.points {
			low, high = point{min(low.x, at.x), min(low.y, at.y)}, point{max(high.x, at.x), max(high.y, at.y)}
		}
	}
	return box{low.x, low.y, high.x - low.x, high.y - low.y}
}

// box is a rectangle on the sheet.
type box struct{ x, y, width, height float64 }

// drawing is all that is on a sheet: it is light where no path is.
type drawing struct {
	title  string
	width  float64
	height float64
	paths  []path
	logo   image.Image // or nil
	logoAt box
}
