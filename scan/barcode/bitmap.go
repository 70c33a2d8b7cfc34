package barcode

// bitmap says of each pixel of a view whether it is dark.
type bitmap struct {
	w, h int
	dark []byte // 1 is dark, 0 is light, row after row without gaps
}

// block is the side of the squares for which a threshold is found each.
const block = 8

// threshold marks as dark what is no lighter than its surroundings, five
// blocks wide: light that falls unevenly does not matter. Where a block has
// hardly any contrast it is taken for paper, unless its neighbours say that it
// lies inside something dark.
func (g raster) threshold(m *meter, a *arena) (bitmap, error) {
	if g.w < 5*block || g.h < 5*block {
		return g.level(m, a)
	}
	bw, bh := (g.w+block-1)/block, (g.h+block-1)/block
	levels := a.bytes(bw * bh)
	for by := range bh {
		if err := m.spend(g.w * block); err != nil {
			return bitmap{}, err
		}
		for bx := range bw {
			levels[by*bw+bx] = g.blockLevel(levels, bw, bx, by)
		}
	}
	b := bitmap{g.w, g.h, a.bytes(g.w * g.h)}
	for by := range bh {
		if err := m.spend(g.w * block); err != nil {
			return bitmap{}, err
		}
		cy := min(max(by, 2), bh-3)
		for bx := range bw {
			cx, sum := min(max(bx, 2), bw-3), 0
			for y := cy - 2; y <= cy+2; y++ {
				for _, l := range levels[y*bw+cx-2 : y*bw+cx+3] {
					sum += int(l)
				}
			}
			x1 := min(bx*block+block, g.w)
			for y := by * block; y < min(by*block+block, g.h); y++ {
				src := g.row(y)[bx*block : x1]
				darker(b.dark[y*g.w+bx*block:y*g.w+x1], src, uint32(sum/25))
			}
		}
	}
	return b, nil
}

// blockLevel is the grey that parts dark from light in one block. levels holds
// those of the blocks above and to the left.
func (g raster) blockLevel(levels []byte, bw, bx, by int) byte {
	x0, y0 := min(bx*block, g.w-block), min(by*block, g.h-block)
	sum, lo, hi := uint32(0), byte(255), byte(0)
	for y := y0; y < y0+block; y++ {
		for _, v := range g.pix[y*g.stride+x0 : y*g.stride+x0+block] {
			sum += uint32(v)
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if hi-lo > 24 {
		return byte(sum / (block * block))
	}
	level := lo / 2
	if bx > 0 && by > 0 {
		at := by*bw + bx
		around := (int(levels[at-bw]) + 2*int(levels[at-1]) + int(levels[at-bw-1])) / 4
		if int(lo) < around {
			level = byte(around)
		}
	}
	return level
}

// level parts the whole view at one grey: the one that leaves the least
// variance on both sides (Otsu 1979).
func (g raster) level(m *meter, a *arena) (bitmap, error) {
	var count [256]int
	for y := range g.h {
		if err := m.spend(2 * g.w); err != nil {
			return bitmap{}, err
		}
		for _, v := range g.row(y) {
			count[v]++
		}
	}
	t := otsu(&count)
	b := bitmap{g.w, g.h, a.bytes(g.w * g.h)}
	for y := range g.h {
		darker(b.dark[y*g.w:(y+1)*g.w], g.row(y), t)
	}
	return b, nil
}

func otsu(count *[256]int) uint32 {
	total, sum := 0, 0
	for v, n := range count {
		total += n
		sum += v * n
	}
	best, t := -1.0, 0
	below, belowSum := 0, 0
	for v, n := range count {
		below += n
		belowSum += v * n
		above := total - below
		if below == 0 || above == 0 {
			continue
		}
		d := float64(belowSum)/float64(below) - float64(sum-belowSum)/float64(above)
		if between := float64(below) * float64(above) * d * d; between > best {
			best, t = between, v
		}
	}
	return uint32(t)
}

// darker sets dst to 1 where src is at most t. It has no branch: pixels of a
// code are what no branch predictor foresees.
func darker(dst, src []byte, t uint32) {
	dst = dst[:len(src)]
	for i, v := range src {
		dst[i] = byte((uint32(v) - t - 1) >> 31)
	}
}
