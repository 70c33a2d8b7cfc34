package barcode_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"testing"
	"unicode/utf8"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// Whatever the bytes of a file are, there is a picture within the limits or a
// typed error.
func FuzzReadImage(f *testing.F) {
	dot := image.NewPaletted(image.Rect(0, 0, 50, 44), color.Palette{color.White, color.Black})
	for _, kind := range []string{"png", "jpeg", "gif"} {
		data := file(f, kind, dot)
		f.Add(data)
		f.Add(data[:len(data)/2])
		f.Add(file(f, kind, tiled(10)))
	}
	f.Add(hugePNG(50_000, 50_000))
	f.Add([]byte("\xff\xd8\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		opts := &barcode.Options{MaxPixels: 40_000, MaxBytes: 1 << 16}
		img, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), opts)
		if err != nil {
			typed(t, err)
			return
		}
		if size := img.Bounds(); size.Dx()*size.Dy() > opts.MaxPixels {
			t.Fatalf("a picture of %v", size)
		}
		decodes(t, img)
	})
}

// Whatever the pixels of a picture are, there is a symbol with text in UTF-8 or
// a typed error.
func FuzzDecode(f *testing.F) {
	small := &print.Options{Scale: 2}
	square, err := print.QR("A1", small)
	if err != nil {
		f.Fatal(err)
	}
	bars, err := print.Code128("A", small)
	if err != nil {
		f.Fatal(err)
	}
	for _, img := range []image.Image{square.Image(), bars.Image(), tiled(5), stripes(64, 50)} {
		pix := image.NewGray(img.Bounds())
		draw.Draw(pix, pix.Rect, img, image.Point{}, draw.Src)
		f.Add(uint8(pix.Stride), pix.Pix)
	}
	f.Fuzz(func(t *testing.T, width uint8, pix []byte) {
		if width == 0 || len(pix) > 1<<13 {
			return
		}
		w := int(width)
		decodes(t, &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, len(pix)/w)})
	})
}

func decodes(t *testing.T, img image.Image) {
	t.Helper()
	symbols, err := barcode.Decode(t.Context(), img, nil)
	if err != nil {
		typed(t, err)
	}
	if (err == nil) != (len(symbols) > 0) {
		t.Fatalf("%d symbols and error %v", len(symbols), err)
	}
	for _, s := range symbols {
		if !utf8.ValidString(s.Text) || len(s.Raw) == 0 || len(s.Corners) < 2 {
			t.Fatalf("half a symbol: %+v", s)
		}
	}
}
