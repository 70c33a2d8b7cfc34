package barcode_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
)

func TestPhotographedCodesAreRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 128))
	shots := []shot{
		{scale: 0.6, degrees: 0, tilt: 0, quality: 60},
		{scale: 1, degrees: 7, tilt: 0, quality: 60},
		{scale: 1.3, degrees: 7, tilt: 0.1, quality: 60},
		{scale: 0.8, degrees: -7, tilt: 0.15, quality: 50},
		{scale: 0.9, degrees: 97, tilt: 0, quality: 60},
		{scale: 0.7, degrees: 180, tilt: 0, quality: 60},
	}
	times := 4
	if testing.Short() {
		times = 1
	}
	for i := range times * len(shots) {
		s := shots[i%len(shots)]
		t.Run(fmt.Sprintf("%d %+v", i, s), func(t *testing.T) {
			text := fmt.Sprintf("https://shop.example/c/%x?v=%x", r.Uint64(), r.Uint64())
			photo, move := photograph(t, qr(t, text), s)
			got := read(t, photo, text)
			const near, far = 16, 16 + 33*4
			within(t, got.Corners, 8, move, image.Pt(near, near), image.Pt(far, near), image.Pt(far, far), image.Pt(near, far))

			text = fmt.Sprintf("%.*s", 4+r.IntN(17), fmt.Sprintf("%X-%d", r.Uint64(), r.Uint64()))
			photo, move = photograph(t, code128(t, text, 4), s)
			got = read(t, photo, text)
			from, to := got.Corners[0], got.Corners[1]
			start, end := move(image.Pt(0, 64)), move(image.Pt(11*4*len(text), 64))
			if along(from, to, start, end) <= 0 {
				t.Errorf("read from %v to %v, but the code goes from %v to %v", from, to, start, end)
			}
		})
	}
}

// along is above zero where a → b goes the same way as c → d.
func along(a, b, c, d image.Point) int {
	ab, cd := b.Sub(a), d.Sub(c)
	return ab.X*cd.X + ab.Y*cd.Y
}

// shot is how a code was photographed again.
type shot struct {
	scale   float64 // pixels of the photograph for one of the picture
	degrees float64 // turned clockwise
	tilt    float64 // how much smaller the far side is: 0.1 is a tenth
	quality int     // of the JPEG
}

// photograph gives img as a camera might see it: on a grey table, scaled,
// turned, tilted and compressed. The second result maps a point of img to the
// photograph.
func photograph(t *testing.T, img image.Image, s shot) (image.Image, func(image.Point) image.Point) {
	t.Helper()
	b := img.Bounds()
	w, h := float64(b.Dx()), float64(b.Dy())
	side := int(math.Hypot(w, h)*s.scale*(1+s.tilt)) + 32
	sin, cos := math.Sincos(s.degrees * math.Pi / 180)
	depth := s.tilt / max(w, h)
	to := func(x, y float64) (float64, float64) {
		x, y = x-w/2, y-h/2
		near := s.scale / (1 + depth*y)
		return float64(side)/2 + near*(cos*x-sin*y), float64(side)/2 + near*(sin*x+cos*y)
	}
	from := func(px, py float64) (float64, float64) {
		px, py = (px-float64(side)/2)/s.scale, (py-float64(side)/2)/s.scale
		x, y := cos*px+sin*py, cos*py-sin*px
		far := 1 / (1 - depth*y)
		return w/2 + far*x, h/2 + far*y
	}
	photo := image.NewGray(image.Rect(0, 0, side, side))
	for py := range side {
		for px := range side {
			photo.SetGray(px, py, color.Gray{Y: averaged(img, from, px, py)})
		}
	}
	return compress(t, photo, s.quality), func(p image.Point) image.Point {
		x, y := to(float64(p.X-b.Min.X), float64(p.Y-b.Min.Y))
		return image.Pt(int(x), int(y))
	}
}

// averaged is what falls on one pixel: 3 × 3 samples of the picture.
func averaged(img image.Image, from func(x, y float64) (float64, float64), px, py int) uint8 {
	sum := 0
	for i := range 9 {
		x, y := from(float64(px)+float64(i%3)/3+1./6, float64(py)+float64(i/3)/3+1./6)
		p := image.Pt(int(math.Floor(x)), int(math.Floor(y))).Add(img.Bounds().Min)
		if !p.In(img.Bounds()) {
			sum += 180
			continue
		}
		r, _, _, _ := img.At(p.X, p.Y).RGBA()
		sum += int(r >> 8)
	}
	return uint8(sum / 9)
}

func compress(t *testing.T, img image.Image, quality int) image.Image {
	t.Helper()
	var file bytes.Buffer
	if err := jpeg.Encode(&file, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	photo, err := jpeg.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	return photo
}

// A code is read though it is seen so much from the side that it is four times as
// high as wide, or a rhombus.
func TestCodesSeenFromTheSideAreRead(t *testing.T) {
	const squeeze, small = 4, 0.5
	for _, degrees := range []float64{0, 20, 45, 100} {
		t.Run(fmt.Sprint(degrees), func(t *testing.T) {
			code := qr(t, address)
			size := code.Bounds().Size()
			side := 3 * size.X
			page := image.NewGray(image.Rect(0, 0, side/2, side))
			sin, cos := math.Sincos(degrees * math.Pi / 180)
			for i := range page.Pix {
				sum := 0.0
				for j := range 16 {
					x := small * squeeze * (float64(i%page.Stride-page.Rect.Dx()/2) + float64(j%4)/4)
					y := small * (float64(i/page.Stride-page.Rect.Dy()/2) + float64(j/4)/4)
					sum += grey(code, size.X/2+int(math.Round(x*cos+y*sin)), size.Y/2+int(math.Round(y*cos-x*sin)))
				}
				page.Pix[i] = uint8(sum / 16)
			}
			read(t, page, address)
		})
	}
}

// A code is read though each module's light is spread over its neighbours.
func TestBlurredCodesAreRead(t *testing.T) {
	code := qr(t, address)
	for range 3 { // three times the mean of a square is nearly a bell
		code = evened(code, 2)
	}
	read(t, code, address)
}

// evened is the mean of so many pixels to every side.
func evened(img image.Image, reach int) image.Image {
	out := image.NewGray(img.Bounds())
	for i := range out.Pix {
		sum, n := 0.0, 0
		for dy := -reach; dy <= reach; dy++ {
			for dx := -reach; dx <= reach; dx++ {
				sum += grey(img, i%out.Stride+dx, i/out.Stride+dy)
				n++
			}
		}
		out.Pix[i] = uint8(sum / float64(n))
	}
	return out
}

// grey is a picture's level at a place, or white outside.
func grey(img image.Image, x, y int) float64 {
	if !image.Pt(x, y).In(img.Bounds()) {
		return 255
	}
	return float64(color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y)
}
