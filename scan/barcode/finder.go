package barcode

import "math"

// pattern is a finder pattern of a QR code: a dark square in a light ring in a
// dark ring, of which every line through the middle is cut 1:1:3:1:1.
type pattern struct {
	point
	w, h float64 // how long the lines through the middle are, along the row and the column
	hits int     // how many rows it was seen in
	torn bool    // its corners are not as they should be
}

// module is about the side of one module along a direction, from the lengths of
// the lines along row and column.
func (p pattern) module(d point) float64 {
	return 1 / math.Hypot(d.x/p.w, d.y/p.h) / 7
}

// maxPatterns bounds the finder patterns of one view. A page of a hundred codes
// has 300; a picture with more than this was made to keep the reader busy.
const maxPatterns = 1000

// finder collects the finder patterns of a view.
type finder struct {
	bits  bitmap
	found []pattern
	cells []int32 // for each square of the view the last pattern in it, plus one
	next  []int32 // for each pattern the one before it in its square, plus one
	wide  int     // squares in a row
	edges []int   // where the row changes, kept to be used again
	torn  bool    // whether torn patterns are looked for as well
}

const cell = 16

// reset makes the finder ready for another view.
func (f *finder) reset(bits bitmap) {
	wide := bits.w/cell + 1
	n := wide * (bits.h/cell + 1)
	if cap(f.cells) < n {
		f.cells = make([]int32, n)
	}
	*f = finder{bits: bits, wide: wide, cells: f.cells[:n], found: f.found[:0], next: f.next[:0], edges: f.edges}
	clear(f.cells)
}

// search looks along every step-th row. crowded says that it gave up for too
// many patterns; those found until then are kept.
func (f *finder) search(m *meter, step int) (crowded bool, err error) {
	for y := step / 2; y < f.bits.h; y += step {
		if err := m.spend(f.bits.w); err != nil {
			return false, err
		}
		if err := f.searchRow(m, y); err != nil {
			return false, err
		}
		if len(f.found) > maxPatterns {
			return true, nil
		}
	}
	return false, nil
}

// searchRow tries every five runs of the row that are cut as a pattern is.
func (f *finder) searchRow(m *meter, y int) error {
	row := f.bits.dark[y*f.bits.w : (y+1)*f.bits.w]
	edges, last := f.edges[:0], byte(0)
	for x, v := range row {
		if v != last {
			edges = append(edges, x)
			last = v
		}
	}
	if last == 1 {
		edges = append(edges, len(row))
	}
	f.edges = edges
	for i := 0; i+5 < len(edges); i += 2 { // dark runs begin at even places
		e := edges[i : i+6]
		first, last := e[1]-e[0], e[5]-e[4]
		if f.torn {
			first, last = apart(first, e[2]-e[1], e[4]-e[3], last)
		}
		if !isPattern(first, e[2]-e[1], e[3]-e[2], e[4]-e[3], last) {
			continue
		}
		x, w := float64(e[2]+e[3])/2, float64(e[4]-e[1]+first+last)
		if f.known(x, float64(y), w) {
			continue
		}
		if err := m.spend(int(8 * w)); err != nil {
			return err
		}
		confirm := f.confirm
		if f.torn {
			confirm = f.confirmTorn
		}
		if p, ok := confirm(int(x), y, w); ok {
			f.keep(p)
		}
	}
	return nil
}

// isPattern says whether five runs are in the ratio 1:1:3:1:1. Ink and light
// spread over edges, which makes all dark runs longer and all light ones
// shorter, or the other way round; a dark run and a light one together keep
// their length, so those are measured, and the single ones only roughly.
func isPattern(a, b, c, d, e int) bool {
	t := a + b + c + d + e
	if t < 7 || 14*c < 3*t || 3*c > 2*t || 28*min(a, b, d, e) < t || c < max(b, d) {
		return false
	}
	slack := 2*t/5 + 5
	return near(7*(a+b), 2*t, slack) && near(7*(d+e), 2*t, slack) &&
		near(7*(b+c), 4*t, slack+t/5) && near(7*(c+d), 4*t, slack+t/5)
}

// apart cuts the outer dark run on one side, a or e, where something dark
// touches the pattern there, to the length of the one on the other side.
func apart(a, b, d, e int) (int, int) {
	switch {
	case a > 2*b+2 && e <= 2*d+2:
		return e, e
	case e > 2*d+2 && a <= 2*b+2:
		return a, a
	}
	return a, e
}

func near(a, b, slack int) bool {
	return a-b <= slack && b-a <= slack
}

// confirm looks at the column, the row and the diagonals through a place that
// a row crosses as it does a pattern.
func (f *finder) confirm(x, y int, w float64) (pattern, bool) {
	limit := int(3*w) + 4
	_, cy, h, ok := f.through(x, y, 0, 1, limit)
	if !ok {
		return pattern{}, false
	}
	cx, _, w, ok := f.through(x, int(cy), 1, 0, limit)
	if !ok || unlike(w, h) {
		return pattern{}, false
	}
	p := pattern{point: point{cx, cy}, w: w, h: h, hits: 1}
	return p, f.diagonal(p, limit)
}

// unlike says whether a pattern's width and height are too different for one that
// can be read, however much it is seen from the side.
func unlike(w, h float64) bool { return w > 6*h || h > 6*w }

func (f *finder) diagonal(p pattern, limit int) bool {
	_, _, _, falling := f.through(int(p.x), int(p.y), 1, 1, limit)
	_, _, _, rising := f.through(int(p.x), int(p.y), 1, -1, limit)
	return falling || rising
}

