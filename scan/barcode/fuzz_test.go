package barcode_test

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"strings"
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
	for _, kind := range []string{"png", "jpeg"} {
		f.Add(withEXIF(file(f, kind, dot), tiff("II", 6)))
	}
	f.Add(sampleFile(f, "qr-held.webp"))
	f.Add(sampleFile(f, "qr-held-lossy.webp"))
	f.Add([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"))
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

// FuzzCode damages a code's picture anywhere, with any strength: what is read,
// if anything, is what was written.
func FuzzCode(f *testing.F) {
	f.Add("https://shop.example/c/7Q2M", uint64(1), uint16(0), uint8(0))
	f.Add("TABLE 7", uint64(7), uint16(300), uint8(90))
	f.Add("收款", uint64(3), uint16(2000), uint8(255))
	f.Fuzz(func(t *testing.T, text string, seed uint64, places uint16, strength uint8) {
		if len(text) == 0 || len(text) > 200 || !utf8.ValidString(text) || strings.ContainsRune(text, 0xfeff) {
			return
		}
		code, err := print.QR(text, &print.Options{Scale: 3})
		if err != nil {
			return
		}
		img := image.NewGray(code.Image().Bounds())
		draw.Draw(img, img.Rect, code.Image(), image.Point{}, draw.Src)
		r := rand.New(rand.NewPCG(seed, 1))
		for range places {
			at := r.IntN(len(img.Pix))
			img.Pix[at] ^= uint8(r.IntN(int(strength) + 1))
		}
		symbols, err := barcode.Decode(t.Context(), img, &barcode.Options{Effort: barcode.Frame})
		if err != nil {
			typed(t, err)
			return
		}
		if symbols[0].Text != text {
			t.Fatalf("wrote %q, read %q", text, symbols[0].Text)
		}
	})
}

func decodes(t *testing.T, img image.Image) {
	t.Helper()
	symbols, err := barcode.Decode(t.Context(), img, &barcode.Options{Effort: barcode.Frame})
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
