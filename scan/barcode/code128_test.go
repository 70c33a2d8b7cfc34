package barcode_test

import (
	"image"
	"image/draw"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
)

// Of a row of bars misread by one line, the other lines know better.
func TestCode128NeedsTwoLines(t *testing.T) {
	right, wrong := code128(t, "1001", 4), code128(t, "1009", 4)
	page := image.NewGray(right.Bounds())
	draw.Draw(page, page.Rect, right, image.Point{}, draw.Src)
	middle := page.Rect.Dy() / 2
	draw.Draw(page, image.Rect(0, middle, page.Rect.Dx(), middle+1), wrong, image.Point{}, draw.Src)
	read(t, page, "1001")
}

// Bars as fine as a pixel count only where each lies on its own pixel, as no
// camera takes them.
func TestCode128TooFineIsNotRead(t *testing.T) {
	for _, text := range []string{"1001", "ABC-abc-123"} {
		coarse := code128(t, text, 4)
		read(t, coarse, text)
		for shift, trusted := range []bool{true, true, false} {
			fine := fourth(coarse, shift)
			if trusted {
				read(t, fine, text)
			} else {
				notFound(t, fine, nil)
			}
		}
	}
}

// fourth averages four pixels along each row, from shift on.
func fourth(img image.Image, shift int) image.Image {
	b := img.Bounds()
	fine := image.NewGray(image.Rect(0, 0, b.Dx()/4, b.Dy()/4))
	for i := range fine.Pix {
		sum := 0
		for k := range 4 {
			r, _, _, _ := img.At(min(4*(i%fine.Rect.Dx())+k+shift, b.Dx()-1), 4*(i/fine.Rect.Dx())).RGBA()
			sum += int(r >> 8)
		}
		fine.Pix[i] = uint8(sum / 4)
	}
	return fine
}

// Code 128 is in ISO/IEC 8859-1 above ASCII: FNC 4 (ô to the writer) before a
// character adds 128 to it.
func TestCode128IsLatin1(t *testing.T) {
	bits, err := oned.NewCode128Writer().Encode("Caf\u00f4i", gozxing.BarcodeFormat_CODE_128, 400, 80, nil)
	if err != nil {
		t.Fatal(err)
	}
	read(t, bits, "Café")
}
