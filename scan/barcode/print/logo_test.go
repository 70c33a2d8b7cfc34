package print_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

// badge is a logo: a disk of one colour on nothing.
func badge(width, height int, c color.Color) image.Image {
	img := image.NewNRGBA(image.Rect(-3, 5, width-3, height+5)) // a picture need not begin at 0,0
	for y := range height {
		for x := range width {
			dx, dy := float64(2*x+1-width)/float64(width), float64(2*y+1-height)/float64(height)
			if dx*dx+dy*dy < 1 {
				img.Set(x-3, y+5, c)
			}
		}
	}
	return img
}

// The middle of a code shows its logo, whatever the code says and the logo looks
// like; two readers read the code all the same.
func TestCodesWithALogoAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		address := rapid.StringMatching(`https://[a-z]{3,20}\.example/[A-Z]{8}[0-9]{12}(\?v=[A-Za-z0-9_-]{40,300})?`).Draw(t, "address")
		logo := badge(rapid.IntRange(1, 300).Draw(t, "width"), rapid.IntRange(1, 300).Draw(t, "height"),
			color.NRGBA{rapid.Byte().Draw(t, "red"), rapid.Byte().Draw(t, "green"), rapid.Byte().Draw(t, "blue"), 255})
		code, err := print.QR(address, &print.Options{Logo: logo, Scale: rapid.IntRange(3, 9).Draw(t, "scale")})
		if err != nil {
			t.Fatal(err)
		}
		says(t, code, barcode.QR, address)
	})
	for i := range 12 {
		address := fmt.Sprintf("https://shop%d.example/c/7Q2M?v=%s", i, strings.Repeat("AQx0", 3*i))
		code, err := print.QR(address, &print.Options{Logo: badge(40+i, 40, color.Black)})
		if err != nil {
			t.Fatal(err)
		}
		if got := zbar(t, code.Image()); got != address {
			t.Errorf("zbar reads %q, want %q", got, address)
		}
	}
}

// Beside its logo, a code of whatever version withstands a stain on 3 % of it.
func TestALogoLeavesRoomForDirt(t *testing.T) {
	const scale = 4
	r := rand.New(rand.NewPCG(18004, 6))
	for tries := 60; tries > 0; {
		address := "https://shop.example/c/7Q2M?v=" + strings.Repeat("AQx0", r.IntN(50))
		code, err := print.QR(address, &print.Options{Logo: badge(64, 64, color.Gray{90}), Scale: scale})
		if err != nil {
			t.Fatal(err)
		}
		n := code.Size().X
		side := int(math.Sqrt(0.03) * float64(n-8))
		stain := image.Rect(0, 0, side, side).Add(image.Pt(4+r.IntN(n-8-side), 4+r.IntN(n-8-side)))
		if corner(stain, n) {
			continue // the corners find the code: no correction helps them
		}
		tries--
		img := code.Image().(draw.Image)
		at := image.Rectangle{Min: stain.Min.Mul(scale), Max: stain.Max.Mul(scale)}
		draw.Draw(img, at, image.NewUniform(color.Gray{uint8(255 * r.IntN(2))}), image.Point{}, draw.Src)
		symbols, err := barcode.Decode(t.Context(), img, nil)
		if err != nil || symbols[0].Text != address {
			t.Errorf("%d bytes with a stain on %v of %d: %v", len(address), stain, n, err)
		}
	}
}

// corner reports whether a stain touches what readers find a code by.
func corner(at image.Rectangle, n int) bool {
	const end = 4 + 9
	return at.Overlaps(image.Rect(0, 0, end, end)) || at.Overlaps(image.Rect(n-end, 0, n, end)) || at.Overlaps(image.Rect(0, n-end, end, n))
}

