package barcode

import "image"

// raster is a grey picture: one byte a pixel, 0 is black.
type raster struct {
	w, h   int
	stride int
	pix    []byte
}

func (g raster) row(y int) []byte {
	return g.pix[y*g.stride : y*g.stride+g.w]
}

// part is a window on the picture.
func (g raster) part(r image.Rectangle) raster {
	return raster{r.Dx(), r.Dy(), g.stride, g.pix[r.Min.Y*g.stride+r.Min.X:]}
}

// at is the grey between the four pixels around a place; beyond the edge the
// last pixel goes on.
func (g raster) at(x, y float64) float64 {
	x, y = x-0.5, y-0.5
	if !(x > 0) {
		x = 0
	}
	if !(y > 0) {
		y = 0
	}
	x, y = min(x, float64(g.w-1)), min(y, float64(g.h-1))
	i, j := int(x), int(y)
	fx, fy := x-float64(i), y-float64(j)
	at := j*g.stride + i
	right, down := 1, g.stride
	if i == g.w-1 {
		right = 0
	}
	if j == g.h-1 {
		down = 0
	}
	a, b := float64(g.pix[at]), float64(g.pix[at+right])
	c, d := float64(g.pix[at+down]), float64(g.pix[at+down+right])
	top, bottom := a+fx*(b-a), c+fx*(d-c)
	return top + fy*(bottom-top)
}

// shrink averages squares of f × f pixels into one, and leaves out what does
// not fill a square. The result has no gaps between its rows; it may be empty.
func (g raster) shrink(m *meter, a *arena, f int) (raster, error) {
	s := raster{w: g.w / f, h: g.h / f}
	s.stride, s.pix = s.w, a.bytes(s.w*s.h)
	sums, over := make([]uint32, s.w), uint32(f*f)
	for y := range s.h {
		if err := m.spend(g.w * f); err != nil {
			return s, err
		}
		clear(sums)
		for sub := range f {
			row := g.row(y*f + sub)
			for x := range sums {
				sum := uint32(0)
				for _, v := range row[x*f : x*f+f] {
					sum += uint32(v)
				}
				sums[x] += sum
			}
		}
		for x, sum := range sums {
			s.pix[y*s.w+x] = byte(sum / over)
		}
	}
	return s, nil
}

// enlarge doubles both sides. Between two pixels it puts their average, since
// steps of whole pixels would not help a reader that counts them.
func (g raster) enlarge(m *meter, a *arena) (raster, error) {
	s := raster{w: 2 * g.w, h: 2 * g.h}
	s.stride, s.pix = s.w, a.bytes(4*g.w*g.h)
	for y := range s.h {
		if err := m.spend(s.w); err != nil {
			return s, err
		}
		a, b := g.row(y/2), g.row(min((y+1)/2, g.h-1))
		for x := range s.w {
			l, r := x/2, min((x+1)/2, g.w-1)
			s.pix[y*s.w+x] = byte((int(a[l]) + int(a[r]) + int(b[l]) + int(b[r])) / 4)
		}
	}
	return s, nil
}

// sharpen adds one and a half times what a pixel differs by from the mean of the
// five rows and columns around it (an unsharp mask); beyond the edge the last pixel
// goes on.
func (g raster) sharpen(m *meter, a *arena) (raster, error) {
	s := raster{g.w, g.h, g.w, a.bytes(g.w * g.h)}
	sums := make([]int, g.w) // of five rows, one for each column
	for y := -3; y < 2; y++ {
		g.addRow(sums, y, 1)
	}
	for y := range g.h {
		if err := m.spend(3 * g.w); err != nil {
			return s, err
		}
		g.addRow(sums, y+2, 1)
		g.addRow(sums, y-3, -1)
		sum := 0 // of five columns
		for x := -3; x < 2; x++ {
			sum += sums[min(max(x, 0), g.w-1)]
		}
		for x, v := range g.row(y) {
			sum += sums[min(x+2, g.w-1)] - sums[max(x-3, 0)]
			s.pix[y*s.w+x] = byte(min(max(int(v)+(25*int(v)-sum)*3/50, 0), 255))
		}
	}
	return s, nil
}

// addRow adds a row times f to sums.
func (g raster) addRow(sums []int, y, f int) {
	for x, v := range g.row(min(max(y, 0), g.h-1)) {
		sums[x] += f * int(v)
	}
}

// inverted swaps dark and light.
func (g raster) inverted(a *arena) raster {
	s := raster{g.w, g.h, g.w, a.bytes(g.w * g.h)}
	for y := range g.h {
		out := s.pix[y*s.w : (y+1)*s.w]
		for x, v := range g.row(y) {
			out[x] = 255 - v
		}
	}
	return s
}
