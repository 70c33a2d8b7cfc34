package print

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	xdraw "golang.org/x/image/draw"

	"github.com/anyscan/anyscan/scan/barcode"
)

// logoRoom is the square in the middle of a QR code that a logo may hide, in
// modules: a fifth of the code without its border. Neither finder patterns nor
// timing reach there.
func logoRoom(size image.Point) image.Rectangle {
	n := size.X - 2*quietZone
	side := (n/5 - 1) | 1 // odd, as n is: so it has a middle
	low := (size.X - side) / 2
	return image.Rect(low, low, low+side, low+side)
}

// makeRoom takes the modules under the logo away.
func (c *Code) makeRoom(logo image.Image) {
	room := logoRoom(c.Size())
	for y := room.Min.Y; y < room.Max.Y; y++ {
		clear(c.modules[y][room.Min.X:room.Max.X])
	}
	c.logo = onGround(logo)
}

// onGround is the logo in the middle of a white square, a sixteenth of which stays
// free on each side.
func onGround(logo image.Image) *image.RGBA {
	b := logo.Bounds()
	side := max(b.Dx(), b.Dy())
	side += 2 * max(1, side/14)
	ground := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(ground, ground.Rect, image.White, image.Point{}, draw.Src)
	at := b.Sub(b.Min).Add(image.Pt((side-b.Dx())/2, (side-b.Dy())/2))
	draw.Draw(ground, at, logo, b.Min, draw.Over)
	return ground
}

// proveLogo makes sure that a logo is no code itself: some readers would open that
// one, whatever the code around it says. It is looked at by itself, so that the size
// which the code is drawn in does not matter; a small one is enlarged until readers
// would see a code of one pixel a module.
func proveLogo(logo *image.RGBA) error {
	const enough = 128
	times := (enough + logo.Rect.Dx() - 1) / logo.Rect.Dx()
	large := image.NewRGBA(image.Rectangle{Max: logo.Rect.Size().Mul(times)})
	xdraw.NearestNeighbor.Scale(large, large.Rect, logo, logo.Rect, draw.Src, nil)
	symbols, err := barcode.Decode(context.Background(), large, nil)
	if err != nil {
		return nil // as it should be
	}
	return &OptionError{"Logo", fmt.Sprintf("is a code itself, a %s: a payer could be led there", string(symbols[0].Format))}
}

// Logo is what is drawn over the code and where, in modules: a square picture with
// its light ground. It is nil where there is none. Each call makes a new one.
func (c *Code) Logo() (picture image.Image, at image.Rectangle) {
	if c.logo == nil {
		return nil, image.Rectangle{}
	}
	own := *c.logo
	own.Pix = bytes.Clone(own.Pix)
	return &own, logoRoom(c.Size())
}

// withLogo is the picture of a code with its logo drawn over it.
func (c *Code) withLogo(img image.Image) image.Image {
	all := image.NewRGBA(img.Bounds())
	draw.Draw(all, all.Rect, img, image.Point{}, draw.Src)
	room := logoRoom(c.Size())
	at := image.Rectangle{Min: room.Min.Mul(c.scale), Max: room.Max.Mul(c.scale)}
	xdraw.CatmullRom.Scale(all, at, c.logo, c.logo.Rect, draw.Src, nil)
	return all
}

// logoURL is the logo as an address that holds it (RFC 2397).
func (c *Code) logoURL() (string, error) {
	var file bytes.Buffer
	if err := png.Encode(&file, c.logo); err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(file.Bytes()), nil
}
