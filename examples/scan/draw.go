package main

import (
	"fmt"
	"image"
	"image/color"
	imagedraw "image/draw"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/anyscan/anyscan/examples/internal/program"
	"github.com/anyscan/anyscan/scan/barcode"
)

// draw writes the picture to dir, as PNG, with an outline of every code. The
// name is the whole path with _ for what parts it, so that files of the same name
// stay apart.
func draw(dir, file string, img image.Image, symbols []barcode.Symbol) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	b := img.Bounds()
	out := image.NewRGBA(b)
	imagedraw.Draw(out, b, img, b.Min, imagedraw.Src)
	thick := max(1, max(b.Dx(), b.Dy())/400)
	for _, s := range symbols {
		for i, p := range s.Corners {
			stroke(out, p, s.Corners[(i+1)%len(s.Corners)], thick)
		}
	}
	name := strings.Trim(strings.NewReplacer("/", "_", `\`, "_", ":", "_").Replace(filepath.Clean(file)), "_")
	err := program.WriteFile(filepath.Join(dir, name+".png"), func(f *os.File) error { return png.Encode(f, out) })
	if err != nil {
		return fmt.Errorf("drawing %s: %w", file, err)
	}
	return nil
}

// stroke draws a line, thick pixels to every side. Corners may lie far outside
// the picture; only what is inside is drawn.
func stroke(out *image.RGBA, from, to image.Point, thick int) {
	red := image.NewUniform(color.RGBA{R: 230, G: 0, B: 60, A: 255})
	d := to.Sub(from)
	steps := min(max(d.X, -d.X, d.Y, -d.Y, 1), 100_000)
	for i := range steps + 1 {
		p := image.Pt(from.X+d.X*i/steps, from.Y+d.Y*i/steps)
		dot := image.Rectangle{p, p.Add(image.Pt(1, 1))}.Inset(-thick)
		imagedraw.Draw(out, dot, red, image.Point{}, imagedraw.Src)
	}
}
