// Package outline finds the borders of the dark parts of a code, so that they can
// be filled as one shape: squares drawn one by one show seams.
package outline

import (
	"fmt"
	"image"
	"strconv"
	"strings"
)

// Loops are the borders of what is dark, in modules: closed polygons with the dark
// on their right, so that both rules of filling, nonzero and evenodd, fill what is
// dark alone. The first corner is not repeated.
func Loops(size image.Point, dark func(x, y int) bool) (loops [][]image.Point) {
	t := tracer{dark, map[image.Point]bool{}}
	for y := range size.Y {
		for x := range size.X {
			if at := image.Pt(x, y); t.edge(at, east) && !t.traced[at] {
				loops = append(loops, t.loop(at))
			}
		}
	}
	return loops
}

// Path is the loops in the words of an SVG path, as short as they can be said.
func Path(size image.Point, dark func(x, y int) bool) string {
	var b strings.Builder
	for _, loop := range Loops(size, dark) {
		at := loop[0]
		fmt.Fprintf(&b, "M%d %d", at.X, at.Y)
		for _, to := range loop[1:] {
			if to.Y == at.Y {
				b.WriteString("h" + strconv.Itoa(to.X-at.X))
			} else {
				b.WriteString("v" + strconv.Itoa(to.Y-at.Y))
			}
			at = to
		}
		b.WriteByte('z') // the last edge
	}
	return b.String()
}

// heading is a direction along the edges of modules, clockwise from the east.
type heading int

const (
	east heading = iota
	south
	west
	north
)

func (h heading) step() image.Point {
	return [...]image.Point{{X: 1}, {Y: 1}, {X: -1}, {Y: -1}}[h]
}

type tracer struct {
	dark   func(x, y int) bool
	traced map[image.Point]bool // where edges to the east begin; every loop has one
}

// loop follows one border from an edge to the east until it is back.
func (t tracer) loop(start image.Point) []image.Point {
	corners := []image.Point{start}
	at, to := start, east
	for {
		if to == east {
			t.traced[at] = true
		}
		at = at.Add(to.step())
		next := t.turn(at, to)
		if at == start && next == east {
			return corners
		}
		if next != to {
			corners, to = append(corners, at), next
		}
	}
}

// turn is where a border goes on: to the right if it can, so that modules which
// meet in a corner alone have a border each.
func (t tracer) turn(at image.Point, to heading) heading {
	for _, next := range []heading{(to + 1) % 4, to} {
		if t.edge(at, next) {
			return next
		}
	}
	return (to + 3) % 4
}

// edge reports whether a border leaves a corner in a direction: dark is on its
// right and light on its left.
func (t tracer) edge(at image.Point, to heading) bool {
	x, y := at.X, at.Y
	switch to {
	case east:
		return t.dark(x, y) && !t.dark(x, y-1)
	case south:
		return t.dark(x-1, y) && !t.dark(x, y)
	case west:
		return t.dark(x-1, y-1) && !t.dark(x-1, y)
	}
	return t.dark(x, y-1) && !t.dark(x-1, y-1)
}
