package barcode

import (
	"cmp"
	"slices"
)

// curve is how a code lies that was stuck on something round. Between the
// centres of its patterns, 0 to 1 along rows (x) and columns (y), it leaves the
// parallelogram that they span by
//
//	far·xy + (ax + bx·(1-2x))·x(1-x) + (ay + by·(1-2y))·y(1-y)
type curve struct {
	dim  int
	h    homography // the parallelogram
	bent [5]point   // far, ax, ay, bx, by
}

// newCurve takes the curve from the directions and the sizes of the patterns
// at its ends: the cubic that has these tangents (Hermite).
func (s *square) newCurve(dim int) (curve, bool) {
	size := float64(dim) - 7
	h, ok := s.through(dim, size+3.5, s.tr.centre.plus(s.bl.centre).minus(s.tl.centre))
	c := curve{dim: dim, h: h}
	span := func(from, to *outline, first, last point) (a, b point) {
		d := to.centre.minus(from.centre)
		m, n := first.times(size).minus(d), last.times(size).minus(d)
		return m.minus(n).times(0.5), m.plus(n).times(0.5)
	}
	u, v := s.tl.axes()
	right, _ := s.tr.axes()
	_, down := s.bl.axes()
	c.bent[1], c.bent[3] = span(&s.tl, &s.tr, u, right)
	c.bent[2], c.bent[4] = span(&s.tl, &s.bl, v, down)
	return c, ok
}

// axes gives one module along the rows and one along the columns, from the
// corners where they are known.
func (o *outline) axes() (u, v point) {
	if !o.ok {
		return o.u, o.v
	}
	c, f := o.corners, 0.25/o.reach
	return c[1].plus(c[2]).minus(c[0]).minus(c[3]).times(f), c[2].plus(c[3]).minus(c[0]).minus(c[1]).times(f)
}

// grid lays nodes along the curve, close enough for straight lines between.
func (c *curve) grid() grid {
	const n = 9
	g := grid{dim: c.dim, h: c.h, nodes: make([]float64, n), shift: make([]point, n*n)}
	size := float64(c.dim)
	for i := range n {
		g.nodes[i] = size * float64(i) / (n - 1)
	}
	for i := range g.shift {
		x, y := (g.nodes[i%n]-3.5)/(size-7), (g.nodes[i/n]-3.5)/(size-7)
		p := c.bent[0].times(x * y)
		p = p.plus(c.bent[1].plus(c.bent[3].times(1 - 2*x)).times(x * (1 - x)))
		g.shift[i] = p.plus(c.bent[2].plus(c.bent[4].times(1 - 2*y)).times(y * (1 - y)))
	}
	return g
}

// curves lists those of the sizes of code that fit best. Foreshortened ends
// mislead about the size by more than a flat code's do.
func (l *look) curves(s *square) ([]curve, error) {
	type scored struct {
		curve
		rank float64
	}
	guess := (s.across+s.down)/2 + 7
	var list []scored
	for dim := 21; dim <= largestCurve; dim += 4 {
		if float64(dim) < 0.75*guess || float64(dim) > 1.2*guess {
			continue
		}
		if err := l.m.spend(2000 + 60*dim); err != nil {
			return nil, err
		}
		if c, ok := s.newCurve(dim); ok {
			g := c.grid()
			list = append(list, scored{c, l.view.timing(&g)})
		}
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(b.rank, a.rank) })
	var out []curve
	for _, c := range list[:min(len(list), 2)] {
		if c.rank > 0.6 {
			out = append(out, c.curve)
		}
	}
	return out, nil
}

// largestCurve is the size up to which a curve is worth trying: larger codes
// have alignment patterns enough to follow.
const largestCurve = 61

// follow moves the curve to where the modules stand out most.
func (l *look) follow(c curve) (grid, error) {
	best, out := 0.0, grid{}
	try := func(next curve) (bool, error) {
		g := next.grid()
		contrast, err := l.standout(&g)
		if err != nil || contrast <= best {
			return false, err
		}
		best, c, out = contrast, next, g
		return true, nil
	}
	if _, err := try(c); err != nil {
		return out, err
	}
	right, down := c.h.step(0, 0)
	at := float64(c.dim) - 6.5
	if p, ok, err := l.view.alignment(l.m, &out, at, at, 3); err != nil {
		return out, err
	} else if ok {
		next := c
		next.bent[0] = next.bent[0].plus(p.minus(out.at(at, at)))
		if _, err := try(next); err != nil {
			return out, err
		}
	}
	for step, rounds := 0.8, 0; step > 0.1 && rounds < 16; rounds++ {
		moved := false
		for i := range 20 {
			scale := step * [5]float64{1, 4, 4, 8, 8}[i/4]
			d := [4]point{right, down, right.times(-1), down.times(-1)}[i%4].times(scale)
			next := c
			next.bent[i/4] = next.bent[i/4].plus(d)
			better, err := try(next)
			if err != nil {
				return out, err
			}
			moved = moved || better
		}
		if !moved {
			step /= 2
		}
	}
	return out, nil
}

// readCurved reads the code that three patterns span on something round.
func (l *look) readCurved(s *square) (*Symbol, [4]point, error) {
	list, err := l.curves(s)
	if err != nil {
		return nil, [4]point{}, err
	}
	for _, c := range list {
		g := c.grid()
		sample, err := l.view.sample(l.m, &g)
		if err != nil {
			return nil, [4]point{}, err
		}
		if misfits(sample.bits(sample.means(4)), c.dim) > 0.22 || l.m.curves == 0 {
			continue
		}
		l.m.curves--
		gr, err := l.follow(c)
		if err != nil {
			return nil, [4]point{}, err
		}
		result, _, err := l.readGrid(&gr)
		if result != nil || err != nil {
			return l.symbol(result, &gr, err)
		}
	}
	return nil, [4]point{}, nil
}
