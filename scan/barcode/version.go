package barcode

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// dims lists how many modules a side the code may have, the likeliest first:
// what its version information says, then what fits the distance between its
// patterns and its timing lines, which alternate dark and light.
func (g raster) dims(s *square) []int {
	guess := (s.across+s.down)/2 + 7
	slack := max(3.0, guess/8)
	type scored struct {
		dim  int
		rank float64
	}
	var list []scored
	for dim := 21; dim <= 177; dim += 4 {
		off := math.Abs(float64(dim) - guess)
		if off > slack {
			continue
		}
		if h, ok := s.plane(dim); ok {
			list = append(list, scored{dim, g.timing(&grid{dim: dim, h: h}) - off/slack/4})
		}
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Compare(b.rank, a.rank) })
	var out []int
	if guess > 38 {
		out = g.versions(s)
	}
	for _, c := range list {
		if !slices.Contains(out, c.dim) {
			out = append(out, c.dim)
		}
	}
	return out
}

// timing says how well both timing lines alternate: 1 is perfectly, 0 is not
// at all.
func (g raster) timing(gr *grid) float64 {
	sum, all := 0.0, 0.0
	for _, across := range []bool{true, false} {
		before, sign := 0.0, 1.0
		for i := 7; i <= gr.dim-8; i++ {
			x, y := float64(i)+0.5, 6.5
			if !across {
				x, y = y, x
			}
			p := gr.at(x, y)
			v := g.at(p.x, p.y)
			if i > 7 {
				sum += sign * (v - before)
				all += math.Abs(v - before)
				sign = -sign
			}
			before = v
		}
	}
	// Light comes first: the line goes down into the dark module 8.
	return -sum / max(all, 1)
}

// versions reads the two copies of the version information next to the upper
// right and the lower left pattern, each in its pattern's own frame, which
// holds well so close to it.
func (g raster) versions(s *square) []int {
	var out []int
	for _, o := range []struct {
		at   outline
		u, v point
	}{{s.tr, s.tr.u, s.tr.v}, {s.bl, s.bl.v, s.bl.u}} {
		if version, ok := g.version(o.at.centre, o.u, o.v); ok && !slices.Contains(out, 17+4*version) {
			out = append(out, 17+4*version)
		}
	}
	return out
}

// version reads three modules by six: u goes from the pattern's centre away
// from the block, v along it.
func (g raster) version(c, u, v point) (int, bool) {
	level := g.between(c, u, v)
	word := 0
	for i := range 18 {
		p := c.plus(u.times(float64(i%3) - 7)).plus(v.times(float64(i/3) - 3))
		if g.at(p.x, p.y) < level {
			word |= 1 << i
		}
	}
	best, errors := 0, 4
	for version := 7; version <= 40; version++ {
		if n := bits.OnesCount(uint(word ^ versionWord(version))); n < errors {
			best, errors = version, n
		}
	}
	return best, best > 0
}

// versionWord is a version and its check bits, after ISO/IEC 18004 annex D.
func versionWord(version int) int {
	const generator = 0x1f25
	rest := version << 12
	for i := 17; i >= 12; i-- {
		if rest&(1<<i) != 0 {
			rest ^= generator << (i - 12)
		}
	}
	return version<<12 | rest
}
