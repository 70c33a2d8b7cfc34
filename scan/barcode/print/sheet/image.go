package sheet

import (
	"image"
	"image/draw"
	"math"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/vector"
)

// dotsPerMillimetre make 300 to the inch, as fine as an office printer is.
const dotsPerMillimetre = 300 / 25.4

// Image gives the sheet as a picture of 1240 x 1748 pixels, 300 to the inch: for a
// preview, or a printer that takes nothing else. Each call makes a new one.
func (s *Sheet) Image() image.Image {
	d := s.drawing
	img := image.NewRGBA(image.Rect(0, 0, dots(d.width), dots(d.height)))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	pen := vector.NewRasterizer(img.Rect.Dx(), img.Rect.Dy())
	for _, p := range d.paths {
		p.shift(dotsPerMillimetre, point{}).trace(pen)
	}
	pen.Draw(img, img.Rect, image.Black, image.Point{})
	if d.logo != nil {
		at := image.Rect(dots(d.logoAt.x), dots(d.logoAt.y), dots(d.logoAt.x+d.logoAt.width), dots(d.logoAt.y+d.logoAt.height))
		xdraw.CatmullRom.Scale(img, at, d.logo, d.logo.Bounds(), draw.Src, nil)
	}
	return img
}

func dots(mm float64) int { return int(math.Round(mm * dotsPerMillimetre)) }

// trace draws the loops of a path.
func (p path) trace(pen *vector.Rasterizer) {
	for _, s := range p {
		at := make([]float32, 0, 6)
		for _, q := range s.points {
			at = append(at, float32(q.x), float32(q.y))
		}
		switch {
		case s.begins:
			pen.ClosePath()
			pen.MoveTo(at[0], at[1])
		case len(at) == 2:
			pen.LineTo(at[0], at[1])
		case len(at) == 4:
			pen.QuadTo(at[0], at[1], at[2], at[3])
		case len(at) == 6:
			pen.CubeTo(at[0], at[1], at[2], at[3], at[4], at[5])
		}
	}
	pen.ClosePath()
}
