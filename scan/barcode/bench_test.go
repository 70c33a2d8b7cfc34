package barcode_test

import (
	"context"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// Each reads a picture with this package and, in the same run, with gozxing as
// it is; the ratio is the figure that counts.

// A code of 300 × 300 pixels as it was printed: at most 0.35.
func BenchmarkCleanCode(b *testing.B) {
	code, err := print.QR(address, &print.Options{Scale: 8})
	if err != nil {
		b.Fatal(err)
	}
	page := image.NewRGBA(image.Rect(0, 0, 300, 300))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(page, page.Rect, code.Image(), image.Point{}, draw.Src)
	against(b, page, 0.35)
}

// A photograph of 12 megapixels, with a code of 900 pixels in uneven light: at
// most 0.08.
func BenchmarkPhotograph(b *testing.B) {
	code, err := print.QR(address, &print.Options{Scale: 2})
	if err != nil {
		b.Fatal(err)
	}
	square := code.Image()
	side := square.Bounds().Dx()
	r := rand.New(rand.NewPCG(12, 12))
	photo := image.NewYCbCr(image.Rect(0, 0, 4032, 3024), image.YCbCrSubsampleRatio420)
	for i := range photo.Cb {
		photo.Cb[i], photo.Cr[i] = 128, 128
	}
	for i := range photo.Y {
		x, y := i%4032, i/4032
		light := 90 + 100*x/4032
		u := (x - 1500 + y/20) * side / (900 + y/10)
		v := (y - 1000 - x/30) * side / 900
		if image.Pt(u, v).In(square.Bounds()) && color.GrayModel.Convert(square.At(u, v)) == (color.Gray{}) {
			light /= 4
		}
		photo.Y[i] = uint8(light + r.IntN(24))
	}
	against(b, photo, 0.08)
}

// against compares the shortest times, which other programs on the machine
// disturb least.
func against(b *testing.B, img image.Image, limit float64) {
	var reader barcode.Reader
	ours, plain := time.Hour, time.Hour
	for b.Loop() {
		start := time.Now()
		symbols, err := reader.Decode(b.Context(), img, nil)
		ours = min(ours, time.Since(start))
		if err != nil || symbols[0].Text != address {
			b.Fatal(symbols, err)
		}
		b.StopTimer()
		start = time.Now()
		bits, err := gozxing.NewBinaryBitmapFromImage(img)
		if err != nil {
			b.Fatal(err)
		}
		_, _ = qrcode.NewQRCodeReader().DecodeWithoutHints(bits)
		plain = min(plain, time.Since(start))
		b.StartTimer()
	}
	b.ReportMetric(float64(ours)/float64(plain), "x-gozxing")
	b.ReportMetric(limit, "limit")
	b.ReportMetric(float64(ours)/float64(time.Millisecond), "shortest-ms")
}

// From the end of a context, at any time, to the answer: at most 20 ms. On a
// machine that does other work as well the longest says more about that.
func BenchmarkEndOfContext(b *testing.B) {
	r := rand.New(rand.NewPCG(20, 20))
	pictures := []image.Image{noise(4000, 3000), tiled(300), tiled(90)}
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		for range 10 {
			ctx, cancel := context.WithCancel(b.Context())
			var end time.Time
			time.AfterFunc(time.Duration(r.IntN(100))*time.Millisecond, func() {
				end = time.Now()
				cancel()
			})
			_, err := barcode.Decode(ctx, pictures[i%len(pictures)], nil)
			if errors.Is(err, context.Canceled) {
				took = append(took, time.Since(end))
			}
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2])/float64(time.Millisecond), "median-ms")
	b.ReportMetric(float64(took[len(took)-1])/float64(time.Millisecond), "longest-ms")
	b.ReportMetric(20, "limit")
}
