package barcode_test

import (
	"bytes"
	"errors"
	"image"
	"os"
	"path/filepath"
	"testing"

	"github.com/anyscan/anyscan/scan/barcode"
)

// sample is a picture in testdata, and how it was made.
type sample struct {
	name string                       // the extension says which kind of file
	text string                       // what it says; empty where it holds no code
	make func(*testing.T) image.Image // nil where another program did
}

// The samples in WebP and those turned by EXIF data come from another program
// (sharp, which is libvips): it turned or mirrored qr.png, wrote into the file
// how that is undone, and read it back upright.
func samples() []sample {
	photo := func(code func(*testing.T) image.Image, s shot) func(*testing.T) image.Image {
		return func(t *testing.T) image.Image {
			img, _ := photograph(t, code(t), s)
			return img
		}
	}
	square := func(t *testing.T) image.Image { return qr(t, address) }
	bars := func(t *testing.T) image.Image { return code128(t, "TABLE-0042", 2) }
	return []sample{
		{"qr.png", address, square},
		{"qr.gif", address, square},
		{"qr-held.png", address, nil},
		{"qr-held.webp", address, nil},
		{"qr-held-lossy.webp", address, nil},
		{"qr-inverted.png", address, func(t *testing.T) image.Image { return inverted(square(t)) }},
		{"qr-photo.jpg", address, photo(square, shot{scale: 1, degrees: 7, tilt: 0.1, quality: 60})},
		{"qr-upside-down.jpg", address, photo(square, shot{scale: 0.5, degrees: 184, quality: 60})},
		{"qr-utf8.png", "https://例え.example/☕", func(t *testing.T) image.Image { return qr(t, "https://例え.example/☕") }},
		{"code128.png", "TABLE-0042", bars},
		{"code128-photo.jpg", "TABLE-0042", photo(bars, shot{scale: 1.3, degrees: 7, tilt: 0.05, quality: 60})},
		{"code128-turned.jpg", "TABLE-0042", photo(bars, shot{scale: 1.2, degrees: 92, quality: 60})},
		{"stripes.png", "", func(*testing.T) image.Image { return stripes(200, 100) }},
		{"crowd.png", "", func(*testing.T) image.Image { return tiled(24) }},
	}
}

// ANYSCAN_UPDATE=1 writes testdata anew; then, as always, it is read.
func TestSamples(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			path := filepath.Join("testdata", s.name)
			if os.Getenv("ANYSCAN_UPDATE") == "1" && s.make != nil {
				writeSample(t, path, s.make(t))
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			img, err := barcode.ReadImage(t.Context(), bytes.NewReader(data), nil)
			if err != nil {
				t.Fatal(err)
			}
			symbols, err := barcode.Decode(t.Context(), img, nil)
			switch {
			case s.text == "" && err == nil:
				t.Errorf("read %q where there is no code", symbols[0].Text)
			case s.text == "":
				typed(t, err)
			case err != nil:
				t.Error(err)
			case symbols[0].Text != s.text:
				t.Errorf("read %q, want %q", symbols[0].Text, s.text)
			}
		})
	}
}

func writeSample(t *testing.T, path string, img image.Image) {
	t.Helper()
	kinds := map[string]string{".png": "png", ".jpg": "jpeg", ".gif": "gif"}
	err := os.WriteFile(path, file(t, kinds[filepath.Ext(path)], img), 0o644)
	if err = errors.Join(err, os.MkdirAll("testdata", 0o755)); err != nil {
		t.Fatal(err)
	}
}