func TestLogoIsInTheMiddle(t *testing.T) {
	code, err := print.QR("https://shop.example/c/7Q2M", &print.Options{Logo: badge(30, 60, color.NRGBA{200, 0, 0, 255})})
	if err != nil {
		t.Fatal(err)
	}
	picture, at := code.Logo()
	if want := image.Rect(18, 18, 23, 23); at != want || code.Size() != image.Pt(41, 41) {
		t.Errorf("the logo is at %v of %v, want %v", at, code.Size(), want)
	}
	if b := picture.Bounds(); b.Dx() != b.Dy() || b.Dx() < 60 {
		t.Errorf("the logo's ground is %v, want a square around 60 pixels", b)
	}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			if code.Dark(x, y) {
				t.Fatalf("there is a dark module at %d,%d under the logo", x, y)
			}
		}
	}
	middle := code.Image().At(8*41/2, 8*41/2)
	if diff := cmp.Diff(color.RGBA{200, 0, 0, 255}, middle); diff != "" {
		t.Errorf("the middle (-want +got):\n%s", diff)
	}
}

func TestLogosThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		make func(string, *print.Options) (*print.Code, error)
		opts print.Options
		want string
	}{
		"on paper":      {print.QR, print.Options{Logo: badge(9, 9, color.Black), Use: print.UsePaper}, `hides more than level "Q" makes good: leave Use and Level empty`},
		"level M":       {print.QR, print.Options{Logo: badge(9, 9, color.Black), Level: print.LevelM}, `hides more than level "M" makes good: leave Use and Level empty`},
		"empty":         {print.QR, print.Options{Logo: image.NewGray(image.Rectangle{})}, "has 0 x 0 pixels; 1 to 1024 a side are possible"},
		"large":         {print.QR, print.Options{Logo: image.NewGray(image.Rect(0, 0, 1025, 1))}, "has 1025 x 1 pixels; 1 to 1024 a side are possible"},
		"on a Code 128": {print.Code128, print.Options{Logo: badge(9, 9, color.Black)}, "would hide bars that a Code 128 cannot do without: a QR code can"},
	} {
		code, err := test.make("x", &test.opts)
		var refused *print.OptionError
		if !errors.As(err, &refused) || code != nil {
			t.Errorf("%s: %v, want an *OptionError", name, err)
			continue
		}
		if diff := cmp.Diff(&print.OptionError{Option: "Logo", Problem: test.want}, refused); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A logo that is a code would be opened by some readers in place of the code around
// it, whether ours reads it in this size or not.
func TestALogoIsNoCode(t *testing.T) {
	other, err := print.QR("HTTPS://OTHER.EXAMPLE", &print.Options{Level: print.LevelL})
	if err != nil {
		t.Fatal(err)
	}
	bars, err := print.Code128("42", nil)
	if err != nil {
		t.Fatal(err)
	}
	dots := image.NewGray(image.Rectangle{Max: other.Size()}) // a pixel a module
	for y := range dots.Rect.Dy() {
		for x := range dots.Rect.Dx() {
			if !other.Dark(x, y) {
				dots.SetGray(x, y, color.Gray{255})
			}
		}
	}
	for name, test := range map[string]struct {
		logo image.Image
		kind string
	}{
		"QR":       {other.Image(), "QR"},
		"QR dots":  {dots, "QR"},
		"Code 128": {bars.Image(), "Code 128"},
	} {
		for _, scale := range []int{2, 8} {
			code, err := print.Address("https://shop.example/c/7Q2M", &print.Options{Logo: test.logo, Scale: scale})
			want := &print.OptionError{Option: "Logo", Problem: "is a code itself, a " + test.kind + ": a payer could be led there"}
			if diff := cmp.Diff(error(want), err); diff != "" || code != nil {
				t.Errorf("%s in scale %d (-want +got):\n%s", name, scale, diff)
			}
		}
	}
}

// A caller may paint over what it gets.
func TestLogoIsTheCallersOwn(t *testing.T) {
	code, err := print.QR("x", &print.Options{Logo: badge(9, 9, color.Black)})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := code.Logo()
	clear(before.(*image.RGBA).Pix)
	if again, _ := code.Logo(); cmp.Equal(before, again) {
		t.Error("what a caller painted is in the code")
	}
}
