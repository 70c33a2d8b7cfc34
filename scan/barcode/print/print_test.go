package print_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/anyscan/anyscan/scan/barcode"
	"github.com/anyscan/anyscan/scan/barcode/print"
)

func levels() []print.Level {
	return []print.Level{print.LevelL, print.LevelM, print.LevelQ, print.LevelH}
}

// says checks what the PNG of a code says, by our own reader.
func says(t rapid.TB, code *print.Code, format barcode.Format, text string) {
	t.Helper()
	var file bytes.Buffer
	if err := code.PNG(&file); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&file)
	if err != nil {
		t.Fatal(err)
	}
	symbols, err := barcode.Decode(context.Background(), img, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := symbols[0]; got.Format != format || got.Text != text {
		t.Fatalf("%s code reads as %s %q, want %q", format, got.Format, got.Text, text)
	}
}

// unmarked texts do not begin as TestRefused says that none may.
func unmarked(text string) bool { return !strings.HasPrefix(text, "\ufeff") }

func TestQRIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringN(1, 120, 300).Filter(unmarked),      // any UTF-8
			rapid.StringMatching(`[0-9]{1,200}`),             // numeric mode
			rapid.StringMatching(`[0-9A-Z $%*+./:-]{1,150}`), // alphanumeric mode
			rapid.StringMatching(`https://[a-z]{3,20}\.example/[A-Z]{8}[0-9]{12}\?v=[A-Za-z0-9_-]{40,120}`),
		).Draw(t, "text")
		opts := &print.Options{
			Level: rapid.SampledFrom(levels()).Draw(t, "level"),
			Scale: rapid.IntRange(2, 6).Draw(t, "scale"),
		}
		code, err := print.QR(text, opts)
		if err != nil {
			t.Fatal(err)
		}
		says(t, code, barcode.QR, text)
	})
}

func TestCode128IsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`[\x00-\x7f]{1,40}`),              // code sets A, B and C
			rapid.StringMatching(`[0-9]{1,40}`),                    // C, an odd digit in B
			rapid.StringMatching(`([A-Za-z]{1,3}[0-9]{1,7}){1,4}`), // many changes of set
		).Draw(t, "text")
		code, err := print.Code128(text, &print.Options{Scale: rapid.IntRange(2, 4).Draw(t, "scale")})
		if err != nil {
			t.Fatal(err)
		}
		says(t, code, barcode.Code128, text)
	})
}

func TestLongestQR(t *testing.T) {
	for level, limit := range map[print.Level]int{
		print.LevelL: 2953, print.LevelM: 2331, print.LevelQ: 1663, print.LevelH: 1273,
	} {
		text := strings.Repeat("a1B?", 800)
		code, err := print.QR(text[:limit], &print.Options{Level: level, Scale: 3})
		if err != nil {
			t.Fatalf("%s: %v", level, err)
		}
		if got, want := code.Image().Bounds().Dx(), 3*(177+8); got != want {
			t.Errorf("%s: the largest code is %d pixels wide, want %d", level, got, want)
		}
		_, err = print.QR(text[:limit+1], &print.Options{Level: level})
		var refused *print.TextError
		if !errors.As(err, &refused) || refused.Format != barcode.QR {
			t.Errorf("%s: one byte more gives %v, want a *TextError", level, err)
		}
	}
}

func TestLevelsDiffer(t *testing.T) {
	width := func(level print.Level) int {
		code, err := print.QR(strings.Repeat("x", 100), &print.Options{Level: level, Scale: 2})
		if err != nil {
			t.Fatal(err)
		}
		return code.Image().Bounds().Dx()/2 - 8
	}
	got := map[print.Level]int{"": width("")}
	for _, level := range levels() {
		got[level] = width(level)
	}
	want := map[print.Level]int{"": 41, "L": 37, "M": 41, "Q": 49, "H": 57} // versions 5, 6, 8 and 10
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("modules a side: -want +got:\n%s", diff)
	}
}

