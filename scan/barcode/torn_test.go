package barcode_test

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// A code is read though all its finder patterns are torn in the same way: each
// has lost its corners, has a spot on the middle of a side, or touches
// something dark.
func TestTornPatternsAreRead(t *testing.T) {
	const text, module, quiet = "https://shop.example/c/0001?v=AQx0", 4, 4
	for name, tear := range map[string]func(page draw.Image, pattern image.Rectangle){
		"corners": func(page draw.Image, p image.Rectangle) {
			for _, corner := range []image.Point{p.Min, {p.Max.X, p.Min.Y}, p.Max, {p.Min.X, p.Max.Y}} {
				fill(page, image.Rectangle{corner, corner}.Inset(-3*module/2), color.White)
			}
		},
		"spot": func(page draw.Image, p image.Rectangle) {
			y := (p.Min.Y + p.Max.Y) / 2
			fill(page, image.Rect(p.Min.X, y-2, p.Min.X+module, y+3), color.White)
		},
		"dark side": func(page draw.Image, p image.Rectangle) {
			fill(page, image.Rect(p.Min.X-2*module, p.Min.Y, p.Min.X, p.Max.Y), color.Black)
		},
	} {
		t.Run(name, func(t *testing.T) {
			code := qr(t, text)
			page := image.NewGray(code.Bounds())
			draw.Draw(page, page.Rect, code, code.Bounds().Min, draw.Src)
			const side = 7 * module
			far := page.Rect.Dx() - quiet*module - side
			for _, at := range []image.Point{{quiet * module, quiet * module}, {far, quiet * module}, {quiet * module, far}} {
				tear(page, image.Rectangle{at, at.Add(image.Pt(side, side))})
			}
			read(t, page, text)
		})
	}
}

func fill(page draw.Image, r image.Rectangle, c color.Color) {
	draw.Draw(page, r, image.NewUniform(c), image.Point{}, draw.Src)
}
