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

// However the code lies in the picture, one line in a dozen directions crosses
// all bars. A frame has no time for that: the next comes straighter.
func TestCode128AtAnyAngle(t *testing.T) {
	for _, degrees := range []float64{-83, -52, -37, -23, 23, 30, 45, 68, 113, 157} {
		photo, move := photograph(t, code128(t, "TABLE-0042", 4), shot{scale: 0.8, degrees: degrees, tilt: 0.05, quality: 60})
		got := read(t, photo, "TABLE-0042")
		start, end := move(image.Pt(0, 64)), move(image.Pt(11*4*10, 64))
		if along(got.Corners[0], got.Corners[1], start, end) <= 0 {
			t.Errorf("%v°: read from %v to %v, but the code goes from %v to %v", degrees, got.Corners[0], got.Corners[1], start, end)
		}
	}
}

// A lens out of focus spreads a bar over its neighbours.
func TestCode128OutOfFocus(t *testing.T) {
	sharp := code128(t, "TABLE-0042", 3)
	for _, reach := range []int{1, 2} {
		read(t, blurred(sharp, reach), "TABLE-0042")
	}
	notFound(t, blurred(sharp, 5), nil)
}

// blurred averages so many pixels to every side, along each row, twice.
func blurred(img image.Image, reach int) image.Image {
	out := image.NewGray(img.Bounds())
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	for range 2 {
		from := append([]uint8(nil), out.Pix...)
		for i := range out.Pix {
			sum, row := 0, i-i%out.Stride
			for x := i%out.Stride - reach; x <= i%out.Stride+reach; x++ {
				sum += int(from[row+min(max(x, 0), out.Stride-1)])
			}
			out.Pix[i] = uint8(sum / (2*reach + 1))
		}
	}
	return out
}