func TestRefused(t *testing.T) {
	long := strings.Repeat("x", 41)
	for name, test := range map[string]struct {
		make func(string, *print.Options) (*print.Code, error)
		text string
		opts *print.Options
		want error
	}{
		"empty QR":       {print.QR, "", nil, &print.TextError{Format: barcode.QR, Problem: "the text is empty"}},
		"not UTF-8":      {print.QR, "a\xff", nil, &print.TextError{Format: barcode.QR, Problem: "the text is not valid UTF-8"}},
		"a mark":         {print.QR, "\ufeffx", nil, &print.TextError{Format: barcode.QR, Problem: "the text begins with U+FEFF, which readers take for a mark of its encoding: leave it out"}},
		"too long QR":    {print.QR, strings.Repeat("x", 2332), nil, &print.TextError{Format: barcode.QR, Problem: "the text has 2332 bytes; level M holds at most 2331"}},
		"empty Code 128": {print.Code128, "", nil, &print.TextError{Format: barcode.Code128, Problem: "the text is empty"}},
		"41 characters":  {print.Code128, long, nil, &print.TextError{Format: barcode.Code128, Problem: "the text has 41 bytes; at most 40 ASCII characters are printed"}},
		"not ASCII":      {print.Code128, "Café", nil, &print.TextError{Format: barcode.Code128, Problem: "byte 3 of the text is not ASCII; at most 40 ASCII characters are printed"}},
		"FNC 1":          {print.Code128, "\u00f1", nil, &print.TextError{Format: barcode.Code128, Problem: "byte 0 of the text is not ASCII; at most 40 ASCII characters are printed"}},
		"level":          {print.QR, "x", &print.Options{Level: "Z"}, &print.OptionError{Option: "Level", Problem: `is "Z"; L, M, Q and H are possible`}},
		"scale below":    {print.QR, "x", &print.Options{Scale: 1}, &print.OptionError{Option: "Scale", Problem: "is 1; 2 to 32 are possible"}},
		"scale negative": {print.Code128, "x", &print.Options{Scale: -4}, &print.OptionError{Option: "Scale", Problem: "is -4; 2 to 32 are possible"}},
		"scale above":    {print.Code128, "x", &print.Options{Scale: 33}, &print.OptionError{Option: "Scale", Problem: "is 33; 2 to 32 are possible"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, err := test.make(test.text, test.opts)
			if diff := cmp.Diff(test.want, err); diff != "" || code != nil {
				t.Errorf("code %v, error -want +got:\n%s", code, diff)
			}
		})
	}
}

// The border is light and as wide as the format asks: 4 modules around a QR
// code, 10 left and right of a Code 128. What it encloses begins and ends dark.
func TestBorders(t *testing.T) {
	const scale = 3
	for format, test := range map[barcode.Format]struct {
		make func(string, *print.Options) (*print.Code, error)
		x, y int
	}{
		barcode.QR:      {print.QR, 4, 4},
		barcode.Code128: {print.Code128, 10, 0},
	} {
		code, err := test.make("TABLE-0042", &print.Options{Scale: scale})
		if err != nil {
			t.Fatal(err)
		}
		img := code.Image()
		b := img.Bounds()
		want := image.Rect(test.x*scale, test.y*scale, b.Dx()-test.x*scale, b.Dy()-test.y*scale)
		if got := dark(img); got != want {
			t.Errorf("%s: dark within %v of %v, want %v", format, got, b, want)
		}
	}
}

// dark is the smallest rectangle around all dark pixels.
func dark(img image.Image) (all image.Rectangle) {
	b := img.Bounds()
	for i := range b.Dx() * b.Dy() {
		x, y := i%b.Dx(), i/b.Dx()
		if r, _, _, _ := img.At(x, y).RGBA(); r == 0 {
			all = all.Union(image.Rect(x, y, x+1, y+1))
		}
	}
	return all
}

func TestDefaultScales(t *testing.T) {
	qr, err := print.QR("x", nil)
	if err != nil {
		t.Fatal(err)
	}
	bars, err := print.Code128("x", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := []int{qr.Image().Bounds().Dx(), bars.Image().Bounds().Dx()}
	if diff := cmp.Diff([]int{8 * (21 + 8), 4 * (4*11 + 2 + 20)}, got); diff != "" {
		t.Errorf("widths: -want +got:\n%s", diff)
	}
}

// What is printed does not change when a caller paints over an image.
func TestImageIsTheCallersOwn(t *testing.T) {
	code, err := print.QR("x", nil)
	if err != nil {
		t.Fatal(err)
	}
	clear(code.Image().(*image.Paletted).Pix)
	says(t, code, barcode.QR, "x")
}

func TestWriterErrors(t *testing.T) {
	code, err := print.QR("x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := code.PNG(full{}); !errors.Is(err, errFull) {
		t.Errorf("PNG: %v", err)
	}
	if err := code.Terminal(full{}); !errors.Is(err, errFull) {
		t.Errorf("Terminal: %v", err)
	}
}

var errFull = errors.New("the disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
