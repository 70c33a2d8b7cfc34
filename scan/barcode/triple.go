package barcode

import (
	"cmp"
	"math"
	"slices"
)

// triple is three finder patterns that may be those of one code.
type triple struct {
	corner, right, below pattern // top left, top right, bottom left
	doubt                float64 // how far they are from a square's corner
}

func (t triple) torn() bool { return t.corner.torn || t.right.torn || t.below.torn }

// neighbours is how many of the nearest patterns are tried with each one where
// there are many: those of one code are close together.
const neighbours = 16

// tornNeighbours is how many torn ones are tried besides: a large code seems to
// be full of them, so they must not crowd out the others.
const tornNeighbours = 4

// likeliest is how many triples are kept. A page of a hundred codes has about
// as many that are right.
const likeliest = 1024

// triples lists what may be three corners of a code, the likeliest first.
func triples(m *meter, found []pattern) ([]triple, error) {
	var list []triple
	for i, a := range found {
		near := nearest(found, i)
		if err := m.spend(16*len(found) + 8*len(near)*len(near) + len(near)*len(near)*len(near)/2); err != nil {
			return nil, err
		}
		if len(list) > 4*likeliest {
			list = best(list)
		}
		for j, b := range near {
			for _, c := range near[:j] {
				if t, ok := newTriple(a, b, c); ok {
					t.doubt += 0.2 * float64(min(3, t.holds(near)))
					list = append(list, t)
				}
			}
		}
	}
	return best(list), nil
}

// holds counts the patterns in the square that three span, besides their own. In
// a code there are none; where three are of several codes, there are others of
// those.
func (t triple) holds(near []pattern) (n int) {
	u, v := t.right.minus(t.corner.point), t.below.minus(t.corner.point)
	area := u.cross(v)
	for _, p := range near {
		d := p.minus(t.corner.point)
		x, y := d.cross(v)/area, u.cross(d)/area
		if min(x, y) > -0.1 && max(x, y) < 1.1 && !p.torn && p.point != t.right.point && p.point != t.below.point {
			n++
		}
	}
	return n
}

// best sorts triples and leaves out those that will not be tried.
func best(list []triple) []triple {
	slices.SortStableFunc(list, func(a, b triple) int { return cmp.Compare(a.doubt, b.doubt) })
	return list[:min(len(list), likeliest)]
}

// nearest gives the other patterns, or only the nearest where there are many.
func nearest(found []pattern, i int) []pattern {
	if len(found) <= 3*neighbours {
		return slices.DeleteFunc(slices.Concat(found[:i], found[i+1:]), func(p pattern) bool { return !alike(p, found[i]) })
	}
	return slices.Concat(nearestOf(found, i, false, neighbours), nearestOf(found, i, true, tornNeighbours))
}

// nearestOf gives the n nearest of those that are torn, or of those that are
// not.
func nearestOf(found []pattern, i int, torn bool, n int) []pattern {
	near, far := make([]pattern, 0, n+1), make([]float64, 0, n+1)
	for j, p := range found {
		d := p.minus(found[i].point)
		apart := d.dot(d)
		full := len(near) == n
		if j == i || p.torn != torn || full && apart >= far[n-1] || !alike(p, found[i]) {
			continue
		}
		at, _ := slices.BinarySearch(far, apart)
		near, far = slices.Insert(near, at, p), slices.Insert(far, at, apart)
		near, far = near[:min(len(near), n)], far[:min(len(far), n)]
	}
	return near
}

// alike says whether two patterns may belong to one code: seen at a slant, the
// far one is smaller, but not by more than this.
func alike(a, b pattern) bool {
	r := a.w * a.h / (b.w * b.h)
	return r < 5 && r > 0.2
}

// newTriple takes a for the corner between b and c.
func newTriple(a, b, c pattern) (triple, bool) {
	ab, ac := b.minus(a.point), c.minus(a.point)
	if ab.cross(ac) < 0 {
		b, c, ab, ac = c, b, ac, ab
	}
	cos := math.Abs(ab.dot(ac)) / (ab.length() * ac.length()) // 0 for a square, 0.88 for one seen from the side, a quarter as wide
	if cos > 0.92 || !alike(b, c) {
		return triple{}, false
	}
	// Along a line seen at a slant the modules between two places number the
	// distance over the geometric mean of the module at both.
	across := ab.length() / math.Sqrt(a.module(ab.unit())*b.module(ab.unit()))
	down := ac.length() / math.Sqrt(a.module(ac.unit())*c.module(ac.unit()))
	if min(across, down) < 8 || max(across, down) > 220 || max(across, down) > 2*min(across, down) {
		return triple{}, false
	}
	sizes := [3]float64{a.w * a.h, b.w * b.h, c.w * c.h}
	spread := math.Log(max(sizes[0], sizes[1], sizes[2]) / min(sizes[0], sizes[1], sizes[2]))
	doubt := 2*math.Abs(math.Log(across/down)) + cos + spread/2
	if min(a.hits, b.hits, c.hits) < 2 {
		doubt += 0.3
	}
	for _, p := range [3]pattern{a, b, c} {
		if p.torn {
			doubt += 0.5
		}
	}
	return triple{a, b, c, doubt}, true
}
