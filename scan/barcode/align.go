package barcode

import "math"

// meshed is the size from which a code has alignment patterns inside as well.
const meshed = 45

// bend finds the alignment patterns of a code and lets the grid go through
// them. The first sought is the one opposite the corner, which gives the tilt;
// of larger codes all the others, which follow the paper.
func (g raster) bend(m *meter, s *square, dim int) (grid, error) {
	h, ok := s.plane(dim)
	if !ok {
		return grid{}, nil
	}
	out := grid{dim: dim, h: h}
	if dim < 25 {
		return out, nil
	}
	reach := 2.5 + float64(dim)/20
	if dim >= meshed {
		reach = 2.5
		if err := g.mesh(m, s, &out); err != nil || out.nodes != nil {
			return out, err
		}
		reach = 2.5 + float64(dim)/20
	}
	at := float64(dim) - 6.5
	p, ok, err := g.alignment(m, &out, at, at, reach)
	if err != nil || !ok {
		return out, err
	}
	if exact, ok := s.through(dim, at, p); ok {
		out.h = exact
	}
	return out, nil
}

// alignment looks for a pattern near the place x, y of the code: a dark module
// in a light ring in a dark ring. It compares grey levels, since in a
// threshold's picture a module of two pixels is often lost.
func (g raster) alignment(m *meter, gr *grid, x, y, reach float64) (point, bool, error) {
	c := gr.at(x, y)
	u, v := gr.at(x+1, y).minus(c), gr.at(x, y+1).minus(c)
	if size := max(u.length(), v.length()); size > float64(g.w) || size < 0.5 {
		return point{}, false, nil
	}
	best, bx, by := 0.0, 0.0, 0.0
	try := func(dx, dy float64) {
		score := g.likeness(c.plus(u.times(dx)).plus(v.times(dy)), u, v)
		score *= 1 - 0.25*math.Hypot(dx, dy)/(reach+1)
		if score > best {
			best, bx, by = score, dx, dy
		}
	}
	steps := int(2 * reach)
	if err := m.spend(25 * 8 * (2*steps + 1) * (2*steps + 1)); err != nil {
		return point{}, false, err
	}
	for i := -steps; i <= steps; i++ {
		for j := -steps; j <= steps; j++ {
			try(float64(i)/2, float64(j)/2)
		}
	}
	for by2 := 0.25; by2 > 0.05; by2 /= 2 {
		cx, cy := bx, by
		for i := range 9 {
			try(cx+by2*float64(i%3-1), cy+by2*float64(i/3-1))
		}
	}
	return c.plus(u.times(bx)).plus(v.times(by)), best > 0.45, nil
}

// likeness says how much five modules by five around c look like an alignment
// pattern: 1 is perfectly.
func (g raster) likeness(c, u, v point) float64 {
	var sum, square, with float64
	for i := range 25 {
		x, y := i%5-2, i/5-2
		p := c.plus(u.times(float64(x))).plus(v.times(float64(y)))
		w := g.at(p.x, p.y)
		sum, square = sum+w, square+w*w
		if max(x, -x, y, -y) == 1 {
			with += w
		}
	}
	// Pearson's correlation with eight light modules among 25.
	variance := square/25 - sum*sum/625
	if variance < 16 {
		return 0
	}
	const share = 8. / 25
	return (with/25 - share*sum/25) / math.Sqrt(variance*share*(1-share))
}

