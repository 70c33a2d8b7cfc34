package barcode

import "math"

// grid says where the modules of a code lie in a view.
type grid struct {
	dim int // modules a side
	h   homography

	// Paper bends: at these places of the code, in rows and columns alike,
	// what the homography says is off by shift. Between them it is
	// interpolated.
	nodes []float64
	shift []point
}

// at is the point of the picture where the place x, y of the code is seen.
func (g *grid) at(x, y float64) point {
	p := g.h.at(x, y)
	if len(g.nodes) < 2 {
		return p
	}
	i, fx := g.span(x)
	j, fy := g.span(y)
	n := len(g.nodes)
	top := g.shift[j*n+i].times(1 - fx).plus(g.shift[j*n+i+1].times(fx))
	bottom := g.shift[(j+1)*n+i].times(1 - fx).plus(g.shift[(j+1)*n+i+1].times(fx))
	return p.plus(top.times(1 - fy)).plus(bottom.times(fy))
}

// span is the interval of nodes that x lies in, and how far along.
func (g *grid) span(x float64) (i int, f float64) {
	for i+2 < len(g.nodes) && x > g.nodes[i+1] {
		i++
	}
	f = (x - g.nodes[i]) / (g.nodes[i+1] - g.nodes[i])
	return i, min(max(f, -0.5), 1.5)
}

// square is three finder patterns measured.
type square struct {
	tl, tr, bl outline
	across     float64 // modules from centre to centre
	down       float64
}

// measure finds out exactly where the patterns of a triple lie.
func (g raster) measure(t triple) square {
	u, v := t.right.minus(t.corner.point).unit(), t.below.minus(t.corner.point).unit()
	trace := func(p pattern) outline {
		return g.trace(p, u.times(p.module(u)), v.times(p.module(v)))
	}
	s := square{tl: trace(t.corner), tr: trace(t.right), bl: trace(t.below)}
	s.across = s.tr.centre.away(s.tl.centre) / math.Sqrt(s.tl.u.length()*s.tr.u.length())
	s.down = s.bl.centre.away(s.tl.centre) / math.Sqrt(s.tl.v.length()*s.bl.v.length())
	return s
}

// plane gives the map of a code with dim modules a side. The patterns' outlines
// tell how the code is tilted; they count less than the centres, which are
// known better. Without outlines the fourth corner is taken for that of a
// parallelogram.
func (s *square) plane(dim int) (homography, bool) {
	far := float64(dim) - 3.5
	var pairs []pair
	known := 0
	for _, c := range []struct {
		o    *outline
		x, y float64
	}{{&s.tl, 3.5, 3.5}, {&s.tr, far, 3.5}, {&s.bl, 3.5, far}} {
		pairs = append(pairs, pair{point{c.x, c.y}, c.o.centre, 10})
		if !c.o.ok {
			continue
		}
		known++
		r := c.o.reach
		for i, d := range [4]point{{-r, -r}, {r, -r}, {r, r}, {-r, r}} {
			pairs = append(pairs, pair{point{c.x + d.x, c.y + d.y}, c.o.corners[i], 1})
		}
	}
	if known < 2 {
		pairs = append(pairs, pair{point{far, far}, s.tr.centre.plus(s.bl.centre).minus(s.tl.centre), 5})
	}
	return fitHomography(pairs)
}

// through gives the map of four places that are exact: the centres, and what is
// seen at place x = y of the code.
func (s *square) through(dim int, at float64, p point) (homography, bool) {
	far := float64(dim) - 3.5
	return fitHomography([]pair{
		{point{3.5, 3.5}, s.tl.centre, 1},
		{point{far, 3.5}, s.tr.centre, 1},
		{point{3.5, far}, s.bl.centre, 1},
		{point{at, at}, p, 1},
	})
}
