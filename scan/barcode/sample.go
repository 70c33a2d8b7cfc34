package barcode

import (
	"math"

	"github.com/makiuchi-d/gozxing"
)

// modules is the grey of every module of a code.
type modules struct {
	dim  int
	grey []float64
}

// sample takes the grey in the middle of every module; of large ones the mean
// of five places, against noise.
func (g raster) sample(m *meter, gr *grid) (modules, error) {
	s := modules{gr.dim, make([]float64, gr.dim*gr.dim)}
	right, down := gr.h.step(float64(gr.dim)/2, float64(gr.dim)/2)
	large := min(right.length(), down.length()) > 3.5
	for y := range gr.dim {
		if err := m.spend(gr.dim * 60); err != nil {
			return s, err
		}
		for x := range gr.dim {
			p := gr.at(float64(x)+0.5, float64(y)+0.5)
			v := g.at(p.x, p.y)
			if large {
				const off = 0.22
				v = v + g.at(p.x+off*right.x, p.y+off*right.y) + g.at(p.x-off*right.x, p.y-off*right.y) +
					g.at(p.x+off*down.x, p.y+off*down.y) + g.at(p.x-off*down.x, p.y-off*down.y)
				v /= 5
			}
			s.grey[y*gr.dim+x] = v
		}
	}
	return s, nil
}

// sharpened takes back some of what the neighbours' light has spilled over.
func (s modules) sharpened(f float64) modules {
	out := modules{s.dim, make([]float64, len(s.grey))}
	for y := range s.dim {
		for x := range s.dim {
			v, sum := s.grey[y*s.dim+x], 0.0
			for _, d := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
				nx, ny := min(max(x+d[0], 0), s.dim-1), min(max(y+d[1], 0), s.dim-1)
				sum += s.grey[ny*s.dim+nx]
			}
			out.grey[y*s.dim+x] = v + f*(4*v-sum)
		}
	}
	return out
}

// means is the mean of the modules around each, reach to every side.
func (s modules) means(reach int) []float64 {
	w := s.dim + 1
	sums := make([]float64, w*w)
	for y := range s.dim {
		row := 0.0
		for x := range s.dim {
			row += s.grey[y*s.dim+x]
			sums[(y+1)*w+x+1] = sums[y*w+x+1] + row
		}
	}
	out := make([]float64, len(s.grey))
	for y := range s.dim {
		y0, y1 := max(0, y-reach), min(s.dim, y+reach+1)
		for x := range s.dim {
			x0, x1 := max(0, x-reach), min(s.dim, x+reach+1)
			sum := sums[y1*w+x1] - sums[y0*w+x1] - sums[y1*w+x0] + sums[y0*w+x0]
			out[y*s.dim+x] = sum / float64((y1-y0)*(x1-x0))
		}
	}
	return out
}

// contrast is how far the modules are from the mean around them: greatest
// where the grid fits.
func (s modules) contrast() float64 {
	sum := 0.0
	for i, level := range s.means(4) {
		sum += math.Abs(s.grey[i] - level)
	}
	return sum / float64(len(s.grey))
}

// halfway is the grey between the darkest and the lightest of the modules
// around each.
func (s modules) halfway(reach int) []float64 {
	out := make([]float64, len(s.grey))
	for y := range s.dim {
		for x := range s.dim {
			lo, hi := math.Inf(1), math.Inf(-1)
			for ny := max(0, y-reach); ny < min(s.dim, y+reach+1); ny++ {
				for _, v := range s.grey[ny*s.dim+max(0, x-reach) : ny*s.dim+min(s.dim, x+reach+1)] {
					lo, hi = min(lo, v), max(hi, v)
				}
			}
			out[y*s.dim+x] = (lo + hi) / 2
		}
	}
	return out
}

// bits is the code as read with a level for each module.
func (s modules) bits(levels []float64) []bool {
	out := make([]bool, len(s.grey))
	for i, v := range s.grey {
		out[i] = v < levels[i]
	}
	return out
}

// misfits is the share of the modules of the finder patterns and the timing
// lines that have the wrong colour.
func misfits(bits []bool, dim int) float64 {
	wrong, all := 0, 0
	check := func(x, y int, dark bool) {
		all++
		if bits[y*dim+x] != dark {
			wrong++
		}
	}
	for i := range 64 {
		x, y := i%8, i/8 // the pattern's seven modules and what parts it from the code
		ring := max(x-3, 3-x, y-3, 3-y)
		dark := ring != 2 && ring != 4
		check(x, y, dark)
		check(dim-1-x, y, dark)
		check(x, dim-1-y, dark)
	}
	for i := 8; i < dim-8; i++ {
		check(i, 6, i%2 == 0)
		check(6, i, i%2 == 0)
	}
	return float64(wrong) / float64(all)
}

func matrix(bits []bool, dim int) (*gozxing.BitMatrix, error) {
	b, err := gozxing.NewSquareBitMatrix(dim)
	if err != nil {
		return nil, err
	}
	for i, dark := range bits {
		if dark {
			b.Set(i%dim, i/dim)
		}
	}
	return b, nil
}
