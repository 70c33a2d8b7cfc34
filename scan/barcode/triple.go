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

// neighbours is how many of the nearest patterns are tried with each one where
// there are many: those of one code are close together.
const neighbours = 16

// triples lists what may be three corners of a code, the likeliest first.
func triples(m *meter, found []pattern) ([]triple, error) {
	var list []triple
	for i, a := range found {
		near := nearest(found, i)
		if err := m.spend(16*len(found) + 8*len(near)*len(near)); err != nil {
			return nil, err
		}
		for j, b := range near {
			for _, c := range near[:j] {
				if t, ok := newTriple(a, b, c); ok {
					list = append(list, t)
				}
			}
		}
	}
	slices.SortStableFunc(list, func(a, b triple) int { return cmp.Compare(a.doubt, b.doubt) })
	return list, nil
}

// nearest gives the other patterns, or only the nearest where there are many.
func nearest(found []pattern, i int) []pattern {
	rest := make([]pattern, 0, len(found))
	for j, p := range found {
		if j != i && alike(p, found[i]) {
			rest = append(rest, p)
		}
	}
	if len(rest) > 3*neighbours {
		from := found[i].point
		slices.SortFunc(rest, func(a, b pattern) int { return cmp.Compare(a.away(from), b.away(from)) })
		rest = rest[:neighbours]
	}
	return rest
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
	cos := math.Abs(ab.dot(ac)) / (ab.length() * ac.length())
	if cos > 0.7 || !alike(b, c) {
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
	return triple{a, b, c, doubt}, true
}
