package barcode

import "math"

// point is a place in a picture: pixel (i, j) covers i to i+1, j to j+1.
type point struct{ x, y float64 }

func (p point) plus(q point) point    { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point   { return point{p.x - q.x, p.y - q.y} }
func (p point) times(f float64) point { return point{f * p.x, f * p.y} }
func (p point) length() float64       { return math.Hypot(p.x, p.y) }
func (p point) cross(q point) float64 { return p.x*q.y - p.y*q.x }
func (p point) dot(q point) float64   { return p.x*q.x + p.y*q.y }
func (p point) unit() point           { return p.times(1 / max(p.length(), 1e-12)) }
func (p point) away(q point) float64  { return p.minus(q).length() }

// line is all points p with n·p = d; n has length 1.
type line struct {
	n point
	d float64
}

// meet is the point that two lines share.
func (a line) meet(b line) (point, bool) {
	det := a.n.cross(b.n)
	if math.Abs(det) < 0.1 { // nearly parallel
		return point{}, false
	}
	return point{(a.d*b.n.y - b.d*a.n.y) / det, (b.d*a.n.x - a.d*b.n.x) / det}, true
}

// fitLine is the line that has the least squared distance to the points.
func fitLine(points []point) line {
	var mean point
	for _, p := range points {
		mean = mean.plus(p)
	}
	mean = mean.times(1 / float64(len(points)))
	var xx, xy, yy float64
	for _, p := range points {
		d := p.minus(mean)
		xx, xy, yy = xx+d.x*d.x, xy+d.x*d.y, yy+d.y*d.y
	}
	angle := 0.5 * math.Atan2(2*xy, xx-yy) // of the line itself
	n := point{-math.Sin(angle), math.Cos(angle)}
	return line{n, n.dot(mean)}
}

// homography maps the plane of a code to the picture, as a pinhole camera does.
type homography [9]float64

func (h *homography) at(x, y float64) point {
	w := 1 / (h[6]*x + h[7]*y + h[8])
	return point{(h[0]*x + h[1]*y + h[2]) * w, (h[3]*x + h[4]*y + h[5]) * w}
}

// step is where the next module to the right and the next one below lie, seen
// from the place x, y of the code.
func (h *homography) step(x, y float64) (right, down point) {
	c := h.at(x, y)
	return h.at(x+1, y).minus(c), h.at(x, y+1).minus(c)
}

// pair says that a place in the code lies at a point of the picture.
type pair struct {
	code, picture point
	weight        float64
}

// fitHomography gives the map that fits four or more pairs best, in weighted
// least squares. Both sides are moved to their centre and scaled to about one,
// without which the equations lose most digits.
func fitHomography(pairs []pair) (homography, bool) {
	cm, cs := frame(pairs, func(p pair) point { return p.code })
	pm, ps := frame(pairs, func(p pair) point { return p.picture })
	var eq [8][9]float64 // the normal equations
	for _, p := range pairs {
		s, d := p.code.minus(cm).times(cs), p.picture.minus(pm).times(ps)
		eq = add(eq, [9]float64{s.x, s.y, 1, 0, 0, 0, -s.x * d.x, -s.y * d.x, d.x}, p.weight)
		eq = add(eq, [9]float64{0, 0, 0, s.x, s.y, 1, -s.x * d.y, -s.y * d.y, d.y}, p.weight)
	}
	v, ok := solve(&eq)
	if !ok {
		return homography{}, false
	}
	h := homography{v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], 1}
	// Back to the units of the code, then to those of the picture.
	in := homography{cs, 0, -cs * cm.x, 0, cs, -cs * cm.y, 0, 0, 1}
	out := homography{1 / ps, 0, pm.x, 0, 1 / ps, pm.y, 0, 0, 1}
	return out.of(h.of(in)), true
}

// of is the map that applies b first.
func (h homography) of(b homography) homography {
	var c homography
	for i := range 9 {
		r, k := i/3*3, i%3
		c[i] = h[r]*b[k] + h[r+1]*b[3+k] + h[r+2]*b[6+k]
	}
	return c
}

func frame(pairs []pair, side func(pair) point) (mean point, scale float64) {
	for _, p := range pairs {
		mean = mean.plus(side(p))
	}
	mean = mean.times(1 / float64(len(pairs)))
	sum := 0.0
	for _, p := range pairs {
		sum += side(p).away(mean)
	}
	return mean, float64(len(pairs)) / max(sum, 1e-9)
}

func add(eq [8][9]float64, row [9]float64, weight float64) [8][9]float64 {
	for i := range 8 {
		f := weight * row[i]
		for j := range 9 {
			eq[i][j] += f * row[j]
		}
	}
	return eq
}

// solve is Gauss's elimination with pivots.
func solve(eq *[8][9]float64) (v [8]float64, ok bool) {
	for c := range 8 {
		best := c
		for r := c + 1; r < 8; r++ {
			if math.Abs(eq[r][c]) > math.Abs(eq[best][c]) {
				best = r
			}
		}
		eq[c], eq[best] = eq[best], eq[c]
		if math.Abs(eq[c][c]) < 1e-12 {
			return v, false
		}
		for r := range 8 {
			if r == c {
				continue
			}
			f := eq[r][c] / eq[c][c]
			for k := c; k < 9; k++ {
				eq[r][k] -= f * eq[c][k]
			}
		}
	}
	for i := range 8 {
		v[i] = eq[i][8] / eq[i][i]
	}
	return v, true
}
