package barcode

import (
	"context"
	"image"
	"image/color"
	"image/draw"
)

// raster is a grey picture: one byte a pixel, 0 is black.
type raster struct {
	w, h   int
	stride int
	pix    []byte
}

// newRaster gives img as grey. Pictures that hold a grey plane already lend
// it, since asking an image.Image for one pixel at a time costs more than
// reading the code. The result is only read.
func newRaster(ctx context.Context, img image.Image) (raster, error) {
	size := img.Bounds().Size()
	switch src := img.(type) {
	case *image.Gray:
		return raster{size.X, size.Y, src.Stride, src.Pix}, nil
	case *image.YCbCr:
		return raster{size.X, size.Y, src.YStride, src.Y}, nil
	}
	return drawn(ctx, img)
}

// drawn converts any picture row by row. Package draw has a fast path for each
// common kind, and shows what is transparent on white, as a viewer would.
func drawn(ctx context.Context, img image.Image) (raster, error) {
	b := img.Bounds()
	g := raster{b.Dx(), b.Dy(), b.Dx(), make([]byte, b.Dx()*b.Dy())}
	row := image.NewRGBA(image.Rect(0, 0, g.w, 1))
	for y := range g.h {
		if err := ended(ctx); err != nil {
			return raster{}, err
		}
		draw.Draw(row, row.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(row, row.Rect, img, b.Min.Add(image.Pt(0, y)), draw.Over)
		out := g.row(y)
		for x := range out {
			c := row.Pix[4*x : 4*x+3]
			out[x], _, _ = color.RGBToYCbCr(c[0], c[1], c[2])
		}
	}
	return g, nil
}

func (g raster) row(y int) []byte {
	return g.pix[y*g.stride : y*g.stride+g.w]
}

// shrink averages squares of f × f pixels into one, and leaves out what does
// not fill a square. The result has no gaps between its rows; it may be empty.
func (g raster) shrink(f int) raster {
	s := raster{w: g.w / f, h: g.h / f}
	s.stride, s.pix = s.w, make([]byte, s.w*s.h)
	sums := make([]uint32, s.w)
	for y := range s.h {
		clear(sums)
		for sub := range f {
			row := g.row(y*f + sub)
			for x := range sums {
				for _, v := range row[x*f : x*f+f] {
					sums[x] += uint32(v)
				}
			}
		}
		for x, sum := range sums {
			s.pix[y*s.w+x] = byte(sum / uint32(f*f))
		}
	}
	return s
}

// enlarge doubles both sides. Between two pixels it puts their average, since
// steps of whole pixels would not help a reader that counts them.
func (g raster) enlarge() raster {
	s := raster{w: 2 * g.w, h: 2 * g.h}
	s.stride, s.pix = s.w, make([]byte, s.w*s.h)
	for y := range s.h {
		a, b := g.row(y/2), g.row(min((y+1)/2, g.h-1))
		for x := range s.w {
			l, r := x/2, min((x+1)/2, g.w-1)
			s.pix[y*s.w+x] = byte((int(a[l]) + int(a[r]) + int(b[l]) + int(b[r])) / 4)
		}
	}
	return s
}

// invert swaps dark and light in place.
func (g raster) invert() {
	for i, v := range g.pix {
		g.pix[i] = 255 - v
	}
}

// turn rotates the picture by a quarter: its columns become rows.
func (g raster) turn() raster {
	t := raster{w: g.h, h: g.w, stride: g.h, pix: make([]byte, g.w*g.h)}
	for y := range g.h {
		for x, v := range g.row(y) {
			t.pix[x*t.stride+y] = v
		}
	}
	return t
}
