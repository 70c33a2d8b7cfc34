package print

import (
	"image"
	"image/color"
	"image/png"
	"io"
)

// Image gives the code as a picture of two colours, black on white, with its
// border and perhaps a logo in its own colours. Each call makes a new one.
func (c *Code) Image() image.Image {
	size := c.Size().Mul(c.scale)
	img := image.NewPaletted(image.Rectangle{Max: size}, color.Palette{color.White, color.Black})
	for y := range size.Y {
		row := img.Pix[y*img.Stride : y*img.Stride+size.X]
		for x := range row {
			if c.modules[y/c.scale][x/c.scale] {
				row[x] = 1
			}
		}
	}
	if c.logo != nil {
		return c.withLogo(img)
	}
	return img
}

// PNG writes the code as a PNG file, of one bit a pixel where it has no logo. The
// error is that of w.
func (c *Code) PNG(w io.Writer) error {
	return png.Encode(w, c.Image())
}
