package barcode_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/anyscan/anyscan/scan/barcode"
)

// tiled is a picture of n × n finder patterns with modules of one pixel.
func tiled(n int) *image.Gray {
	const pitch = 11
	img := image.NewGray(image.Rect(0, 0, n*pitch, n*pitch))
	for i := range img.Pix {
		x, y := i%img.Rect.Dx()%pitch-5, i/img.Rect.Dx()%pitch-5
		ring := max(x, -x, y, -y)
		if ring == 2 || ring > 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

// stripes matches the ratio of a finder pattern all along every row.
func stripes(w, h int) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		if c := i % w % 8; c == 1 || c == 5 || c == 7 {
			img.Pix[i] = 255
		}
	}
	return img
}

// Pictures made to keep a reader busy take no more work than others, and hold
// no code. The deadline is far away: it only turns a reader that is kept busy
// into a failure.
func TestCrowdsAreLeft(t *testing.T) {
	for name, img := range map[string]image.Image{
		"24 × 24":   tiled(24),
		"40 × 40":   tiled(40),
		"300 × 300": tiled(300),
		"light":     inverted(tiled(40)),
		"stripes":   stripes(2000, 2000),
		"noise":     noise(1000, 1000),
	} {
		for _, effort := range []barcode.Effort{barcode.Still, barcode.Frame} {
			t.Run(fmt.Sprint(name, effort), func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				_, err := barcode.Decode(ctx, img, &barcode.Options{Effort: effort})
				if !errors.As(err, new(*barcode.LimitError)) && !errors.As(err, new(*barcode.NotFoundError)) {
					t.Errorf("got %v, want a *LimitError or a *NotFoundError", err)
				}
			})
		}
	}
}

// What seems to be a torn pattern is everywhere in noise, which was not made to
// keep a reader busy for that.
func TestNoiseIsNoCrowd(t *testing.T) {
	for _, effort := range []barcode.Effort{barcode.Still, barcode.Frame} {
		_, err := barcode.Decode(t.Context(), noise(600, 600), &barcode.Options{Effort: effort})
		want := &barcode.NotFoundError{Formats: []barcode.Format{barcode.QR, barcode.Code128}, Width: 600, Height: 600}
		if diff := cmp.Diff(error(want), err); diff != "" {
			t.Errorf("effort %v: -want +got:\n%s", effort, diff)
		}
	}
}

// noise is grey that follows no rule.
func noise(w, h int) *image.Gray {
	r := rand.New(rand.NewPCG(7, 1))
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
	}
	return img
}

// A page of codes is no crowd, and a Code 128 is read in spite of one.
func TestCodesInCrowdsAreRead(t *testing.T) {
	page := image.NewGray(image.Rect(0, 0, 10*160, 8*160))
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	texts := map[string]bool{}
	for i := range 80 {
		text := fmt.Sprintf("https://shop.example/c/%04d?v=AQx0", i)
		code := qr(t, text)
		draw.Draw(page, code.Bounds().Add(image.Pt(i%10*160, i/10*160)), code, image.Point{}, draw.Src)
		texts[text] = true
	}
	for _, effort := range []barcode.Effort{barcode.Still, barcode.Frame} {
		symbols, err := barcode.Decode(t.Context(), page, &barcode.Options{Effort: effort})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, s := range symbols {
			got[s.Text] = true
		}
		if diff := cmp.Diff(texts, got); diff != "" {
			t.Errorf("effort %v: -want +got:\n%s", effort, diff)
		}
	}

	code, crowd := code128(t, "1001", 4), tiled(40)
	both := image.NewGray(image.Rect(0, 0, 500, 700))
	draw.Draw(both, both.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(both, crowd.Rect, crowd, image.Point{}, draw.Src)
	draw.Draw(both, code.Bounds().Add(image.Pt(30, 500)), code, image.Point{}, draw.Src)
	read(t, both, "1001")
}
