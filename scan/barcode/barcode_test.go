package barcode_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

const address = "https://shop.example/c/7Q2M?v=AQx0"

// qr is a QR code of 4 pixels a module, black on white.
func qr(t *testing.T, text string) image.Image {
	t.Helper()
	code, err := print.QR(text, &print.Options{Scale: 4})
	if err != nil {
		t.Fatal(err)
	}
	return code.Image()
}

func code128(t *testing.T, text string, scale int) image.Image {
	t.Helper()
	code, err := print.Code128(text, &print.Options{Scale: scale})
	if err != nil {
		t.Fatal(err)
	}
	return code.Image()
}

// read decodes img, which must say want.
func read(t *testing.T, img image.Image, want string) barcode.Symbol {
	t.Helper()
	symbols, err := barcode.Decode(t.Context(), img, nil)
	if err != nil {
		t.Fatalf("want %q: %v", want, err)
	}
	if got := symbols[0].Text; got != want {
		t.Fatalf("read %q, want %q", got, want)
	}
	return symbols[0]
}

// as copies a picture into another kind of picture, off the origin.
func as(img image.Image, into func(image.Rectangle) draw.Image) image.Image {
	b := img.Bounds()
	dst := into(b.Add(image.Pt(-7, 11)))
	draw.Draw(dst, dst.Bounds(), img, b.Min, draw.Src)
	return dst
}

func TestEveryKindOfPictureIsRead(t *testing.T) {
	code := qr(t, address)
	palette := color.Palette{color.White, color.Black}
	for name, img := range map[string]image.Image{
		"gray":     as(code, func(r image.Rectangle) draw.Image { return image.NewGray(r) }),
		"gray16":   as(code, func(r image.Rectangle) draw.Image { return image.NewGray16(r) }),
		"rgba":     as(code, func(r image.Rectangle) draw.Image { return image.NewRGBA(r) }),
		"nrgba":    as(code, func(r image.Rectangle) draw.Image { return image.NewNRGBA(r) }),
		"rgba64":   as(code, func(r image.Rectangle) draw.Image { return image.NewRGBA64(r) }),
		"cmyk":     as(code, func(r image.Rectangle) draw.Image { return image.NewCMYK(r) }),
		"paletted": as(code, func(r image.Rectangle) draw.Image { return image.NewPaletted(r, palette) }),
		"ycbcr":    compress(t, as(code, func(r image.Rectangle) draw.Image { return image.NewRGBA(r) }), 90),
		"own kind": struct{ image.Image }{code},
		"clear":    onClear(code),
		"inverted": inverted(code),
	} {
		t.Run(name, func(t *testing.T) {
			s := read(t, img, address)
			onCode(t, s.Corners, func(p image.Point) image.Point { return p.Add(img.Bounds().Min) })
		})
	}
}

// onClear has the dark modules alone; the rest is transparent.
func onClear(img image.Image) image.Image {
	dst := image.NewNRGBA(img.Bounds())
	for i := range dst.Rect.Dx() * dst.Rect.Dy() {
		x, y := i%dst.Rect.Dx(), i/dst.Rect.Dx()
		if r, _, _, _ := img.At(x, y).RGBA(); r == 0 {
			dst.Set(x, y, color.Black)
		}
	}
	return dst
}

func inverted(img image.Image) image.Image {
	dst := image.NewGray(img.Bounds())
	draw.Draw(dst, dst.Rect, img, image.Point{}, draw.Src)
	for i := range dst.Pix {
		dst.Pix[i] = 255 - dst.Pix[i]
	}
	return dst
}

