package print

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// SVG writes the code as an SVG file, for print at any size: one path on a white
// ground, with its border. The path is the outline of the dark parts, so that no
// printer or browser shows seams between modules. It is [Options.Millimetres]
// wide, or else as many pixels as [Code.PNG]; it refers to nothing outside. The
// error is that of w.
func (c *Code) SVG(w io.Writer) error {
	size := c.size()
	width, height := strconv.Itoa(size.X*c.scale), strconv.Itoa(size.Y*c.scale)
	if c.mm > 0 {
		width, height = millimetres(c.mm), millimetres(c.mm*float64(size.Y)/float64(size.X))
	}
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %d %d" shape-rendering="crispEdges">`+
		`<rect width="%d" height="%d" fill="#fff"/><path fill="#000" fill-rule="evenodd" d="%s"/></svg>`+"\n",
		width, height, size.X, size.Y, size.X, size.Y, c.outline())
	return err
}

func millimetres(mm float64) string {
	return strconv.FormatFloat(math.Round(mm*1000)/1000, 'f', -1, 64) + "mm"
}

// heading is a direction along the edges of modules, clockwise from the east.
type heading int

const (
	east heading = iota
	south
	west
	north
)

// outline is the border of the dark modules as closed loops of an SVG path, each
// with the dark on its right.
func (c *Code) outline() string {
	var b strings.Builder
	traced := map[[2]int]bool{} // edges to the east; every loop has one
	size := c.size()
	for y := range size.Y {
		for x := range size.X {
			if c.edge(x, y, east) && !traced[[2]int{x, y}] {
				c.loop(&b, x, y, traced)
			}
		}
	}
	return b.String()
}

// loop follows one border from an edge to the east until it is back. The way
// back that closes it is left to z.
func (c *Code) loop(b *strings.Builder, x0, y0 int, traced map[[2]int]bool) {
	fmt.Fprintf(b, "M%d %d", x0, y0)
	x, y, to, run := x0, y0, east, 0
	for {
		if to == east {
			traced[[2]int{x, y}] = true
		}
		x, y, run = x+[...]int{1, 0, -1, 0}[to], y+[...]int{0, 1, 0, -1}[to], run+1
		if x == x0 && y == y0 && c.turn(x, y, to) == east {
			b.WriteByte('z')
			return
		}
		if next := c.turn(x, y, to); next != to {
			b.WriteString([...]string{"h", "v", "h-", "v-"}[to] + strconv.Itoa(run))
			to, run = next, 0
		}
	}
}

// turn is where a border goes on: to the right if it can, so that modules which
// meet in a corner alone have a border each.
func (c *Code) turn(x, y int, to heading) heading {
	for _, next := range []heading{(to + 1) % 4, to} {
		if c.edge(x, y, next) {
			return next
		}
	}
	return (to + 3) % 4
}

// edge reports whether a border leaves the corner at x, y in a direction: dark
// is on its right and light on its left.
func (c *Code) edge(x, y int, to heading) bool {
	switch to {
	case east:
		return c.dark(x, y) && !c.dark(x, y-1)
	case south:
		return c.dark(x-1, y) && !c.dark(x, y)
	case west:
		return c.dark(x-1, y-1) && !c.dark(x-1, y)
	}
	return c.dark(x, y-1) && !c.dark(x-1, y-1)
}

func (c *Code) dark(x, y int) bool {
	return y >= 0 && y < len(c.modules) && x >= 0 && x < len(c.modules[y]) && c.modules[y][x]
}