// mesh finds all alignment patterns of a large code, each from where those
// before it led one to expect it.
func (g raster) mesh(m *meter, s *square, out *grid) error {
	places := alignmentPlaces(out.dim)
	n := len(places)
	shift, seen := make([]point, n*n), make([]bool, n*n)
	if s.tl.ok {
		known := out.h.at(6.5, 6.5)
		shift[0], seen[0] = s.tl.inner(2, 2).minus(known), true
	}
	if s.tr.ok {
		shift[n-1], seen[n-1] = s.tr.inner(3, 3).minus(out.h.at(places[n-1], 6.5)), true
	}
	if s.bl.ok {
		shift[n*n-n], seen[n*n-n] = s.bl.inner(1, 1).minus(out.h.at(6.5, places[n-1])), true
	}
	found := 0
	for ring := 1; ring <= 2*(n-1); ring++ { // by distance from the upper left
		for j := range n {
			i := ring - j
			if i < 0 || i >= n || seen[j*n+i] {
				continue
			}
			corner := (i == 0 || i == n-1) && (j == 0 || j == n-1) && i+j < 2*(n-1)
			expected := foretell(shift, seen, n, i, j)
			local := grid{dim: out.dim, h: out.h}
			base := out.h.at(places[i], places[j])
			if corner {
				shift[j*n+i] = expected
				continue
			}
			p, ok, err := g.alignmentAt(m, &local, places[i], places[j], expected)
			if err != nil {
				return err
			}
			if ok {
				shift[j*n+i], seen[j*n+i] = p.minus(base), true
				found++
			} else {
				shift[j*n+i] = expected
			}
		}
	}
	if found*4 < n*n-3 && found < 3 {
		return nil
	}
	smooth(shift, seen, n)
	out.nodes, out.shift = places, shift
	return nil
}

func (g raster) alignmentAt(m *meter, gr *grid, x, y float64, expected point) (point, bool, error) {
	moved := *gr
	moved.h = homography{1, 0, expected.x, 0, 1, expected.y, 0, 0, 1}.of(gr.h)
	return g.alignment(m, &moved, x, y, 1.75)
}

// foretell guesses the shift of a node from those already seen around it: each
// neighbour's own, carried on by how it changed from the one before.
func foretell(shift []point, seen []bool, n, i, j int) point {
	var sum point
	count := 0.0
	for _, d := range [3][2]int{{-1, 0}, {0, -1}, {-1, -1}} {
		x, y := i+d[0], j+d[1]
		if x < 0 || y < 0 {
			continue
		}
		guess, weight := shift[y*n+x], 0.25
		if seen[y*n+x] {
			weight = 1
		}
		x2, y2 := x+d[0], y+d[1]
		if x2 >= 0 && y2 >= 0 && seen[y*n+x] && seen[y2*n+x2] {
			guess = guess.plus(guess.minus(shift[y2*n+x2]))
			weight = 1.5
		}
		sum, count = sum.plus(guess.times(weight)), count+weight
	}
	if count == 0 {
		return point{}
	}
	return sum.times(1 / count)
}

// smooth gives each node that was not seen the mean of those around it that
// were.
func smooth(shift []point, seen []bool, n int) {
	for i := range shift {
		if seen[i] {
			continue
		}
		var sum point
		weight := 0.0
		for k := range shift {
			if !seen[k] {
				continue
			}
			dx, dy := float64(k%n-i%n), float64(k/n-i/n)
			w := 1 / math.Pow(dx*dx+dy*dy, 1.5)
			sum, weight = sum.plus(shift[k].times(w)), weight+w
		}
		if weight > 0 {
			shift[i] = sum.times(1 / weight)
		}
	}
}

// inner is the place three modules from the pattern's centre towards corner i,
// which lies in the middle of its ring.
func (o *outline) inner(i, _ int) point {
	return o.centre.plus(o.corners[i].minus(o.centre).times(3 / o.reach))
}

// alignmentPlaces is where in rows and columns the alignment patterns have
// their centres, after ISO/IEC 18004 annex E: evenly spread from the far end,
// in even steps, so that only the first step may be shorter.
func alignmentPlaces(dim int) []float64 {
	version := (dim - 17) / 4
	n := version/7 + 2
	step := (dim - 13 + 2*(n-1) - 1) / (2 * (n - 1)) * 2
	if version == 32 { // the one that breaks the rule
		step = 26
	}
	places := make([]float64, n)
	places[0] = 6.5
	for i := 1; i < n; i++ {
		places[i] = float64(dim) - 6.5 - float64((n-1-i)*step)
	}
	return places
}