// A part of a larger picture lends its pixels: rows have gaps, and the corner
// is not the origin.
func TestPartsOfPictures(t *testing.T) {
	code := qr(t, address)
	page := image.NewGray(image.Rect(-50, -50, 900, 700))
	draw.Draw(page, page.Rect, image.NewUniform(color.Gray{120}), image.Point{}, draw.Src)
	at := image.Pt(400, 300)
	draw.Draw(page, code.Bounds().Add(at), code, image.Point{}, draw.Src)
	colour := image.NewYCbCr(page.Rect, image.YCbCrSubsampleRatio420)
	for y := page.Rect.Min.Y; y < page.Rect.Max.Y; y++ {
		copy(colour.Y[colour.YOffset(-50, y):], page.Pix[page.PixOffset(-50, y):page.PixOffset(-50, y)+page.Rect.Dx()])
	}
	part := image.Rect(380, 280, 600, 520)
	for _, img := range []image.Image{page, colour, page.SubImage(part), colour.SubImage(part)} {
		s := read(t, img, address)
		onCode(t, s.Corners, func(p image.Point) image.Point { return p.Add(at) })
	}
}

// onCode checks the corners of the code that qr(address) gives: 29 modules of 4
// pixels inside a border of 16.
func onCode(t *testing.T, got []image.Point, move func(image.Point) image.Point) {
	t.Helper()
	const near, far = 16, 16 + 29*4
	within(t, got, 6, move, image.Pt(near, near), image.Pt(far, near), image.Pt(far, far), image.Pt(near, far))
}

func within(t *testing.T, got []image.Point, slack int, move func(image.Point) image.Point, want ...image.Point) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("corners %v, want %d", got, len(want))
	}
	for i, p := range want {
		if d := got[i].Sub(move(p)); max(d.X, -d.X, d.Y, -d.Y) > slack {
			t.Errorf("corner %d is %v, want %v ± %d", i, got[i], move(p), slack)
		}
	}
}

func TestMirroredCode(t *testing.T) {
	code := qr(t, address)
	side := code.Bounds().Dx()
	mirror := image.NewGray(code.Bounds())
	for i := range mirror.Pix {
		mirror.Set(i%side, i/side, code.At(side-1-i%side, i/side))
	}
	s := read(t, mirror, address)
	onCode(t, s.Corners, func(p image.Point) image.Point { return image.Pt(side-p.X, p.Y) })
}

// Of several codes all come back, nearest the middle first, and only those of
// the formats that were asked for.
func TestAllCodesNearestTheMiddleFirst(t *testing.T) {
	a, b, c := qr(t, address), code128(t, "1001", 2), qr(t, address+"2")
	page := image.NewGray(image.Rect(0, 0, 400, 500))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(page, a.Bounds(), a, image.Point{}, draw.Src)
	draw.Draw(page, b.Bounds().Add(image.Pt(120, 220)), b, image.Point{}, draw.Src)
	draw.Draw(page, c.Bounds().Add(image.Pt(220, 310)), c, image.Point{}, draw.Src)
	for _, test := range []struct {
		formats []barcode.Format
		want    []string
	}{
		{nil, []string{"1001", address + "2", address}},
		{[]barcode.Format{barcode.QR}, []string{address + "2", address}},
		{[]barcode.Format{barcode.Code128}, []string{"1001"}},
		{[]barcode.Format{barcode.QR, barcode.Code128}, []string{"1001", address + "2", address}},
	} {
		for _, effort := range []barcode.Effort{barcode.Still, barcode.Frame} {
			symbols, err := barcode.Decode(t.Context(), page, &barcode.Options{Formats: test.formats, Effort: effort})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range symbols {
				got = append(got, s.Text)
				if len(s.Raw) == 0 || s.Pass == "" {
					t.Errorf("%q: no codewords or pass", s.Text)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%v: -want +got:\n%s", test.formats, diff)
			}
		}
	}
	notFound(t, a, []barcode.Format{barcode.Code128})
	notFound(t, b, []barcode.Format{barcode.QR})
}

// Goroutines share one reader, and each gets what its own picture says.
func TestReaderIsShared(t *testing.T) {
	var reader barcode.Reader
	var all sync.WaitGroup
	for i := range 8 {
		want := fmt.Sprint(address, i)
		picture := qr(t, want)
		all.Go(func() {
			for range 5 {
				symbols, err := reader.Decode(t.Context(), picture, nil)
				if err != nil || len(symbols) != 1 || symbols[0].Text != want {
					t.Errorf("%v, %v; want %s", symbols, err, want)
				}
			}
		})
	}
	all.Wait()
}
