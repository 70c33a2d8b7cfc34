package barcode

import (
	"context"
	"image"
	"image/color"
	"image/draw"
)

// newRaster gives img as grey. Pictures that hold a grey plane already lend
// it, since asking an image.Image for one pixel at a time costs more than
// reading the code. The result is only read.
func newRaster(ctx context.Context, img image.Image, a *arena) (raster, error) {
	size := img.Bounds().Size()
	switch src := img.(type) {
	case *image.Gray:
		return raster{size.X, size.Y, src.Stride, src.Pix}, nil
	case *image.YCbCr:
		return raster{size.X, size.Y, src.YStride, src.Y}, nil
	}
	convert := rowsOf(img)
	g := raster{size.X, size.Y, size.X, a.bytes(size.X * size.Y)}
	for y := range g.h {
		for x := 0; x < g.w; x += piece {
			if err := ended(ctx); err != nil {
				return raster{}, err
			}
			convert(g.row(y)[x:min(x+piece, g.w)], x, y)
		}
	}
	return g, nil
}

// piece is how many pixels are made grey between two looks at the context. A
// row may be the whole picture.
const piece = 1 << 14

// rowsOf gives what turns a part of row y of img, from x on, into grey. What is
// transparent is shown on white, as a viewer would.
func rowsOf(img image.Image) func(out []byte, x, y int) {
	switch src := img.(type) {
	case *image.Paletted:
		return paletted(src)
	case *image.RGBA:
		return func(out []byte, x, y int) {
			row := src.Pix[y*src.Stride+4*x:]
			for i := range out {
				c := row[4*i : 4*i+4]
				out[i] = min(grey(c[0], c[1], c[2]), c[3]) + 255 - c[3]
			}
		}
	case *image.NRGBA:
		return func(out []byte, x, y int) {
			row := src.Pix[y*src.Stride+4*x:]
			for i := range out {
				c := row[4*i : 4*i+4]
				v, alpha := uint32(grey(c[0], c[1], c[2])), uint32(c[3])
				out[i] = byte((v*alpha + 255*(255-alpha)) / 255)
			}
		}
	}
	return drawn(img)
}

func paletted(src *image.Paletted) func(out []byte, x, y int) {
	var greys [256]byte
	for i, c := range src.Palette[:min(len(src.Palette), 256)] {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		v, alpha := uint32(grey(n.R, n.G, n.B)), uint32(n.A)
		greys[i] = byte((v*alpha + 255*(255-alpha)) / 255)
	}
	return func(out []byte, x, y int) {
		row := src.Pix[y*src.Stride+x:]
		for i := range out {
			out[i] = greys[row[i]]
		}
	}
}

// drawn converts any picture. Package draw has a fast path for each common
// kind.
func drawn(img image.Image) func(out []byte, x, y int) {
	b := img.Bounds()
	row := image.NewRGBA(image.Rect(0, 0, min(b.Dx(), piece), 1))
	return func(out []byte, x, y int) {
		r := image.Rect(0, 0, len(out), 1)
		draw.Draw(row, r, image.White, image.Point{}, draw.Src)
		draw.Draw(row, r, img, b.Min.Add(image.Pt(x, y)), draw.Over)
		for i := range out {
			c := row.Pix[4*i : 4*i+3]
			out[i] = grey(c[0], c[1], c[2])
		}
	}
}

// grey is the luma of ITU-R BT.601, as a JPEG's Y plane has it.
func grey(r, g, b byte) byte {
	return byte((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}