// confirmTorn makes do with less. A spot of dirt may hide the very middle, so
// the columns beside it do as well, and the row that is known instead of the
// middle one. Something dark may touch a side. Corners may be missing.
func (f *finder) confirmTorn(x, y int, w float64) (pattern, bool) {
	f.torn = false
	p, ok := f.confirm(x, y, w)
	f.torn = true
	if ok {
		return p, true
	}
	limit := int(3*w) + 4
	for _, off := range [3]int{0, -int(w / 9), int(w / 9)} {
		_, cy, h, ok := f.through(x+off, y, 0, 1, limit)
		if !ok || unlike(w, h) {
			continue
		}
		p := pattern{point: point{float64(x), cy}, w: w, h: h, hits: 1, torn: true}
		if cx, _, across, ok := f.through(x, int(cy), 1, 0, limit); ok {
			p.x, p.w = cx, across
		}
		return p, f.diagonal(p, limit) || f.core(p, 1) && f.core(p, -1)
	}
	return pattern{}, false
}

// core says whether a diagonal through the middle shows at least the dark
// square and what parts it from the ring, whose corners may be torn off or
// printed round.
func (f *finder) core(p pattern, dy int) bool {
	x, y, limit := int(p.x), int(p.y), int(max(p.w, p.h))
	after, before := f.runs(x, y, 1, dy, limit), f.runs(x-1, y-dy, -1, -dy, limit)
	size := min(p.w, p.h) / 7
	n := float64(after[0] + before[0])
	return n > 1.5*size && n < 5*max(p.w, p.h)/7 && float64(min(after[1], before[1])) > size/3 &&
		after[0] < 3*before[0]+2 && before[0] < 3*after[0]+2
}

// through walks from a dark pixel both ways along dx, dy and checks the five
// runs that it crosses. It gives the middle of the pattern and how many steps
// it is across.
func (f *finder) through(x, y, dx, dy, limit int) (cx, cy, across float64, ok bool) {
	if x < 0 || y < 0 || x >= f.bits.w || y >= f.bits.h || f.bits.dark[y*f.bits.w+x] == 0 {
		return 0, 0, 0, false
	}
	after := f.runs(x, y, dx, dy, limit)
	before := f.runs(x-dx, y-dy, -dx, -dy, limit)
	if f.torn {
		before[2], after[2] = apart(before[2], before[1], after[1], after[2])
	}
	if min(after[1], after[2], before[1], before[2]) == 0 ||
		!isPattern(before[2], before[1], before[0]+after[0], after[1], after[2]) {
		return 0, 0, 0, false
	}
	// The middle of the dark square and that of its ring, by how sharp each is.
	shift := (float64(after[0]-before[0]) + float64(after[0]+after[1]-before[0]-before[1])) / 4
	half := 0.5
	return float64(x) + half*float64(1-dx*dx) + shift*float64(dx),
		float64(y) + half*float64(1-dy*dy) + shift*float64(dy),
		float64(before[0] + before[1] + before[2] + after[0] + after[1] + after[2]), true
}

// runs counts the dark, light and dark pixels from a place on. The picture's
// edge ends a run as a change does.
func (f *finder) runs(x, y, dx, dy, limit int) (n [3]int) {
	colour, i := byte(1), 0
	for range limit {
		if x < 0 || y < 0 || x >= f.bits.w || y >= f.bits.h {
			break
		}
		if f.bits.dark[y*f.bits.w+x] != colour {
			if i == 2 {
				break
			}
			i++
			colour = 1 - colour
		}
		n[i]++
		x, y = x+dx, y+dy
	}
	return n
}

// known counts a hit for the pattern that is there already, if one is. A torn
// one may be seen whole along another row.
func (f *finder) known(x, y, w float64) bool {
	i := f.around(point{x, y}, w)
	if i < 0 || f.found[i].torn {
		return false
	}
	f.found[i].hits++
	return true
}

// around gives the pattern of about that size whose middle square holds p, or
// -1.
func (f *finder) around(p point, w float64) int {
	reach := 2 * w / 7
	for cy := max(0, int(p.y-reach)/cell); cy <= min(int(p.y+reach), f.bits.h-1)/cell; cy++ {
		for cx := max(0, int(p.x-reach)/cell); cx <= min(int(p.x+reach), f.bits.w-1)/cell; cx++ {
			for i := f.cells[cy*f.wide+cx] - 1; i >= 0; i = f.next[i] - 1 {
				q := f.found[i]
				if math.Abs(q.x-p.x) <= q.w/5 && math.Abs(q.y-p.y) <= q.h/3.5 && w < 1.5*q.w && q.w < 1.5*w {
					return int(i)
				}
			}
		}
	}
	return -1
}

// keep adds a pattern, unless its middle is that of another.
func (f *finder) keep(p pattern) {
	if i := f.around(p.point, p.w); i >= 0 {
		q := &f.found[i]
		if q.torn && !p.torn && int(q.y)/cell == int(p.y)/cell && int(q.x)/cell == int(p.x)/cell {
			p.hits = q.hits
			*q = p
		}
		q.hits++
		return
	}
	f.found = append(f.found, p)
	at := min(int(p.y), f.bits.h-1)/cell*f.wide + min(int(p.x), f.bits.w-1)/cell
	f.next = append(f.next, f.cells[at])
	f.cells[at] = int32(len(f.found))
}
