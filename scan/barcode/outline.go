package barcode

import "math"

// outline is where a finder pattern lies exactly. Its centre is module 3.5, 3.5
// of its own seven.
type outline struct {
	centre point
	u, v   point // one module along the code's rows, and along its columns

	// corners are those of the dark ring: top left, top right, bottom right,
	// bottom left. They lie reach modules from the centre: 3.5 and what ink
	// and light have added.
	corners [4]point
	reach   float64
	ok      bool // whether the corners are known
}

// trace measures a pattern in grey levels, between two pixels where need be.
// u and v point along the code's axes, one module each, roughly.
func (g raster) trace(p pattern, u, v point) outline {
	o := outline{centre: p.point, u: u, v: v, reach: 3.5}
	level := g.between(p.point, u, v)
	var rings [4]ring
	for range 2 { // the second time from a better centre
		for i, d := range [4]point{o.u, o.v, o.u.times(-1), o.v.times(-1)} {
			rings[i] = g.walk(o.centre, d, level)
		}
		o.adjust(&rings[0], &rings[2], &o.u)
		o.adjust(&rings[1], &rings[3], &o.v)
	}
	thick, n := 0.0, 0
	for _, r := range rings {
		if r.ok {
			thick += r.outer - r.inner
			n++
		}
	}
	if n < 3 {
		return o
	}
	o.reach = 3.5 + min(max((thick/float64(n)-1)/2, -0.4), 0.4)
	return g.square(o, level)
}

// adjust moves the centre between the rings on both sides and takes the module
// from them.
func (o *outline) adjust(after, before *ring, step *point) {
	if !after.ok || !before.ok {
		return
	}
	a, b := after.middle(), before.middle() // 3 modules each, where the step is right
	o.centre = o.centre.plus(step.times((a - b) / 2))
	f := (a + b) / 6
	*step = step.times(f)
	for _, r := range []*ring{after, before} {
		r.inner, r.outer = r.inner/f, r.outer/f
	}
}

// between is the grey halfway from the pattern's dark to its light.
func (g raster) between(c, u, v point) float64 {
	dark, light := g.at(c.x, c.y), 0.0
	for _, d := range [4]point{u, v, u.times(-1), v.times(-1)} {
		p, q := c.plus(d.times(3)), c.plus(d.times(2))
		dark += g.at(p.x, p.y)
		light += g.at(q.x, q.y)
	}
	return (dark/5 + light/4) / 2
}

// ring is where the dark ring begins and ends along a line from the centre, in
// steps of that line.
type ring struct {
	inner, outer float64
	ok           bool
}

func (r ring) middle() float64 { return (r.inner + r.outer) / 2 }

// walk goes outwards over dark, light, dark until light.
func (g raster) walk(c, step point, level float64) ring {
	var crossed [3]float64
	n, by := 0, stride(step)
	before := g.at(c.x, c.y)
	for t := by; t < 6 && n < 3; t += by {
		v := g.at(c.x+t*step.x, c.y+t*step.y)
		if (v < level) != (n%2 == 0) {
			crossed[n] = t - by + by*cut(before, v, level)
			n++
		}
		before = v
	}
	return ring{crossed[1], crossed[2], n == 3 && crossed[0] > 0.5 && crossed[1] < 3.5 && crossed[2] > 2.2}
}

// stride is how far apart the samples along a line are: half a pixel, or an
// eighth of a module where those are large.
func stride(step point) float64 {
	return min(max(0.5/max(step.length(), 0.1), 0.125), 0.5)
}

// cut is where between two samples the level is reached.
func cut(before, after, level float64) float64 {
	if before == after {
		return 0.5
	}
	return min(max((level-before)/(after-before), 0), 1)
}

// square fits a line to each side of the ring, and meets them in the corners.
func (g raster) square(o outline, level float64) outline {
	axes := [4]point{o.v.times(-1), o.u, o.v, o.u.times(-1)} // top, right, bottom, left
	var sides [4]line
	for i, out := range axes {
		along := axes[(i+1)%4]
		var edge []point
		for k := -2.5; k <= 2.5; k++ {
			from := o.centre.plus(out.times(3)).plus(along.times(k))
			if p, ok := g.leave(from, out, level); ok {
				edge = append(edge, p)
			}
		}
		if len(edge) < 4 {
			return o
		}
		sides[i] = fitLine(without(edge))
	}
	for i := range 4 {
		p, ok := sides[i].meet(sides[(i+3)%4]) // top with left, right with top, …
		if !ok || math.Abs(p.away(o.centre)-math.Sqrt2*o.reach*o.u.plus(o.v).length()/math.Sqrt2) > 3*o.reach*o.u.length() {
			return o
		}
		o.corners[i] = p
	}
	o.ok = true
	return o
}

// leave goes from a dark place outwards until it is light.
func (g raster) leave(from, step point, level float64) (point, bool) {
	before := g.at(from.x, from.y)
	if before >= level {
		return point{}, false
	}
	by := stride(step)
	for t := by; t < 1.6; t += by {
		v := g.at(from.x+t*step.x, from.y+t*step.y)
		if v >= level {
			return from.plus(step.times(t - by + by*cut(before, v, level))), true
		}
		before = v
	}
	return point{}, false
}

// without leaves out the point that is farthest from the line through all.
func without(points []point) []point {
	l, far, worst := fitLine(points), 0, 0.0
	for i, p := range points {
		if d := math.Abs(l.n.dot(p) - l.d); d > worst {
			far, worst = i, d
		}
	}
	return append(points[:far], points[far+1:]...)
}
