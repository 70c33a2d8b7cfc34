package barcode_test

import (
	"image"
	"math"
	"testing"
)

// A code on a tin is read: rows that foreshorten towards both ends.
func TestCodesOnTinsAreRead(t *testing.T) {
	const text = "https://shop.example/c/0001?v=AQx0"
	code := qr(t, text)
	side := float64(code.Bounds().Dx())
	for _, radius := range []float64{0.6, 0.8, 1.2} {
		r := radius * side
		page := image.NewGray(image.Rect(0, 0, 2*int(side), 2*int(side)))
		for i := range page.Pix {
			x, y := float64(i%page.Stride)-side, float64(i/page.Stride)-side
			page.Pix[i] = 200
			if math.Abs(x) >= 0.98*r {
				continue
			}
			bow := 0.35 * (r - math.Sqrt(r*r-x*x)) // seen from above
			p := image.Pt(int(r*math.Asin(x/r)+side/2), int(y+bow+side/2))
			if p.In(code.Bounds()) {
				page.Set(i%page.Stride, i/page.Stride, code.At(p.X, p.Y))
			}
		}
		read(t, page, text)
	}
}
