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

func TestCode128TooFineIsNotRead(t *testing.T) {
	for _, text := range []string{"1001", "ABC-abc-123"} {
		coarse := code128(t, text, 2)
		read(t, coarse, text)

		b := coarse.Bounds()
		fine := image.NewGray(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
		for i := range fine.Pix {
			fine.Set(i%fine.Rect.Dx(), i/fine.Rect.Dx(), coarse.At(2*(i%fine.Rect.Dx()), 2*(i/fine.Rect.Dx())))
		}
		notFound(t, fine, nil)
	}
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
